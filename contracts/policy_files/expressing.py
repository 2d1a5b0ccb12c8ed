"""What the product can say of a policy: its calendars, plans, quotas and cells."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from contracts import money
from contracts.policy_files import cells
from contracts.policy_files.facts import CalendarFacts, CellFacts, PlanFacts, PolicyFacts, Probe, QuotaFacts
from contracts.policy_files.gaps import CHANNELS, gaps, unknown_regions, unsaid
from contracts.policy_files.lines import Document, FileRefused, Path_
from sla import holidays, hours
from sla.hours import WEEKDAYS, CalendarSpec
from sla.models.policy import STANDARD

Said = Mapping[str, Any]

OUR_PRIORITIES: Final = (("high", 2), ("low", 4), ("medium", 3), ("urgent", 1))
ALWAYS: Final[Mapping[str, Any]] = {day: [["00:00", "24:00"]] for day in WEEKDAYS}
BETWEEN: Final = "--"
LONGEST_KEY: Final = 50
LONGEST_LABEL: Final = 160
LAST_DAY: Final = 31

Problem = tuple[int, str]


def policies(document: Document) -> list[PolicyFacts]:
    """Every policy of a checked file, in its order.

    Raises:
        FileRefused: something contradicts itself: hours that overlap, a calendar that is not there.
    """
    said = document.data["policies"]
    problems = list(_twice(document, said, "id", ["policies"]))
    found = [_Reading(document, number, one, problems).facts() for number, one in enumerate(said)]
    if problems:
        raise FileRefused(problems)
    return found


def row_key(policy: str, part: str) -> str:
    """The key of the row that is made of a policy's plan or calendar."""
    return f"{policy}{BETWEEN}{part}"


def with_holidays(calendar: CalendarFacts, years: Iterable[int]) -> CalendarSpec:
    """The calendar's hours, closed on the public holidays of its regions in those years too."""
    closed = {day for region in calendar.regions for day in holidays.public_holidays(region, "", years)}
    spec = calendar.spec
    return CalendarSpec(spec.tz, spec.week, spec.holidays | closed, spec.overrides)


def _twice(document: Document, rows: Iterable[Said], name: str, path: Path_) -> Iterator[Problem]:
    seen: set[Any] = set()
    for number, row in enumerate(rows):
        if row[name] in seen:
            yield document.line_of([*path, number, name]), f"{name} {row[name]!r} is said twice."
        seen.add(row[name])


class _Reading:
    """One policy while it is read; what is wrong is noted with its line, and the reading goes on."""

    def __init__(self, document: Document, number: int, said: Said, problems: list[Problem]) -> None:
        self.document, self.said, self.problems = document, said, problems
        self.path: list[str | int] = ["policies", number]
        self.priorities = tuple((row["key"], row["rank"]) for row in said["priorities"])
        self.calendars: dict[str, CalendarFacts] = {}

    def facts(self) -> PolicyFacts:
        for name, path in (("key", "priorities"), ("rank", "priorities"), ("key", "plans")):
            self.problems += _twice(self.document, self.said[path], name, [*self.path, path])
        for key, calendar in self.said.get("calendars", {}).items():
            self._read_calendar(key, calendar)
        plans = tuple(self._plan(number, plan) for number, plan in enumerate(self.said["plans"]))
        version = self.said.get("version", {})
        return PolicyFacts(
            key=self.said["id"],
            title=self.said["title"],
            label=version.get("label", ""),
            is_binding=self.said["binding"]["status"] == "binding",
            effective_from=version.get("effective_from", ""),
            effective_to=version.get("effective_to", ""),
            scale=STANDARD if tuple(sorted(self.priorities)) == OUR_PRIORITIES else self.said["id"],
            priorities=self.priorities,
            calendars=self.calendars,
            plans=plans,
            gaps=gaps(self.said),
            unsaid=unsaid(self.said),
            probes=tuple(self._probes(plans)),
            document=self.said,
        )

    def _wrong(self, sentence: str, *path: str | int) -> None:
        self.problems.append((self.document.line_of([*self.path, *path]), sentence))

    # Calendars

    def _read_calendar(self, key: str, said: Said) -> None:
        if said.get("always") and "days" in said:
            self._wrong(f"The calendar {key!r} is always open, and has days.", "calendars", key)
            return
        self._refuse_a_long_key(key, "calendars", key)
        try:
            spec = self._spec(said)
            hours.check(spec)
        except (hours.CalendarError, ValueError) as error:
            self._wrong(f"The calendar {key!r}: {error}", "calendars", key)
            return
        listed = said.get("holidays", {})
        unlisted = unknown_regions(said)
        regions = tuple(one for one in listed.get("regions", []) if one not in unlisted)
        is_closed = listed.get("mode") not in {"none", "included"}
        follows = bool(said.get("customer_local", False))
        self.calendars[key] = CalendarFacts(key, spec, regions if is_closed else (), follows)

    def _spec(self, said: Said) -> CalendarSpec:
        return hours.calendar_from_json(
            {
                "tz": said["tz"],
                "week": ALWAYS if said.get("always") else said.get("days", {}),
                "holidays": said.get("holidays", {}).get("extra", []),
                "overrides": self._closed_outside(said),
            }
        )

    def _closed_outside(self, said: Said) -> dict[str, list[Any]]:
        """A calendar for some dates alone is closed on the policy's other ones."""
        version = self.said.get("version", {})
        if "valid" not in said or not {"effective_from", "effective_to"} <= version.keys():
            return {}
        first, last = (date.fromisoformat(day) for day in said["valid"])
        begins, ends = (date.fromisoformat(version[name]) for name in ("effective_from", "effective_to"))
        days = (begins + timedelta(days=number) for number in range((ends - begins).days + 1))
        return {day.isoformat(): [] for day in days if not first <= day <= last}

    def _refuse_a_long_key(self, key: str, *path: str | int) -> None:
        if len(row_key(self.said["id"], key)) > LONGEST_KEY:
            most = LONGEST_KEY - len(BETWEEN)
            self._wrong(
                f"The names of the policy and of {key!r} have at most {most} letters together.", *path
            )

    def _is_calendar(self, key: str) -> bool:
        return key in self.said.get("calendars", {})

    # Plans

    def _plan(self, number: int, said: Said) -> PlanFacts:
        path = ("plans", number)
        calendar = said.get("default_calendar", next(iter(self.calendars), ""))
        if calendar and not self._is_calendar(calendar):
            self._wrong(f"There is no calendar {calendar!r}.", *path, "default_calendar")
        self._refuse_a_long_key(said["key"], *path, "key")
        contacts = said.get("named_contacts") or {}
        return PlanFacts(
            key=said["key"],
            label=said["label"][:LONGEST_LABEL],
            calendar=calendar,
            channels=tuple(dict.fromkeys(CHANNELS.get(name, name) for name in said.get("channels", []))),
            quota=self._quota(number, said.get("quota")),
            named_contacts_max=contacts.get("max"),
            named_contacts_rule=contacts.get("rule", ""),
            entitlements=tuple(said.get("entitlements", ())),
            cells=tuple(self._cells(number, said)),
        )

    def _quota(self, number: int, said: Said | None) -> QuotaFacts:
        if said is None:
            return QuotaFacts()
        period, limit = said.get("period", {}), said["limit"]
        anchor = period.get("anchor", 1)
        is_paid = "price" in said and "currency" in said
        if "price" in said and "currency" not in said:
            self._wrong("A price has a currency.", "plans", number, "quota")
        in_hours = said["metric"] == "hours"
        return QuotaFacts(
            units=limit * (60 if in_hours else 1) if isinstance(limit, int) else None,
            units_per_contract=limit == "per_contract",
            quota_metric="minutes" if in_hours or said["metric"] == "minutes" else "tickets",
            quota_period=period.get("unit", "month"),
            anchor_day=anchor if isinstance(anchor, int) and 1 <= anchor <= LAST_DAY else 1,
            rollover_periods=int(said.get("rollover") or 0),
            over_quota="overage" if is_paid else "accept_and_flag",
            overage_price=money.exact(Decimal(said["price"])) if is_paid else "",
            overage_currency=said["currency"] if is_paid else "",
        )

    # Cells

    def _cells(self, number: int, plan: Said) -> Iterator[CellFacts]:
        keys = [key for key, _ in self.priorities]
        for metric, by_priority in plan["targets"].items():
            for priority, target in by_priority.items():
                path = ("plans", number, "targets", metric, priority)
                if priority not in {"*", *keys}:
                    self._wrong(f"There is no priority {priority!r}.", *path)
                others = [key for key in keys if key not in by_priority]
                for key in others if priority == "*" else [priority]:
                    yield from self._cell(target, metric, key, path)

    def _cell(
        self, said: Said, metric: str, priority: str, path: tuple[str | int, ...]
    ) -> Iterator[CellFacts]:
        for named in {said.get("calendar"), said.get("cap", {}).get("calendar")} - {None}:
            if not self._is_calendar(named):
                self._wrong(f"There is no calendar {named!r}.", *path)
        try:
            cell = cells.read(said, metric=metric, priority=priority)
        except cells.NotANumber as error:
            self._wrong(f"{error}.", *path)
        else:
            yield from [] if cell is None else [cell]

    # Probes

    def _probes(self, plans: tuple[PlanFacts, ...]) -> Iterator[Probe]:
        keys, names = {key for key, _ in self.priorities}, {plan.key for plan in plans}
        for number, said in enumerate(self.said.get("probes", [])):
            path = ("probes", number)
            if said["priority"] not in keys or said.get("plan", plans[0].key) not in names:
                self._wrong("A probe asks for a plan or priority that there is not.", *path)
                continue
            yield Probe(
                said.get("plan", plans[0].key),
                said["priority"],
                said["metric"],
                datetime.fromisoformat(said["start"]),
                datetime.fromisoformat(said["due"]),
                said.get("semantics", "close_of_nth_day"),
                self.document.line_of([*self.path, *path]),
            )

"""Policies of a file as rows: calendars, priorities, policies, plans; a second time nothing changes.

What is published stays as it is. A policy of the file that says something else than before becomes new
versions, in force from the present on; the plans' contracts keep what they were signed on.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction

from contracts.models import Plan, PlanVersion, PolicyFile
from contracts.policy_files.expressing import row_key
from contracts.policy_files.facts import CalendarFacts, CellFacts, PlanFacts, PolicyFacts
from sla import calendars, holidays, policies, versions
from sla.hours import CalendarSpec
from sla.models import Calendar, Policy, PolicyVersion, Priority, TargetCell

BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Since when a policy rules that does not say so itself."""
LONGEST_LABEL: Final = 120
LONGEST_RULE: Final = 300


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a policy: "added", "changed" or "unchanged"."""

    policy: str
    outcome: str


def load(found: Iterable[PolicyFacts], *, at: datetime, by: str) -> list[Loaded]:
    """Make rows of all of them, or of none: one transaction.

    Raises:
        sla.hours.CalendarError, versions.PublicationRefused: a row cannot be published.
    """
    with transaction.atomic():
        return [_load(policy, at=at, by=by) for policy in found]


def _load(policy: PolicyFacts, *, at: datetime, by: str) -> Loaded:
    known = PolicyFile.objects.filter(key=policy.key).first()
    if known is not None and known.document == policy.document:
        return Loaded(policy.key, "unchanged")
    plans = _Loading(policy, at, is_new=known is None).plans()
    row, _is_new = PolicyFile.objects.update_or_create(
        key=policy.key, defaults={"document": policy.document, "imported_at": at, "imported_by": by}
    )
    row.plans.set(plans)
    return Loaded(policy.key, "added" if known is None else "changed")


class _Loading:
    """One policy on its way into rows."""

    def __init__(self, policy: PolicyFacts, at: datetime, *, is_new: bool) -> None:
        self.policy, self.at = policy, at
        self.hours = {key: self._calendar(one, is_new=is_new) for key, one in policy.calendars.items()}
        self.ranked = {key: self._priority(key, rank) for key, rank in policy.priorities}

    def plans(self) -> list[Plan]:
        return [self._plan(said) for said in self.policy.plans]

    def _priority(self, key: str, rank: int) -> Priority:
        name = key.replace("_", " ").replace("-", " ").capitalize()
        made, _new = Priority.objects.get_or_create(
            scale=self.policy.scale, key=key, defaults={"name": name[:40], "rank": rank}
        )
        return made

    # Calendars

    def _calendar(self, said: CalendarFacts, *, is_new: bool) -> Calendar:
        name = f"{self.policy.title}: {said.key}"[:LONGEST_LABEL]
        calendar, _made = Calendar.objects.get_or_create(
            key=row_key(self.policy.key, said.key),
            defaults={"name": name, "follows_customer": said.follows_customer},
        )
        last = calendar.versions.order_by("-valid_from").first()
        if last is None or not _says_the_same(calendars.spec_of(last), said):
            begins = BEGINNING if is_new or last is None else self.at
            self._publish_hours(calendar, said, begins)
        return calendar

    def _publish_hours(self, calendar: Calendar, said: CalendarFacts, begins: datetime) -> None:
        places = [holidays.place(region) for region in said.regions]
        years = range(max(begins.year, self.at.year - 3), self.at.year + 4)
        listed = {row.date: row for place in places for row in holidays.generate(place, years)}
        calendars.publish(
            calendar,
            spec=said.spec,
            valid_from=begins,
            listed=list(listed.values()),
            place=next(iter(places), None),
        )
        calendars.build(calendar, at=self.at)

    # Plans

    def _plan(self, said: PlanFacts) -> Plan:
        key = row_key(self.policy.key, said.key)
        named = {"name": self.policy.title[:LONGEST_LABEL]}
        promised, _new = Policy.objects.get_or_create(key=key, defaults=named)
        plan, _new = Plan.objects.get_or_create(key=key, defaults={"name": said.label})
        calendar = self.hours.get(said.calendar) or calendars.always_open("Etc/UTC", at=self.at)
        begins = self._begins(calendar, promised)
        self._publish_cells(said, promised, calendar, begins)
        self._publish_plan(said, promised, plan, begins)
        return plan

    def _begins(self, calendar: Calendar, promised: Policy) -> datetime:
        """Since when it rules; what follows a published version begins now."""
        if promised.versions.exists():
            return self.at
        effective = self.policy.effective_from
        return self._midnight(effective, calendar) if effective else BEGINNING

    def _midnight(self, day: str, calendar: Calendar, *, later: int = 0) -> datetime:
        zone = ZoneInfo(calendars.current_version(calendar, at=self.at).zone)
        moment = date.fromisoformat(day) + timedelta(days=later)
        return datetime(moment.year, moment.month, moment.day, tzinfo=zone).astimezone(UTC)

    def _publish_cells(self, said: PlanFacts, promised: Policy, calendar: Calendar, begins: datetime) -> None:
        version = PolicyVersion.objects.create(
            policy=promised,
            number=versions.next_number(promised.versions.all()),
            label=self.policy.label[:LONGEST_LABEL],
            valid_from=begins,
            calendar=calendar,
            pausing_statuses=["waiting_customer"],
            is_binding=self.policy.is_binding,
        )
        cells = [TargetCell(version=version, **self._columns(cell, said)) for cell in said.cells]
        TargetCell.objects.bulk_create(cells)
        policies.publish(version, at=self.at)
        self._end(version, calendar)

    def _columns(self, cell: CellFacts, said: PlanFacts) -> dict[str, Any]:
        own = self.hours[cell.calendar] if cell.calendar and cell.calendar != said.calendar else None
        return cell._asdict() | {"priority": self.ranked[cell.priority], "calendar": own}

    def _publish_plan(self, said: PlanFacts, promised: Policy, plan: Plan, begins: datetime) -> None:
        version = PlanVersion.objects.create(
            plan=plan,
            number=versions.next_number(plan.versions.all()),
            policy=promised,
            channels=list(said.channels),
            named_contacts_max=said.named_contacts_max,
            named_contacts_rule=said.named_contacts_rule[:LONGEST_RULE],
            entitlements=list(said.entitlements),
            valid_from=begins,
            **_quota(said),
        )
        version.offered_priorities.set(self.ranked[key] for key in _offered(said, self.ranked))
        versions.publish(version, at=self.at)
        self._end(version, promised.versions.latest("number").calendar)

    def _end(self, version: PolicyVersion | PlanVersion, calendar: Calendar) -> None:
        """A policy that ended says until when; it goes on ruling whoever is pinned to it."""
        if not self.policy.effective_to:
            return
        ends = self._midnight(self.policy.effective_to, calendar, later=1)
        if ends > version.valid_from:
            type(version).objects.filter(pk=version.pk).update(valid_until=ends)
            versions.turn_over(type(version), at=self.at)


def _says_the_same(spec: CalendarSpec, said: CalendarFacts) -> bool:
    return (spec.tz, spec.week, spec.overrides) == (said.spec.tz, said.spec.week, said.spec.overrides)


def _offered(said: PlanFacts, ranked: Iterable[str]) -> list[str]:
    """A priority of which something is not offered is not in the plan."""
    withheld = {cell.priority for cell in said.cells if cell.kind == TargetCell.Kind.NOT_OFFERED}
    return [key for key in ranked if key not in withheld]


def _quota(said: PlanFacts) -> dict[str, Any]:
    columns = asdict(said.quota)
    price = columns["overage_price"]
    return columns | {"overage_price": Decimal(price) if price else None}

"""Plans as a policy file: what was imported comes out as it went in, unless rows say otherwise by now."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

import yaml

from contracts import money
from contracts.models import Plan, PlanVersion, PolicyFile
from contracts.policy_files import cells
from contracts.policy_files.expressing import BETWEEN, row_key
from contracts.policy_files.expressing import policies as read_policies
from contracts.policy_files.facts import CellFacts, PlanFacts, PolicyFacts, QuotaFacts
from contracts.policy_files.gaps import CHANNELS
from contracts.policy_files.lines import parse
from sla import calendars, versions
from sla.models import Calendar, PolicyVersion

SCHEMA_VERSION: Final = 1
DAYS: Final = ("effective_from", "effective_to")

Said = dict[str, Any]


def document(*, at: datetime, keys: Iterable[str] = ()) -> Said:
    """The imported policies and the desk's own plans, in force at `at`; with `keys` only those.

    Raises:
        LookupError: there is none of such a key.
    """
    wanted = set(keys)
    files = {row.key: row for row in PolicyFile.objects.prefetch_related("plans")}
    imported = {plan.pk for row in files.values() for plan in row.plans.all()}
    own = Plan.objects.exclude(pk__in=imported).order_by("key")
    found = {key: _as_imported(row, at=at) for key, row in files.items()}
    found |= {plan.key: said for plan in own if (said := _own(plan, at=at)) is not None}
    if missing := wanted - found.keys():
        raise LookupError(f"There is no policy {min(missing)!r}.")
    return {
        "schema_version": SCHEMA_VERSION,
        "policies": [said for key, said in found.items() if not wanted or key in wanted],
    }


def text(said: Said) -> str:
    """A document as YAML."""
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=120)


# --- what was imported ----------------------------------------------------------------------------


def _as_imported(row: PolicyFile, *, at: datetime) -> Said:

    facts = read_policies(parse(text({"policies": [row.document]})))[0]
    plans = [
        _plan_again(facts, plan, said, at=at)
        for plan, said in zip(facts.plans, row.document["plans"], strict=True)
    ]
    return _dated(dict(row.document) | {"plans": plans})


def _dated(said: Said) -> Said:
    """Days as YAML has them; instants and closed days are words in this form."""
    version = said.get("version", {})
    days = version | {name: date.fromisoformat(version[name]) for name in DAYS if name in version}
    hours = {key: one | _valid(one) for key, one in said.get("calendars", {}).items()}
    return said | ({"version": days} if days else {}) | ({"calendars": hours} if hours else {})


def _valid(calendar: Said) -> Said:
    named = calendar.get("valid")
    return {"valid": [date.fromisoformat(day) for day in named]} if named else {}


def _plan_again(policy: PolicyFacts, plan: PlanFacts, said: Said, *, at: datetime) -> Said:
    """The plan as it was written; cells and quota that were published otherwise since are written anew."""
    version = _version(row_key(policy.key, plan.key), at=at)
    if version is None:
        return said
    stored, now_quota = _cells_of(version, policy, plan), quota_of(version)
    again = dict(said)
    if set(stored) != set(plan.cells):
        again["targets"] = _targets(stored)
    if now_quota != plan.quota:
        again["quota"] = _quota(now_quota)
    return again


def _version(key: str, *, at: datetime) -> PlanVersion | None:
    rows = PlanVersion.objects.filter(plan__key=key).select_related("plan", "policy")
    return versions.in_force(rows, at=at).first() or versions.published(rows).order_by("-valid_from").first()


def _cells_of(version: PlanVersion, policy: PolicyFacts, plan: PlanFacts) -> list[CellFacts]:
    names = {row_key(policy.key, key): key for key in policy.calendars}
    found = [
        _facts(cell, names) for cell in _policy_version(version).cells.select_related("priority", "calendar")
    ]
    written = {cell._replace(calendar=_own_calendar(cell, plan)): cell for cell in plan.cells}
    return [written.get(cell, cell) for cell in found]


def _own_calendar(cell: CellFacts, plan: PlanFacts) -> str:
    return "" if cell.calendar == plan.calendar else cell.calendar


def _policy_version(version: PlanVersion) -> PolicyVersion:
    published = versions.published(version.policy.versions.select_related("calendar"))
    return published.latest("valid_from")


def _facts(cell: Any, names: Mapping[str, str]) -> CellFacts:
    own = names.get(cell.calendar.key, cell.calendar.key) if cell.calendar else ""
    columns = {name: getattr(cell, name) for name in CellFacts._fields}
    return CellFacts(**columns | {"priority": cell.priority.key, "calendar": own})


def quota_of(version: PlanVersion) -> QuotaFacts:
    """The quota of a plan's version as a file says it."""
    price = version.overage_price
    return QuotaFacts(
        units=version.units,
        units_per_contract=version.units_per_contract,
        quota_metric=version.quota_metric,
        quota_period=version.quota_period,
        anchor_day=version.anchor_day,
        rollover_periods=version.rollover_periods,
        over_quota=version.over_quota,
        overage_price=money.exact(price) if price is not None else "",
        overage_currency=version.overage_currency,
    )


def _targets(stored: Iterable[CellFacts]) -> Said:
    names = {str(value): name for name, value in reversed(list(cells.METRICS.items()))}
    said: Said = {}
    for cell in stored:
        said.setdefault(names[cell.metric], {})[cell.priority] = cells.write(cell)
    return said


def _quota(quota: QuotaFacts) -> Said:
    period: Said = {"unit": quota.quota_period}
    if quota.anchor_day != 1:
        period["anchor"] = quota.anchor_day
    limit = "per_contract" if quota.units_per_contract else quota.units
    said: Said = {"metric": quota.quota_metric, "limit": limit, "period": period}
    if quota.rollover_periods:
        said["rollover"] = quota.rollover_periods
    if quota.overage_price:
        said |= {"price": quota.overage_price, "currency": quota.overage_currency}
    return said


# --- the desk's own plans -------------------------------------------------------------------------


def _own(plan: Plan, *, at: datetime) -> Said | None:
    version = _version(plan.key, at=at)
    if version is None:
        return None
    promised = _policy_version(version)
    priorities = list(version.offered_priorities.order_by("rank"))
    stored = [_facts(cell, {}) for cell in promised.cells.select_related("priority", "calendar")]
    offered = {priority.key for priority in priorities}
    stored = [cell for cell in stored if cell.priority in offered]
    named = {cell.calendar for cell in stored if cell.calendar}
    hours = {promised.calendar.key: promised.calendar} | {
        row.key: row for row in Calendar.objects.filter(key__in=named)
    }
    return {
        "id": plan.key.replace(BETWEEN, "-"),
        "vendor": plan.name,
        "title": version.policy.name,
        "binding": {"status": "binding" if promised.is_binding else "non_binding"},
        "calendars": {key: _calendar(row, at=at) for key, row in hours.items()},
        "priorities": [{"key": one.key, "rank": one.rank} for one in priorities],
        "plans": [
            {
                "key": "plan",
                "label": plan.name,
                "default_calendar": promised.calendar.key,
                "channels": [_written_channel(name) for name in version.channels],
                "quota": _quota(quota_of(version)),
                "targets": _targets(stored),
            }
        ],
    }


def _written_channel(name: str) -> str:
    return next((written for written, ours in CHANNELS.items() if ours == name), name)


def _calendar(calendar: Calendar, *, at: datetime) -> Said:
    version = calendars.current_version(calendar, at=at)
    closed: Said = {"mode": "excluded"}
    if version.holiday_country:
        closed["regions"] = [version.holiday_country]
    else:
        closed["extra"] = list(version.holidays)
    said = {"tz": version.zone, "days": version.week, "holidays": closed}
    return said | ({"customer_local": True} if calendar.follows_customer else {})

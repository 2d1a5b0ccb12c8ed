"""What applies to a customer: their merged terms, each with its source and whether it binds (CM-07)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext, ngettext, pgettext

from contracts import agreements, coverage, crediting, named_contacts, quota_terms, terms
from contracts.coverage import Coverage
from contracts.models import ContractVersion, OverQuota, Person, PlanVersion, QuotaMetric, QuotaPeriod
from contracts.quota_terms import QuotaTerms
from helpdesk.models import Ticket
from helpdesk.portal import reading, zones
from helpdesk.portal.goal_table import GoalRow, rows_of
from helpdesk.portal.quota import price
from sla import calendars
from sla.models import PolicyVersion

CHANNELS: Final = dict(Ticket.Channel.choices)
SATURDAY: Final = "sat"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that holds, and who says it: the agreement, or the plan or policy of that version."""

    name: str
    text: str
    source: str
    is_agreed: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """A customer's terms at an instant."""

    cover: Coverage
    agreed: ContractVersion
    policy: PolicyVersion | None
    rows: Sequence[GoalRow]
    facts: Sequence[Fact]
    policy_source: str
    """Where a goal comes from that the agreement does not say."""
    overlapping: Sequence[str]
    """References of contracts that are in force at once, by somebody's mistake."""


def terms_of(person: Person, *, at: datetime) -> Terms | None:
    """What applies to that person; nothing where no contract is in force."""
    cover = coverage.cover(person, at=at)
    if cover.contract_version is None or cover.plan_version is None or person.organisation_id is None:
        return None
    several = coverage.overlapping(person.organisation_id, at=at)
    covers = [coverage.under(one, cover.organisation, at=at) for one in several] or [cover]
    cells = terms.strictest(covers, at=at)
    return Terms(
        cover=cover,
        agreed=cover.contract_version,
        policy=cover.policy_version,
        rows=rows_of(cells, works_saturdays=_works_saturdays(cover, at=at)),
        facts=list(_facts(cover, cover.contract_version, cover.plan_version, at=at)),
        policy_source=_policy_said(cover.policy_version) if cover.policy_version else "",
        overlapping=[one.contract.reference for one in several],
    )


def _works_saturdays(cover: Coverage, *, at: datetime) -> bool:
    said = calendars.version_at(cover.calendar, at=at) if cover.calendar else None
    return said is not None and bool(said.week.get(SATURDAY))


def _facts(cover: Coverage, agreed: ContractVersion, plan: PlanVersion, *, at: datetime) -> Iterator[Fact]:
    """In the order in which somebody would ask."""
    quota = quota_terms.merged(agreed, plan)
    yield _fact(gettext("Included"), _units(quota), plan, is_agreed=agreed.says_units)
    yield _fact(gettext("Beyond that"), _beyond(quota), plan, is_agreed=bool(agreed.over_quota))
    channels = agreements.channels_under(agreed, plan)
    ways = gettext(", ").join(str(CHANNELS.get(one, one)) for one in channels)
    yield _fact(gettext("Ways to reach us"), ways or "–", plan, is_agreed=agreed.channels is not None)
    limit = named_contacts.limit_under(agreed, plan)
    if limit is not None:
        own = agreed.named_contacts_max is not None
        yield _fact(gettext("Named contacts"), _contacts(limit), plan, is_agreed=own)
    if agreed.credit_scheme is not None:
        said = crediting.in_words(crediting.parse(agreed.credit_scheme))
        yield Fact(gettext("Credits when a time is missed"), said, gettext("agreement"), True)
    if cover.calendar is not None and cover.policy_version is not None:
        source = _policy_said(cover.policy_version)
        own = agreed.calendar_id is not None
        yield Fact(gettext("Hours"), _hours(cover, at=at), gettext("agreement") if own else source, own)
        days = str(reading.DAYS[agreed.day_mode or cover.policy_version.day_mode])
        own = bool(agreed.day_mode)
        yield Fact(gettext("Days"), days, gettext("agreement") if own else source, own)


def _fact(name: str, text: str, plan: PlanVersion, *, is_agreed: bool) -> Fact:
    of_plan = gettext("plan %(plan)s, version %(number)d") % {"plan": plan.plan.name, "number": plan.number}
    return Fact(name, text, gettext("agreement") if is_agreed else of_plan, is_agreed)


def _policy_said(version: PolicyVersion) -> str:
    return gettext("support policy, version %(number)d") % {"number": version.number}


def _units(quota: QuotaTerms) -> str:
    """Null is unlimited and 0 is none (D15)."""
    if quota.units is None:
        return pgettext("units of a quota", "unlimited")
    if not quota.units:
        return pgettext("units of a quota", "none")
    what = {"number": quota.units, "period": PERIODS[quota.period]()}
    if quota.metric == QuotaMetric.MINUTES:
        return ngettext("%(number)d minute %(period)s", "%(number)d minutes %(period)s", quota.units) % what
    return ngettext("%(number)d ticket %(period)s", "%(number)d tickets %(period)s", quota.units) % what


PERIODS: Final[Mapping[str, Callable[[], str]]] = {
    QuotaPeriod.MONTH: lambda: gettext("a month"),
    QuotaPeriod.QUARTER: lambda: gettext("a quarter"),
    QuotaPeriod.YEAR: lambda: gettext("a year"),
}


def _beyond(quota: QuotaTerms) -> str:
    match quota.over_quota:
        case OverQuota.OVERAGE:
            return gettext("accepted, and billed at %(price)s each") % {"price": price(quota)}
        case OverQuota.REQUIRE_MANAGER_APPROVAL:
            return gettext("waits for a manager of your organisation; what is urgent never waits")
        case OverQuota.REJECT:
            return gettext("not taken up; what is urgent always is")
        case _:
            return gettext("accepted without a goal; what is urgent keeps its goal")


def _contacts(limit: int) -> str:
    return ngettext("%(n)d person", "%(n)d people", limit) % {"n": limit}


def _hours(cover: Coverage, *, at: datetime) -> str:
    if cover.calendar is None:
        return ""
    said = calendars.version_at(cover.calendar, at=at)
    return f"{cover.calendar.name}, {zones.zone_name(said.zone)}" if said else cover.calendar.name

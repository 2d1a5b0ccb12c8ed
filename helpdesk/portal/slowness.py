"""What customers read while there is more to do than can be done (D11, PP-07).

A notice is shown inside its period and to whom its scope names, and nobody keeps the pages that have one.
"""

from collections.abc import Iterable
from datetime import datetime

from contracts import coverage
from contracts.models import Allotment, Person
from contracts.models.service import text_in
from helpdesk.models import Ticket
from helpdesk.notifications import languages
from sla import backlog
from sla.models import BacklogPeriod

PLAN = "plan"


def notices(person: Person | None, *, at: datetime) -> list[str]:
    """What a reader of any page is told now: of periods for everybody, and of those for their plan."""
    periods = backlog.in_force(since=at, until=at + backlog.INSTANT)
    keys = {PLAN: _plan_of(person, at=at)} if any(PLAN in one.scope for one in periods) else {}
    return _texts(one for one in periods if backlog.covers(one, keys))


def notices_of(ticket: Ticket, *, at: datetime) -> list[str]:
    """What the reader of a ticket is told now."""
    periods = backlog.in_force(since=at, until=at + backlog.INSTANT) if ticket.is_live else []
    return _texts(one for one in periods if backlog.covers(one, ticket.scope_keys))


def during(period: Allotment, person: Person) -> list[tuple[datetime, datetime, str]]:
    """The backlog periods that touched a quota's period, for its report: from, until, and what was said."""
    keys = {PLAN: _plan_of(person, at=period.starts_at)}
    touching = backlog.in_force(since=period.starts_at, until=period.ends_at)
    return [(one.starts_at, one.until, _text(one)) for one in touching if backlog.covers(one, keys)]


def _plan_of(person: Person | None, *, at: datetime) -> str:
    agreed = (
        coverage.agreement_in_force(person.organisation_id, at=at)
        if person is not None and person.organisation_id is not None
        else None
    )
    return agreed.plan_version.plan.key if agreed else ""


def _texts(periods: Iterable[BacklogPeriod]) -> list[str]:
    return list(dict.fromkeys(_text(one) for one in periods))


def _text(period: BacklogPeriod) -> str:
    return text_in(period.texts, languages.active())

"""Which tickets an edit of a calendar or of a policy would move: `sla.dry_run` with names."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TYPE_CHECKING

from contracts import coverage
from helpdesk import entitlement
from helpdesk.models import Ticket
from sla import calendars, clocks
from sla.hours import Terms
from sla.models import ClockSet, PolicyVersion

if TYPE_CHECKING:
    from sla.dry_run import Moves

Key = tuple[int, int, int, str]


def tickets_of(clock_set_ids: Collection[int]) -> dict[int, Ticket]:
    """Each set's ticket, in one statement."""
    rows = Ticket.objects.filter(clock_set__in=set(clock_set_ids)).only("subject", "clock_set")
    return {row.clock_set_id: row for row in rows if row.clock_set_id is not None}


def if_retargeted(version: PolicyVersion, *, at: datetime, limit: int | None = None) -> "Moves":
    """What would move if every live ticket of the policy were held to that version `at`.

    Publishing moves nothing (R2): a ticket keeps the version in force at its receipt. A ticket whose
    contract pins a version, or that has no contract, keeps what it has here too.
    """
    from sla import dry_run  # with NumPy, which a page that shows no moves does not need

    most = dry_run.MOST if limit is None else limit
    return dry_run.policy_edit(version, terms_for=_terms_under(version), at=at, limit=most)


def _terms_under(version: PolicyVersion) -> Callable[[ClockSet], Terms | None]:
    """What the version would promise to a set's ticket; read once for tickets with the same promise."""
    tickets = _tickets_under(version)
    known: dict[Key, Terms | None] = {}

    def terms_for(clock_set: ClockSet) -> Terms | None:
        ticket = tickets.get(clock_set.pk)
        if ticket is None:
            return None
        key = _key(ticket, version)
        if key not in known:
            known[key] = _terms(ticket, version)
        terms = known[key]
        return clocks.terms_for(clock_set, terms, version.calendar) if terms else None

    return terms_for


def _tickets_under(version: PolicyVersion) -> dict[int, Ticket]:
    rows = Ticket.objects.select_related("contract_version", "plan_version").filter(
        status__in=Ticket.LIVE,
        clock_set__policy_version__policy=version.policy_id,
        contract_version__pinned_policy_version=None,
        contract_version__isnull=False,
        plan_version__isnull=False,
    )
    return {row.clock_set_id: row for row in rows if row.clock_set_id is not None}


def _key(ticket: Ticket, version: PolicyVersion) -> Key:
    """What the terms depend on: contract, plan, the standard day at receipt (D4b), and the quota (D14)."""
    day = calendars.standard_day_seconds(version.calendar, at=ticket.received_at)
    return ticket.contract_version_id or 0, ticket.plan_version_id or 0, day, ticket.entitlement


def _terms(ticket: Ticket, version: PolicyVersion) -> Terms | None:
    agreed = ticket.contract_version
    if agreed is None or ticket.plan_version is None:
        return None
    terms = coverage.terms_under(agreed, ticket.plan_version, version, at=ticket.received_at)
    return entitlement.terms_for(terms, Ticket.Entitlement(ticket.entitlement)) if terms else None

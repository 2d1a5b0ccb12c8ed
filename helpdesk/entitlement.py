"""What a contract gives a ticket: its entitlement, its charge, its first priority, its clocks (R1, R2)."""

import uuid
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from contracts import quota, quota_terms
from contracts.coverage import Coverage, Standing
from contracts.models import Charge, OverQuota
from contracts.quota import Charged
from helpdesk.models import RequestType, Ticket
from helpdesk.models.ticket import OVER, URGENT
from helpdesk.refusals import Refused
from helpdesk.working import touch
from sla import clocks
from sla.hours import Terms
from sla.models import ClockSet

NOT_OWED: Final = frozenset(
    {Ticket.Entitlement.AWAITING_APPROVAL, Ticket.Entitlement.REFUSED, Ticket.Entitlement.NOT_NAMED}
)
"""Tickets on which nobody owes work: they are kept, and no clock runs."""


class QuotaUsedUp(Refused):
    """The contract includes no further tickets in this period; what is urgent is taken all the same (D14)."""

    sentence = _(
        "All tickets that your plan includes in this period are used. If nobody can work, say so and the "
        "ticket is taken at once; otherwise speak to your manager or to your account manager about a larger "
        "plan."
    )


def entitle(
    cover: Coverage,
    request_type: RequestType,
    *,
    uid: uuid.UUID,
    at: datetime,
    by: str,
    is_new: bool = False,
    is_accepted: bool = False,
) -> Ticket.Entitlement:
    """D14, D17, D23, D25: what the contract gives this ticket; charges it when it takes quota.

    `is_new`: the ticket is being made, so it was never charged. `is_accepted`: beyond the quota, or from
    somebody whom the contract does not name, it neither waits nor is refused, for it is urgent.
    """
    if cover.standing is Standing.UNVERIFIED:
        return Ticket.Entitlement.UNVERIFIED
    agreed, plan = cover.contract_version, cover.plan_version
    if agreed is None or plan is None:
        return Ticket.Entitlement.UNCOVERED
    if not (cover.may_ask or is_accepted):
        return Ticket.Entitlement.NOT_NAMED
    terms = quota_terms.merged(agreed, plan)
    if not request_type.takes_quota:
        return Ticket.Entitlement.INSIDE
    charged = quota.charge(
        agreed.contract, ticket_uid=uid, at=at, by=by, is_new=is_new, terms=terms, is_accepted=is_accepted
    )
    return _beyond(charged) if charged.is_over else Ticket.Entitlement.INSIDE


def _beyond(charged: Charged) -> Ticket.Entitlement:
    if charged.mode == OverQuota.OVERAGE:
        return Ticket.Entitlement.OVERAGE
    if charged.is_taken:
        return Ticket.Entitlement.FLAGGED
    waits = charged.mode == OverQuota.REQUIRE_MANAGER_APPROVAL
    return Ticket.Entitlement.AWAITING_APPROVAL if waits else Ticket.Entitlement.REFUSED


def start_clocks(
    cover: Coverage, entitlement: Ticket.Entitlement, request_type: RequestType, *, at: datetime, by: str
) -> ClockSet | None:
    """The contract's promise, from `at` on; none without a contract, or while nobody owes work."""
    if cover.terms is None or cover.calendar is None or cover.policy_version is None:
        return None
    if not request_type.runs_clocks or entitlement in NOT_OWED:
        return None
    return clocks.start(
        terms=terms_for(cover.terms, entitlement),
        calendar=cover.calendar,
        policy_version=cover.policy_version,
        priority=cover.first_priority,
        at=at,
        by=by,
        is_binding=cover.is_binding,
        allows_excuses=cover.allows_excuses,
    )


def terms_for(terms: Terms, entitlement: Ticket.Entitlement) -> Terms:
    """D14: over quota there is no target, except for Urgent."""
    if entitlement is not Ticket.Entitlement.FLAGGED:
        return terms
    only_urgent = {
        metric: {key: target if key == URGENT else None for key, target in cells.items()}
        for metric, cells in terms.targets.items()
    }
    return replace(terms, targets=only_urgent)


def due_fields(clock_set: ClockSet | None) -> dict[str, Any]:
    """The ticket's columns that follow its clocks, as they stand just after these have started.

    The clocks stay with the set, for the letter that tells of them.
    """
    if clock_set is None:
        return {}
    prefetch_related_objects([clock_set], "clocks")
    return asdict(clocks.due_facts(clock_set))


# --- a ticket that is taken up later -------------------------------------------------------------


def begin(row: Ticket, cover: Coverage, entitled: Ticket.Entitlement, *, at: datetime, by: str) -> None:
    """Give a locked ticket its entitlement; its clocks start now, at the priority that it has by now."""
    priority = row.priority.key if row.priority else cover.first_priority
    row.entitlement = entitled
    row.clock_set = start_clocks(
        replace(cover, first_priority=priority), entitled, row.request_type, at=at, by=by
    )
    due = due_fields(row.clock_set)
    for name, value in due.items():
        setattr(row, name, value)
    touch(row, "entitlement", "clock_set", *due, at=at)


# --- a ticket that turns into something else -----------------------------------------------------


def follow_charge(row: Ticket, *, at: datetime) -> None:
    """Let a locked ticket's entitlement say what its live debit says: inside, or beyond the quota."""
    debit = Charge.objects.filter(ticket_uid=row.uid, kind=Charge.Kind.DEBIT, reversed_by=None).last()
    if debit is None:
        return
    is_billed = debit.price is not None
    beyond = Ticket.Entitlement.OVERAGE if is_billed else Ticket.Entitlement.FLAGGED
    row.entitlement = beyond if debit.is_over else Ticket.Entitlement.INSIDE
    touch(row, "entitlement", at=at)


def inside(row: Ticket, *, at: datetime) -> None:
    """Say of a locked ticket that it takes nothing, so it is beyond nothing."""
    if row.entitlement in OVER:
        row.entitlement = Ticket.Entitlement.INSIDE
        touch(row, "entitlement", at=at)

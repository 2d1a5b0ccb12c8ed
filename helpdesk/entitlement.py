"""What a contract gives a ticket: its entitlement, its charge, its first priority, its clocks (R1, R2)."""

import uuid
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects

from contracts import quota, quota_terms
from contracts.coverage import Coverage, Standing
from helpdesk.models import RequestType, Ticket
from helpdesk.models.ticket import URGENT
from sla import clocks
from sla.hours import Terms
from sla.models import ClockSet


def entitle(
    cover: Coverage, request_type: RequestType, *, uid: uuid.UUID, at: datetime, by: str, is_new: bool = False
) -> Ticket.Entitlement:
    """D14, D17, D23, D25: what the contract gives this ticket; charges it when it takes quota.

    `is_new`: the ticket is being made, so it was never charged.
    """
    if cover.standing is Standing.UNVERIFIED:
        return Ticket.Entitlement.UNVERIFIED
    agreed, plan = cover.contract_version, cover.plan_version
    if agreed is None or plan is None:
        return Ticket.Entitlement.UNCOVERED
    if not request_type.takes_quota:
        return Ticket.Entitlement.INSIDE
    terms = quota_terms.merged(agreed, plan)
    charged = quota.charge(agreed.contract, ticket_uid=uid, at=at, by=by, is_new=is_new, terms=terms)
    return Ticket.Entitlement.FLAGGED if charged.is_over else Ticket.Entitlement.INSIDE


def start_clocks(
    cover: Coverage, entitlement: Ticket.Entitlement, request_type: RequestType, *, at: datetime, by: str
) -> ClockSet | None:
    """The promise that the contract makes, from the instant of receipt; none without a contract."""
    if cover.terms is None or cover.calendar is None or cover.policy_version is None:
        return None
    if not request_type.runs_clocks:
        return None
    return clocks.start(
        terms=terms_for(cover.terms, entitlement),
        calendar=cover.calendar,
        policy_version=cover.policy_version,
        priority=cover.first_priority,
        at=at,
        by=by,
        is_binding=cover.is_binding,
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

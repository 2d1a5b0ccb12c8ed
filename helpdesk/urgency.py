"""How urgent a ticket is: one way to change it, for agents and for ladders (D9, D16, D22)."""

from datetime import datetime

from helpdesk import approving, history, naming
from helpdesk.entitlement import NOT_OWED
from helpdesk.models import Ticket
from helpdesk.models.ticket import URGENT
from sla import clocks
from sla.hours import EventKind
from sla.models import Priority


def offered_priorities(ticket: Ticket) -> list[Priority]:
    """What the ticket's plan offers, most urgent first; all of them where no plan rules."""
    if ticket.plan_version is None:
        return list(Priority.objects.all())
    return list(ticket.plan_version.offered_priorities.all())


def change(
    row: Ticket, priority: Priority, *, source: Ticket.PrioritySource, reason: str, at: datetime, by: str
) -> None:
    """Set a locked ticket's priority, with the reason: the targets are taken anew from the original start.

    What waits or was refused, for its quota or its sender, and becomes urgent is taken up (D14).
    """
    before, row.priority, row.priority_source = row.priority, priority, source
    row.updated_at = at
    row.version += 1
    row.save(update_fields=["priority", "priority_source", "updated_at", "version"])
    if row.clock_set is not None:
        clocks.record(row.clock_set, EventKind.PRIORITY, at=at, by=by, reason=reason, priority=priority.key)
    if priority.key == URGENT and row.entitlement in NOT_OWED:
        _take_up(row, at=at, by=by)
    facts = {"before": before.key if before else "", "after": priority.key, "reason": reason}
    history.note(row, "priority", at=at, by=by, **facts)


def _take_up(row: Ticket, *, at: datetime, by: str) -> None:
    if row.entitlement == Ticket.Entitlement.NOT_NAMED:
        naming.take_up(row, at=at, by=by, is_urgent=True)
    else:
        approving.accept_urgent(row, at=at, by=by)


def raise_one(row: Ticket, *, reason: str, at: datetime, by: str) -> bool:
    """Make a locked ticket more urgent by one rank of those that its plan offers; tells whether it could.

    What is the most urgent already stays, and history says that it was to rise.
    """
    more_urgent = [each for each in offered_priorities(row) if row.priority and each.rank < row.priority.rank]
    if not more_urgent:
        history.note(row, "priority_is_highest", at=at, by=by, reason=reason)
        return False
    nearest = max(more_urgent, key=lambda each: each.rank)
    change(row, nearest, source=Ticket.PrioritySource.RULE, reason=reason, at=at, by=by)
    return True

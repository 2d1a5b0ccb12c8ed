"""What is promised on a ticket, in words, and always with what kind of promise it is (R7)."""

from dataclasses import dataclass

from helpdesk.models import Ticket
from helpdesk.notifications import moments
from helpdesk.notifications.recipient import Recipient
from sla.models import Clock
from sla.models.policy import Cell


@dataclass(frozen=True, slots=True)
class Targets:
    """Due times in words, empty where none is running, and the agreement they rest on, empty for goals."""

    first_response: str = ""
    resolution: str = ""
    reference: str = ""

    @property
    def has_target(self) -> bool:
        """Whether any due time is told."""
        return bool(self.first_response or self.resolution)


def of(ticket: Ticket, recipient: Recipient, *, zone: str) -> Targets:
    """The due times that run now, in the desk's zone and the reader's (CR-05). At most one statement."""
    if ticket.clock_set is None:
        return Targets()
    due = {
        clock.metric: moments.said_to(recipient, clock.due_at, zone)
        for clock in ticket.clock_set.clocks.all()
        if clock.state == Clock.State.RUNNING
    }
    return Targets(
        first_response=due.get(Cell.Metric.FIRST_RESPONSE, ""),
        resolution=due.get(Cell.Metric.RESOLUTION, ""),
        reference=reference(ticket),
    )


def reference(ticket: Ticket) -> str:
    """The agreement that makes the ticket's targets binding; empty when they are goals."""
    if ticket.clock_set is None or ticket.contract is None or not ticket.clock_set.is_binding:
        return ""
    return ticket.contract.agreement_reference or ticket.contract.reference

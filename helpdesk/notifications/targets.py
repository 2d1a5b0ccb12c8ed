"""What is promised on a ticket, always with what kind of promise it is (R7)."""

from dataclasses import dataclass
from datetime import datetime

from helpdesk.models import Ticket
from sla.models import Clock
from sla.models.policy import Cell


@dataclass(frozen=True, slots=True)
class Targets:
    """The due times that run now, and the agreement they rest on: empty when they are goals."""

    first_response: datetime | None = None
    resolution: datetime | None = None
    reference: str = ""

    @property
    def has_target(self) -> bool:
        """Whether any due time runs."""
        return self.first_response is not None or self.resolution is not None


def of(ticket: Ticket) -> Targets:
    """The due times that run now. At most one statement."""
    if ticket.clock_set is None:
        return Targets()
    clocks = ticket.clock_set.clocks.all()
    due = {clock.metric: clock.due_at for clock in clocks if clock.state == Clock.State.RUNNING}
    return Targets(
        first_response=due.get(Cell.Metric.FIRST_RESPONSE),
        resolution=due.get(Cell.Metric.RESOLUTION),
        reference=reference(ticket),
    )


def reference(ticket: Ticket) -> str:
    """The agreement that makes the ticket's targets binding; empty when they are goals."""
    if ticket.clock_set is None or not ticket.clock_set.is_binding or ticket.contract_version is None:
        return ""
    return ticket.contract_version.agreement_reference or str(ticket.contract)

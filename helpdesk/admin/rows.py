"""One ticket as a row of the queue."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext

from helpdesk.admin import when
from helpdesk.entitlement import NOT_OWED
from helpdesk.models import Ticket
from sla.models.policy import Cell

NOT_SAID: Final = frozenset({Ticket.Entitlement.INSIDE})
"""The entitlement that needs no badge: it is how it should be."""

WITH_A_ROW: Final = (
    "request_type",
    "priority",
    "requester",
    "organisation",
    "assignee",
    "clock_set__calendar",
)
PAUSING: Final = frozenset({Ticket.Status.WAITING_CUSTOMER, Ticket.Status.WAITING_THIRD_PARTY})

UNREAD: Final = ("clock_set__terms",)
"""Large columns of joined rows that no row shows."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """What a row says; everything is read from the ticket as it was fetched, nothing asked for again."""

    ticket: Ticket
    at: datetime
    countdown: when.Countdown | None
    window: when.Countdown | None

    @classmethod
    def of(cls, ticket: Ticket, *, at: datetime) -> "QueueRow":
        """The row of a ticket at an instant."""
        calendar = ticket.clock_set.calendar if ticket.clock_set else None
        due = ticket.next_due_at if ticket.is_live else None
        return cls(
            ticket,
            at,
            when.countdown(due, at=at, calendar=calendar),
            when.countdown(window_end(ticket), at=at, calendar=None),
        )

    @property
    def url(self) -> str:
        """Where its page is."""
        return reverse("admin:helpdesk_ticket_change", args=(self.ticket.pk,))

    @property
    def requester(self) -> str:
        """Who asks."""
        return str(self.ticket.requester)

    @property
    def metric(self) -> str:
        """Which promise is due next."""
        return str(Cell.Metric(self.ticket.next_due_metric).label) if self.ticket.next_due_metric else ""

    @property
    def level(self) -> str:
        """How urgent it is, as a class of the style sheet: by whatever ends first."""
        ends = [one for one in (self.countdown, self.window) if one is not None]
        return min(ends, key=lambda one: one.due_at).level if ends else "none"

    @property
    def lacks_a_promise(self) -> bool:
        """Whether a contract covers it and yet no clock runs: somebody must publish a policy (AG-01)."""
        ticket = self.ticket
        is_owed = ticket.request_type.runs_clocks and ticket.entitlement not in NOT_OWED
        is_promised = ticket.contract_id is not None and is_owed
        return is_promised and ticket.clock_set is None and ticket.is_live

    @property
    def stillness(self) -> str:
        """Why nothing is due."""
        if not self.ticket.is_live:
            return "–"
        if self.ticket.clock_set is None:
            return gettext("no clock")
        if self.ticket.entitlement == Ticket.Entitlement.FLAGGED:
            return gettext("no target")
        return gettext("paused") if self.ticket.status in PAUSING else gettext("nothing due")

    @property
    def entitlement(self) -> str:
        """What is unusual about its entitlement."""
        if self.ticket.entitlement in NOT_SAID:
            return ""
        return str(Ticket.Entitlement(self.ticket.entitlement).label)

    @property
    def assignee(self) -> str:
        """Whose it is."""
        return str(self.ticket.assignee) if self.ticket.assignee else ""

    @property
    def initials(self) -> str:
        """The same in two letters."""
        return initials(self.assignee)

    @property
    def received(self) -> str:
        """How long ago it came."""
        return when.ago(self.ticket.received_at, at=self.at)


def window_end(ticket: Ticket) -> datetime | None:
    """The end of the WhatsApp window while the customer waits for an answer, also a past one (D19)."""
    return ticket.whatsapp_until if ticket.is_live and waits_for_us(ticket) else None


def waits_for_us(ticket: Ticket) -> bool:
    """Whether the last word is the customer's."""
    if ticket.last_customer_at is None:
        return False
    return ticket.last_agent_at is None or ticket.last_agent_at < ticket.last_customer_at


def initials(name: str) -> str:
    """Two letters for somebody."""
    words = [word for word in name.replace(".", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:1] + words[1:][-1:]).upper()

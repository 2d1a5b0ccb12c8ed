"""What a customer can say a problem means for them (D16)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.models import Ticket


@dataclass(frozen=True, slots=True)
class Impact:
    """One answer, and a sentence that helps to choose."""

    value: str
    name: str | Promise
    text: str | Promise


def impacts() -> tuple[Impact, ...]:
    """From the smallest to the largest."""
    sentences = {
        Ticket.Impact.QUESTION: _("I would like to know or change something; nothing is broken."),
        Ticket.Impact.HINDERED: _("Something is wrong, but there is a way around it."),
        Ticket.Impact.BLOCKED: _("Part of our work cannot go on."),
        Ticket.Impact.ALL_BLOCKED: _("Nobody here can use it."),
    }
    return tuple(Impact(value.value, value.label, text) for value, text in sentences.items())

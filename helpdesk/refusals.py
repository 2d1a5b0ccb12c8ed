"""Why a rule said no, by name, each with a sentence that its reader may see."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sla.refusing import Refusal


class Refused(Refusal):
    """A rule refused; `sentence` may be shown to whoever asked."""

    sentence = _("This is not possible.")


class SubjectMissing(Refused):
    sentence = _("Please say in a few words what it is about.")


class TextMissing(Refused):
    sentence = _("Please write a message.")


class NotYourTicket(Refused):
    sentence = _("There is no such ticket.")


class TicketClosed(Refused):
    sentence = _("This ticket is closed. Please open a new one.")


class ChangedMeanwhile(Refused):
    sentence = _("Somebody else changed this ticket meanwhile. Please look again.")


class WrongStatus(Refused):
    sentence = _("A ticket in this state cannot be changed in this way.")


class NotAnsweredYet(Refused):
    sentence = _("Answer the customer first; then it can wait for them.")


class TooLateToTakeBack(Refused):
    sentence = _("The message has already left.")


class ReasonMissing(Refused):
    sentence = _("Please give the reason.")


class WindowClosed(Refused):
    sentence = _(
        "WhatsApp takes free text only within 24 hours of the customer's last message, "
        "and there is no e-mail address to answer to."
    )


class AlreadyLinked(Refused):
    sentence = _("This ticket already belongs to an organisation.")


class TagMissing(Refused):
    sentence = _("Write a tag of letters and digits; a ticket takes twenty of them.")


class NoSuchTag(Refused):
    sentence = _("The ticket has no such tag.")


class PriorityNotOffered(Refused):
    """The plan does not include the priority; the allowed ones are in the sentence."""

    def __init__(self, offered: Iterable[str]) -> None:
        super().__init__()
        self.offered = tuple(offered)

    def __str__(self) -> str:
        return str(_("The plan does not offer this priority. It offers: %s.")) % ", ".join(self.offered)


class FileRefused(Refused):
    """A file is empty, too large, or too many came."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__()
        self._sentence = sentence

    def __str__(self) -> str:
        return str(self._sentence)

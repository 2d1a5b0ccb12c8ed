"""What people write to a verb: tidied, and refused where there is nothing."""

from contracts import words
from helpdesk.refusals import ReasonMissing, Refused, TextMissing


def text(given: str) -> str:
    """The words of a message.

    Raises:
        TextMissing
    """
    return _some(given, TextMissing)


def reason(given: str) -> str:
    """Why something is done: it is read later by people who were not there.

    Raises:
        ReasonMissing
    """
    return _some(given, ReasonMissing)


def _some(given: str, otherwise: type[Refused]) -> str:
    tidied = words.tidied(given)
    if not tidied:
        raise otherwise
    return tidied

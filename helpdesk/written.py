"""What people write to a verb: tidied, and refused where there is nothing."""

from contracts import words
from helpdesk.refusals import ReasonMissing, TextMissing


def text(given: str) -> str:
    """The words of a message.

    Raises:
        TextMissing
    """
    tidied = words.tidied(given)
    if not tidied:
        raise TextMissing
    return tidied


def reason(given: str) -> str:
    """Why something is done: it is read later by people who were not there.

    Raises:
        ReasonMissing
    """
    tidied = words.tidied(given)
    if not tidied:
        raise ReasonMissing
    return tidied

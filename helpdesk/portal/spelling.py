"""Lengths of time and amounts as people read them."""

from collections.abc import Iterable, Sequence
from typing import Final

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, npgettext

from contracts.terms import CellShown
from helpdesk.notifications import languages, moments

MINUTE: Final = 60
HOUR: Final = 3600
LONG: Final = 4
"""Days of support time from which on they are counted."""


def length(seconds: int) -> str:
    """So much time: "3 h 20 min"; its sign is dropped, less than a minute is said so."""
    hours, rest = divmod(abs(seconds), HOUR)
    minutes = rest // MINUTE
    if hours and minutes:
        return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    if hours:
        return gettext("%(hours)d h") % {"hours": hours}
    if minutes:
        return gettext("%(minutes)d min") % {"minutes": minutes}
    return gettext("less than a minute")


def support_length(seconds: int, day_seconds: int) -> str:
    """So much support time; of four days and more the minutes no longer matter.

    `day_seconds` is the length of a standard day of support, 0 when there is none.
    """
    if not day_seconds or abs(seconds) < LONG * day_seconds:
        return length(seconds)
    days = abs(seconds) // day_seconds
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def amount(number: int, unit: str, *, works_saturdays: bool = False) -> str:
    """A target: "12 business hours"; `unit` is one of `Cell.Unit`.

    Where Saturday is a working day, French has another word for it (D20), so the message has a context.
    """
    match unit:
        case "business_minutes":
            text = ngettext("%(n)d business minute", "%(n)d business minutes", number)
        case "business_hours":
            text = ngettext("%(n)d business hour", "%(n)d business hours", number)
        case "elapsed_minutes":
            text = ngettext("%(n)d minute", "%(n)d minutes", number)
        case "elapsed_hours":
            text = ngettext("%(n)d hour", "%(n)d hours", number)
        case "calendar_days":
            text = ngettext("%(n)d calendar day", "%(n)d calendar days", number)
        case _ if works_saturdays:
            text = npgettext("Saturday included", "%(n)d business day", "%(n)d business days", number)
        case _:
            text = npgettext("without Saturday", "%(n)d business day", "%(n)d business days", number)
    return text % {"n": number}


def target(cell: CellShown, *, works_saturdays: bool = False) -> str:
    """A number as it was promised: "2-3 business days", "aim: 4 hours; at most 1 business day"."""
    if cell.amount is None:
        return ""
    longest = amount(cell.amount, cell.unit, works_saturdays=works_saturdays)
    if cell.from_amount is not None:
        longest = gettext("%(from)d to %(amount)s") % {"from": cell.from_amount, "amount": longest}
    if cell.aim_amount is None:
        return longest
    aim = amount(cell.aim_amount, cell.aim_unit, works_saturdays=works_saturdays)
    return gettext("aim: %(aim)s; at most %(amount)s") % {"aim": aim, "amount": longest}


def days(numbers: Sequence[int]) -> str:
    """Weekdays, 0 being Monday, runs of three and more joined: "Monday to Friday"."""
    return gettext(", ").join(_run(run) for run in _runs(numbers))


def _run(run: Sequence[int]) -> str:
    first, last = _as_written(WEEKDAYS[run[0]]), _as_written(WEEKDAYS[run[-1]])
    if len(run) == 1:
        return first
    if len(run) == 2:  # noqa: PLR2004 - a pair
        return gettext("%(first)s and %(last)s") % {"first": first, "last": last}
    return gettext("%(first)s to %(last)s") % {"first": first, "last": last}


def _runs(numbers: Iterable[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def short_day(number: int) -> str:
    """A weekday's short name, 0 being Monday."""
    return _as_written(WEEKDAYS_ABBR[number])


def _as_written(day: str | Promise) -> str:
    return moments.as_written(str(day), languages.active())

"""How a policy's numbers are to be read, in sentences for customers (D4-D9)."""

from collections.abc import Iterator
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from helpdesk.models import Ticket
from sla.models import PolicyVersion

Mode = PolicyVersion.DayMode

DAYS: Final[dict[str, Promise]] = {
    Mode.CLOSE_OF_NTH_DAY: _(
        "A goal in days is due when support closes on the last of them; "
        "the day on which your message arrives is not counted."
    ),
    Mode.FROM_NEXT_OPENING: _(
        "A goal in days is due when support closes on the last of them; "
        "the day on which support next opens after your message is not counted."
    ),
    Mode.SCHEDULE_HOURS: _("In a goal in days, each day counts as the usual length of a day of support."),
    Mode.SAME_CLOCK_TIME: _(
        "A goal in days is due on the last of them, at the time at which your message arrived."
    ),
    Mode.FULL_DAYS_24H: _("In a goal in days, each day counts as 24 hours of support time."),
}


def sentences(version: PolicyVersion) -> Iterator[str | Promise]:
    """What somebody must know who reads the table of goals."""
    yield DAYS[version.day_mode]
    yield _("Business hours are counted only while support is open.")
    yield _(
        "Our first response is the first answer that a person writes to you; automatic messages do not count."
    )
    if Ticket.Status.WAITING_CUSTOMER in version.pausing_statuses:
        yield _("While we wait for your answer, the time to a resolution pauses.")
    if version.clamps_first_response:
        yield _("A first response is due no later than the resolution.")
    if version.grace_minutes:
        left = ngettext(
            "When a priority changes, at least %(n)d minute of support time remains.",
            "When a priority changes, at least %(n)d minutes of support time remain.",
            version.grace_minutes,
        )
        yield left % {"n": version.grace_minutes}
    yield _("Which priorities apply depends on your plan.")

"""The queue's tabs: which tickets each shows, and in which order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from contracts.models import Account
from helpdesk import technical, visibility
from helpdesk.admin import asked
from helpdesk.models import Ticket
from helpdesk.models.ticket import LIVE, OVER, WAITING

BREACHING: Final = timedelta(hours=1)
"""How long before its due time a ticket counts as breaching, in clock time."""

MOST_URGENT_FIRST: Final = (F("sorts_at").asc(nulls_last=True), "id")
"""What has no clock comes last, but it comes."""
LAST_SOLVED_FIRST: Final = ("-closes_at", "-id")
NEWEST_FIRST: Final = ("-id",)


@dataclass(frozen=True, slots=True)
class Tab:
    """One view of the queue."""

    key: str
    label: Any
    hint: Any
    rows: Callable[[Account, datetime], Q]
    ordering: tuple[str | OrderBy, ...] = MOST_URGENT_FIRST
    is_counted: bool = True


def breaching(at: datetime) -> Q:
    """Live tickets that are late, or will be within the hour."""
    return LIVE & Q(sorts_at__lte=at + BREACHING)


TABS: Final = (
    Tab("mine", _("Mine"), _("Assigned to you and not yet solved"), lambda who, _at: LIVE & Q(assignee=who)),
    Tab("unassigned", _("Unassigned"), _("Nobody's yet"), lambda _who, _at: LIVE & Q(assignee=None)),
    Tab("open", _("All open"), _("Everything that is not solved"), lambda _who, _at: LIVE),
    Tab("breaching", _("Breaching"), _("Late, or due within the hour"), lambda _who, at: breaching(at)),
    Tab("waiting", _("Waiting"), _("For a customer or a third party"), lambda _who, _at: WAITING),
    Tab(
        "over_quota",
        _("Over quota"),
        _("Accepted beyond the plan's tickets"),
        lambda _who, _at: LIVE & Q(entitlement__in=OVER),
    ),
    Tab(
        "appeals",
        _("Appeals"),
        _("Support after all, says the customer"),
        lambda _w, _at: technical.appealed(),
    ),
    Tab(
        "solved",
        _("Solved"),
        _("Can still be reopened"),
        lambda _who, _at: Q(status=Ticket.Status.SOLVED),
        LAST_SOLVED_FIRST,
        is_counted=False,
    ),
    Tab(
        "everything",
        _("Everything"),
        _("Closed tickets and spam too"),
        lambda _who, _at: Q(),
        NEWEST_FIRST,
        is_counted=False,
    ),
)
BY_KEY: Final = {tab.key: tab for tab in TABS}
FIRST: Final = "open"
SEARCHED: Final = "everything"


def counted(request: HttpRequest) -> dict[str, QuerySet[Ticket]]:
    """The tickets of each tab that shows a count, as the agent who asks may see them."""
    who, at = asked.by(request), asked.at(request)
    seen = visibility.queue_for(who)
    return {tab.key: seen.filter(tab.rows(who, at)) for tab in TABS if tab.is_counted}

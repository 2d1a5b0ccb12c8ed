"""What every page of the console needs, asked for once a request: who asks, when, and who the agents are."""

from datetime import UTC, datetime
from typing import Final

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.models import Account
from helpdesk import visibility
from helpdesk.models import Ticket
from helpdesk.refusals import Refused
from sla import timekeeping

LONGEST_NUMBER: Final = 18
"""Digits of a number that a database still takes."""

LONGEST_INSTANT: Final = 32

WITH_A_PAGE: Final = (
    "request_type",
    "requester",
    "organisation__account_owner",
    "contract",
    "contract_version",
    "plan_version__plan",
    "priority",
    "assignee",
    "follows",
    "merged_into",
    "clock_set__calendar",
    "clock_set__policy_version__policy",
)


class NoSuchInstant(Refused):
    """What was typed is no date and time of the desk's zone."""

    sentence = _("Please give a date and a time that there are on the desk's clock.")


def by(request: HttpRequest) -> Account:
    """The agent who asks; every page of the console stands behind a sign-in."""
    if not isinstance(request.user, Account):
        raise TypeError("The console lets nobody in who is not signed in.")
    return request.user


def at(request: HttpRequest) -> datetime:
    """The instant of the request, the same for all that is shown on a page."""
    instant: datetime | None = getattr(request, "console_at", None)
    if instant is None:
        instant = timekeeping.now()
        request.console_at = instant  # type: ignore[attr-defined]  # ours, for this request
    return instant


def words(request: HttpRequest, name: str, *, most: int) -> str:
    """What was typed into a field, as much of it as is read, without what no column takes."""
    return request.POST.get(name, "")[:most].replace("\x00", "")


def version(request: HttpRequest) -> int | None:
    """The version of the ticket that the agent looked at; what is no number is an old one."""
    seen = request.POST.get("version")
    if seen is None:
        return None
    return int(seen) if seen.isdecimal() and len(seen) <= LONGEST_NUMBER else 0


def whole(request: HttpRequest, name: str) -> int:
    """The whole number in a field, such as a row's; 0, which no row has, for what is none."""
    digits = request.POST.get(name, "")
    return int(digits) if digits.isdecimal() and len(digits) <= LONGEST_NUMBER else 0


def instant(request: HttpRequest, name: str) -> datetime:
    """An instant as a browser's field for date and time gives it, in the desk's zone.

    Raises:
        NoSuchInstant: it is none, or the zone's clocks jump over it.
    """
    try:
        typed = datetime.fromisoformat(request.POST.get(name, "")[:LONGEST_INSTANT])
        given = typed.replace(tzinfo=timezone.get_current_timezone())
        utc = given.astimezone(UTC)
    except (ValueError, OverflowError):
        raise NoSuchInstant from None
    if typed.tzinfo is not None or utc.astimezone(given.tzinfo).replace(tzinfo=None) != typed:
        raise NoSuchInstant
    return utc


def agents(request: HttpRequest) -> list[Account]:
    """Whoever may be given a ticket, by name."""
    known: list[Account] | None = getattr(request, "console_agents", None)
    if known is None:
        staff = Account.objects.filter(is_staff=True, is_active=True)
        known = list(staff.only("name", "email").order_by("name", "email"))
        request.console_agents = known  # type: ignore[attr-defined]  # ours, for this request
    return known


def may(request: HttpRequest, right: str) -> None:
    """Let only those pass who may `view` or `change` tickets.

    Raises:
        PermissionDenied: to everybody else.
    """
    if not any(request.user.has_perm(f"helpdesk.{enough}_ticket") for enough in {right, "change"}):
        raise PermissionDenied


def ticket(request: HttpRequest, number: int, right: str = "view") -> Ticket:
    """The ticket of that number, with what its page shows.

    Raises:
        PermissionDenied: when the agent may not do it.
        Http404: when there is none that the agent may see.
    """
    may(request, right)
    rows = visibility.queue_for(by(request)).select_related(*WITH_A_PAGE)
    has_absorbed = Exists(Ticket.objects.filter(merged_into=OuterRef("pk")))
    found = rows.annotate(has_absorbed=has_absorbed).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def number(object_id: str) -> int:
    """The number that a part of an address is.

    Raises:
        Http404: when it is none.
    """
    digits = unquote(object_id)
    if not (digits.isdecimal() and len(digits) <= LONGEST_NUMBER):
        raise Http404
    return int(digits)

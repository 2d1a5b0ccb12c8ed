"""The list of tickets, and one ticket."""

from datetime import datetime
from typing import Any

import structlog
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from contracts.models import Person
from helpdesk import customer_side, lifecycle, merging, visibility
from helpdesk.models import Ticket
from helpdesk.portal import goals, listing, quoted, slowness, zones
from helpdesk.portal import why as explained
from helpdesk.portal.forms import ReplyForm
from helpdesk.portal.listing import Wanted
from helpdesk.portal.quota import quota_of
from helpdesk.portal.signed_in import for_customers
from helpdesk.portal.thread import thread
from helpdesk.refusals import NotYourTicket, Refused
from sla import timekeeping

log = structlog.get_logger(__name__)

NO_CONTENT = 204


@require_safe
@vary_on_headers("HX-Target")
@for_customers
def tickets(request: HttpRequest, person: Person) -> HttpResponse:
    """A customer's tickets; a manager's whole organisation's, when asked for."""
    at = timekeeping.now()
    wanted = Wanted.read(request.GET, person)
    page = listing.page_of(listing.tickets(person, wanted, at=at), wanted)
    context = {
        "wanted": wanted,
        "page": page,
        "lines": listing.lines(page, at=at),
        "shows": listing.SHOWS,
        "waiting": listing.waiting_for(person, wanted),
        "zone_shown": zones.zone_name(timezone.get_current_timezone_name()),
    }
    is_part = request.headers.get("HX-Target") == "tickets"
    return render(request, "portal/_tickets.html" if is_part else "portal/tickets.html", context)


@require_safe
@for_customers
def ticket(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """One ticket: what was said, where its goals stand, and room for an answer."""
    return render_ticket(request, person, theirs(person, number), ReplyForm())


@require_safe
@for_customers
def why(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Why its goals are due when they are, day by day."""
    at, ticket = timekeeping.now(), theirs(person, number)
    context = {"ticket": ticket, "explained": explained.why(ticket, at=at), **_zones(ticket, person, at=at)}
    return render(request, "portal/why.html", context)


@require_safe
@for_customers
def conversation(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """The conversation alone, for a page that is open; nothing when nothing was added since `seen`."""
    ticket = theirs(person, number)
    said = thread(ticket, person, at=timekeeping.now())
    seen = request.GET.get("seen", "")
    if not said or seen == str(said[-1].key):
        return HttpResponse(status=NO_CONTENT)
    context = {"ticket": ticket, "thread": said, "seen": int(seen) if seen.isdecimal() else said[-1].key}
    return render(request, "portal/_thread.html", context)


@require_POST
@for_customers
def solve(request: HttpRequest, person: Person, number: int) -> HttpResponseBase:
    """The customer says that it is solved."""
    try:
        customer_side.solve(theirs(person, number), by=person, at=timekeeping.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Marked as solved. Thank you for telling us."))
    return redirect("portal:ticket", number)


def theirs(person: Person, number: int) -> Ticket:
    """A ticket that this customer may see; a guessed number is noted and looks like one that is not there."""
    try:
        return visibility.ticket_for(person, number)
    except NotYourTicket:
        log.warning("ticket_not_theirs", person=person.pk, number=number)
        raise Http404 from None


def render_ticket(
    request: HttpRequest, person: Person, ticket: Ticket, form: ReplyForm, *, status: int = 200
) -> HttpResponse:
    """The page of a ticket, with this form under the conversation."""
    at = timekeeping.now()
    takes_more = lifecycle.can_take_more(merging.survivor_of(ticket), at=at)
    context: dict[str, Any] = {
        "ticket": ticket,
        "thread": thread(ticket, person, at=at),
        "goals": goals.goals_of(ticket, at=at),
        "backlog": slowness.notices_of(ticket, at=at),
        "technical": quoted.of_ticket(ticket, person),
        "takes_more": takes_more,
        "goes_on_in": _goes_on_in(ticket, person),
        "quota": None if takes_more else quota_of(person, at=at),
        "form": form,
        **_zones(ticket, person, at=at),
    }
    return render(request, "portal/ticket.html", context, status=status)


def _goes_on_in(ticket: Ticket, person: Person) -> int | None:
    """The number of the ticket into which this one was merged, where the customer may see it."""
    if ticket.merged_into_id is None:
        return None
    later = merging.survivor_of(ticket)
    return later.pk if visibility.may_read(person, later) else None


def _zones(ticket: Ticket, person: Person, *, at: datetime) -> dict[str, str]:
    """Support's zone, and the reader's own where the profile names a real one that differs (CR-05)."""
    support = goals.support_zone(ticket, at=at)
    own = person.zone if zones.known_zone(person.zone) and person.zone != support else ""
    return {
        "support_zone": support,
        "support_zone_name": zones.zone_name(support) if support else "",
        "own_zone": own,
        "own_zone_name": zones.zone_name(own) if own else "",
        "zone_shown": zones.zone_name(timezone.get_current_timezone_name()),
    }

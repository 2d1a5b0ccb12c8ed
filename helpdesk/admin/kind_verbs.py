"""What kind of request a ticket is: each change a POST that asks one rule; the page on which one chooses."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from config import console
from contracts import services
from contracts.models import ServiceCategory
from contracts.models.service import text_in
from helpdesk import clockwork, minutes, naming, pump, request_types, splitting, technical
from helpdesk.admin import asked, thread
from helpdesk.admin.verbs import decision
from helpdesk.models import Ticket
from helpdesk.refusals import Refused

LONGEST: Final = 2000
MOST_MESSAGES: Final = 500


def _reclassify(request: HttpRequest, ticket: Ticket) -> str:
    service = technical.reclassify(
        ticket,
        category=_category(request),
        by=asked.by(request),
        at=asked.at(request),
        version=asked.version(request),
    )
    pump.send_soon()
    return gettext("A technical service: %s. A draft of a quote is open.") % service.category


def _category(request: HttpRequest) -> ServiceCategory | None:
    key = asked.words(request, "category", most=60)
    return ServiceCategory.objects.filter(key=key, archived_at=None).first()


def _undo(request: HttpRequest, ticket: Ticket) -> str:
    technical.undo(
        ticket,
        reason=asked.words(request, "reason", most=500),
        by=asked.by(request),
        at=asked.at(request),
        version=asked.version(request),
    )
    pump.send_soon()
    return gettext("It is support again; its quote is withdrawn.")


def _appeal(request: HttpRequest, ticket: Ticket) -> str:
    is_upheld = request.POST.get("then") == "uphold"
    try:
        technical.decide_appeal(
            ticket,
            is_upheld=is_upheld,
            text=asked.words(request, "text", most=LONGEST),
            by=asked.by(request),
            at=asked.at(request),
            version=asked.version(request),
        )
    except clockwork.LeadsOnly as refusal:
        raise PermissionDenied from refusal
    pump.send_soon()
    return gettext("Agreed: it is support again.") if is_upheld else gettext("The appeal is refused.")


def _convert(request: HttpRequest, ticket: Ticket) -> str:
    request_types.convert(
        ticket,
        to=asked.words(request, "to", most=20),
        reason=asked.words(request, "reason", most=500),
        by=asked.by(request),
        at=asked.at(request),
        version=asked.version(request),
    )
    return gettext("The ticket is now: %s.") % ticket.request_type


def _validate(request: HttpRequest, ticket: Ticket) -> str:
    request_types.validate(
        ticket,
        steps=asked.words(request, "steps", most=request_types.LONGEST_STEPS),
        by=asked.by(request),
        at=asked.at(request),
        version=asked.version(request),
    )
    return gettext("Validated: its clock begins.")


def _take_up(request: HttpRequest, ticket: Ticket) -> str:
    naming.accept(ticket, by=asked.by(request), at=asked.at(request), version=asked.version(request))
    return gettext("Taken up: it is charged, and its clocks run from now on.")


def _minutes(request: HttpRequest, ticket: Ticket) -> str:
    given: dict[str, Any] = {
        "reason": asked.words(request, "reason", most=minutes.LONGEST_REASON),
        "by": asked.by(request),
        "at": asked.at(request),
        "version": asked.version(request),
    }
    if request.POST.get("then") == "give_back":
        minutes.give_back(ticket, **given)
        return gettext("All minutes of this ticket are given back.")
    many = asked.whole(request, "minutes")
    minutes.log(ticket, minutes=many, **given)
    return ngettext("%d minute is logged.", "%d minutes are logged.", many) % many


VERBS: Final[dict[str, Callable[..., HttpResponse]]] = {
    name: decision(verb)
    for name, verb in {
        "reclassify": _reclassify,
        "undo_technical": _undo,
        "appeal_decide": _appeal,
        "convert": _convert,
        "validate": _validate,
        "take_up": _take_up,
        "minutes": _minutes,
    }.items()
}
"""By the last part of their address; nothing of this happens on GET."""


@require_safe
def choose(request: HttpRequest, number: int) -> HttpResponse:
    """Choose which technical service it is, of the whole ticket or of some messages."""
    ticket = asked.ticket(request, number, "change")
    said = thread.thread(ticket, reader=asked.by(request), at=asked.at(request))
    answer: HttpResponse = console.page(
        request,
        "admin/helpdesk/ticket/technical.html",
        of=ticket,
        title=gettext("A technical service in #%d") % ticket.pk,
        ticket=ticket,
        said=[one for one in said if splitting.can_be_chosen(one.message)],
        categories=[(one, text_in(one.examples, "en")) for one in services.offered()],
    )
    return answer


@require_POST
def split(request: HttpRequest, number: int) -> HttpResponse:
    """Make a ticket of the chosen messages."""
    ticket = asked.ticket(request, number, "change")
    chosen = request.POST.getlist("message")[:MOST_MESSAGES]
    try:
        part = splitting.split(
            ticket,
            messages={int(one) for one in chosen if one.isdecimal() and len(one) <= asked.LONGEST_NUMBER},
            subject=asked.words(request, "subject", most=splitting.LONGEST_SUBJECT),
            category=_category(request),
            by=asked.by(request),
            at=asked.at(request),
            version=asked.version(request),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:helpdesk_ticket_technical", ticket.pk)
    pump.send_soon()
    messages.success(request, gettext("#%d is the technical part; a draft of a quote is open.") % part.pk)
    return redirect(reverse("admin:helpdesk_ticket_change", args=(part.pk,)))

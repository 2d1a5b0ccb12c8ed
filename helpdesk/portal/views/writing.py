"""What customers write: a new ticket, an answer."""

import hashlib
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from contracts.models import Person
from helpdesk import actors, intake, pump
from helpdesk.incoming import Incoming
from helpdesk.intake import Outcome, Receipt
from helpdesk.models import Ticket
from helpdesk.portal import published
from helpdesk.portal.forms import NewTicketForm, ReplyForm
from helpdesk.portal.impacts import impacts
from helpdesk.portal.quota import quota_of
from helpdesk.portal.signed_in import for_customers
from helpdesk.portal.views.tickets import render_ticket, theirs
from helpdesk.refusals import Refused
from sla import timekeeping

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def new(request: HttpRequest, person: Person) -> HttpResponseBase:
    """Open a ticket; what is wrong is said beside the fields, and nothing typed is lost."""
    form = NewTicketForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        receipt = _receive(form, person)
        if receipt is not None and receipt.ticket is not None:
            messages.success(request, _said(receipt))
            return redirect("portal:ticket", receipt.ticket.pk)
    context = {
        "form": form,
        "quota": quota_of(person, at=timekeeping.now()),
        "impacts": impacts(),
        "desk": published.desk(at=timekeeping.now()),
    }
    return render(request, "portal/new.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
@for_customers
def reply(request: HttpRequest, person: Person, number: int) -> HttpResponseBase:
    """Answer on a ticket; on one that is closed it opens another, linked to it (D10)."""
    ticket = theirs(person, number)
    form = ReplyForm(request.POST, request.FILES)
    receipt = _receive(form, person, ticket) if form.is_valid() else None
    if receipt is None or receipt.ticket is None:
        return render_ticket(request, person, ticket, form, status=UNPROCESSABLE)
    messages.success(request, _said(receipt))
    return redirect("portal:ticket", receipt.ticket.pk)


def _receive(form: ReplyForm, person: Person, ticket: Ticket | None = None) -> Receipt | None:
    """Give it to the rule; a refusal stands above the form."""
    incoming = _incoming(form.cleaned_data, person, ticket)
    try:
        receipt = intake.receive(incoming, at=timekeeping.now(), by=actors.person(person))
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    pump.send_soon()
    return receipt


def _incoming(data: dict[str, Any], person: Person, ticket: Ticket | None) -> Incoming:
    return Incoming(
        channel=Ticket.Channel.PORTAL,
        person=person,
        ticket=ticket,
        subject=data.get("subject", "") or (ticket.subject if ticket else ""),
        text=data["text"],
        files=data["attached"],
        impact=data.get("impact", ""),
        is_authenticated=True,
        language=get_language() or "",
        idempotency_key=_key(data, person),
    )


def _key(data: dict[str, Any], person: Person) -> str:
    """The same form with the same words is the same message; other words are another, never lost."""
    if not data.get("key"):
        return ""
    words = "\0".join((data.get("subject", ""), data["text"], *(file.name for file in data["attached"])))
    digest = hashlib.sha256(words.encode()).hexdigest()[:24]
    return f"portal:{person.pk}:{data['key'].hex}:{digest}"


def _said(receipt: Receipt) -> str:
    number = receipt.ticket.pk if receipt.ticket else 0
    match receipt.outcome:
        case Outcome.OPENED:
            return _("Thank you. Your ticket has the number %(number)d.") % {"number": number}
        case Outcome.OPENED_LINKED:
            return _("The earlier ticket is closed, so this became ticket %(number)d, linked to it.") % {
                "number": number
            }
        case Outcome.REPEATED:
            return _("We already have this message.")
        case _:
            return _("Your message is with us.")

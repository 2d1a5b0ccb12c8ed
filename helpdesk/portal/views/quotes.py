"""Quotes of technical services: what they say, and a manager's answer; and the appeal against being one."""

import ipaddress
from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from contracts.models import Account, Person, Quote
from contracts.quoting.deciding import Answerer
from helpdesk import pump, quotes, technical, visibility
from helpdesk.portal import quoted
from helpdesk.portal.signed_in import for_customers
from helpdesk.portal.views.tickets import theirs
from helpdesk.refusals import NotYourTicket, Refused
from sla import timekeeping

LONGEST_WORDS = 2000


@require_safe
@for_customers
def listing(request: HttpRequest, person: Person) -> HttpResponse:
    """The quotes that a customer may see, the latest first."""
    return render(request, "portal/quotes.html", {"quotes": quoted.all_of(person)})


@require_safe
@for_customers
def quote(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """One quote: its lines, until when it is valid, and what may be answered."""
    found = _theirs(person, number)
    return render(request, "portal/quote.html", {"shown": quoted.shown(found, person, at=timekeeping.now())})


@require_safe
@for_customers
def document(_request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """The file as it was sent, byte for byte."""
    kept = _theirs(person, number).document
    as_file = {"Content-Disposition": f'attachment; filename="{kept.name}"'}
    return HttpResponse(bytes(kept.content), content_type="application/pdf", headers=as_file)


@require_POST
@for_customers
def accept(request: HttpRequest, person: Person, number: int) -> HttpResponseBase:
    """A manager accepts, with their name typed."""
    found = _theirs(person, number)
    verb = partial(quotes.accept, found, name_typed=_typed(request, "name"), document=_read(request))
    return _answered(request, person, found, verb, _("Accepted. We tell you when the work is done."))


@require_POST
@for_customers
def decline(request: HttpRequest, person: Person, number: int) -> HttpResponseBase:
    """A manager declines, and says why."""
    found = _theirs(person, number)
    verb = partial(quotes.decline, found, reason=_typed(request, "reason"), document=_read(request))
    return _answered(request, person, found, verb, _("Declined. Nothing is done or charged."))


@require_POST
@for_customers
def leave(request: HttpRequest, person: Person, number: int) -> HttpResponseBase:
    """A manager authorises work on their organisation's data (CM-10)."""
    try:
        asked = visibility.leave_asked_of(person, number)
    except NotYourTicket:
        raise Http404 from None
    said = _("Authorised. It is on record with your name and the time.")
    return _answered(request, person, asked.quote, partial(quotes.give_leave, asked), said)


@require_POST
@for_customers
def appeal(request: HttpRequest, person: Person, number: int) -> HttpResponseBase:
    """The customer says why it is support after all; once."""
    ticket = theirs(person, number)
    try:
        technical.appeal(ticket, text=_typed(request, "text"), by=person, at=timekeeping.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("Thank you. Somebody else than before looks at it, and you get an answer.")
        )
    return redirect("portal:ticket", number)


def _theirs(person: Person, number: int) -> Quote:
    try:
        return visibility.quote_for(person, number)
    except NotYourTicket:
        raise Http404 from None


def _typed(request: HttpRequest, field: str) -> str:
    return request.POST.get(field, "")[:LONGEST_WORDS]


def _read(request: HttpRequest) -> str:
    """The digest of the document that whoever answers was shown."""
    return request.POST.get("document", "")


def _answered(
    request: HttpRequest, person: Person, found: Quote, verb: Callable[..., object], said: str
) -> HttpResponseBase:
    """Back to the quote, with what was done or why it was not."""
    try:
        verb(by=_answerer(request, person), at=timekeeping.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        pump.send_soon()
        messages.success(request, said)
    return redirect("portal:quote", found.pk)


def _answerer(request: HttpRequest, person: Person) -> Answerer:
    account = request.user if isinstance(request.user, Account) else None
    return Answerer(person, account, _ip(request))


def _ip(request: HttpRequest) -> str | None:
    """From where it was asked, as the proxies that we trust say; none when that is no address."""
    try:
        return str(ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None

"""Quotes of technical services: what they say, and a manager's answer; and the appeal against being one."""

import ipaddress
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from contracts.models import Account, Person, Quote
from helpdesk import pump, quotes, technical, visibility
from helpdesk.portal import quoted
from helpdesk.portal.signed_in import for_customers
from helpdesk.portal.views.tickets import theirs
from helpdesk.quotes import Answerer
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
    found = _theirs(person, number)
    answer = HttpResponse(bytes(found.document.content), content_type="application/pdf")
    name = f"{found.number}-v{found.version}.pdf"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_POST
@for_customers
def accept(request: HttpRequest, person: Person, number: int) -> HttpResponseBase:
    """A manager accepts, with their name typed."""
    found = _theirs(person, number)
    return _answered(
        request,
        found,
        lambda: quotes.accept(
            found,
            name_typed=request.POST.get("name", "")[:LONGEST_WORDS],
            document=request.POST.get("document", ""),
            by=_answerer(request, person),
            at=timekeeping.now(),
        ),
        _("Accepted. We tell you when the work is done."),
    )


@require_POST
@for_customers
def decline(request: HttpRequest, person: Person, number: int) -> HttpResponseBase:
    """A manager declines, and says why."""
    found = _theirs(person, number)
    return _answered(
        request,
        found,
        lambda: quotes.decline(
            found,
            reason=request.POST.get("reason", "")[:LONGEST_WORDS],
            document=request.POST.get("document", ""),
            by=_answerer(request, person),
            at=timekeeping.now(),
        ),
        _("Declined. Nothing is done or charged."),
    )


@require_POST
@for_customers
def leave(request: HttpRequest, person: Person, number: int) -> HttpResponseBase:
    """A manager authorises work on their organisation's data (CM-10)."""
    try:
        asked = visibility.leave_asked_of(person, number)
    except NotYourTicket:
        raise Http404 from None
    return _answered(
        request,
        asked.quote,
        lambda: quotes.give_leave(asked, by=_answerer(request, person), at=timekeeping.now()),
        _("Authorised. It is on record with your name and the time."),
    )


@require_POST
@for_customers
def appeal(request: HttpRequest, person: Person, number: int) -> HttpResponseBase:
    """The customer says why it is support after all; once."""
    text = request.POST.get("text", "")[:LONGEST_WORDS]
    try:
        technical.appeal(theirs(person, number), text=text, by=person, at=timekeeping.now())
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


def _answered(
    request: HttpRequest, found: Quote, answer: Callable[[], object], said: str
) -> HttpResponseBase:
    """Back to the quote, with what was done or why it was not."""
    try:
        answer()
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

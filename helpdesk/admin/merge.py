"""Merging a ticket: first what will happen, then one POST; and what was merged, with the one that goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from config.console import page
from contracts.models import Account
from helpdesk import merging, visibility
from helpdesk.admin import asked, thread
from helpdesk.models import Ticket
from helpdesk.refusals import Refused
from sla.typed import whole

SUGGESTED: Final = 5


@dataclass(frozen=True, slots=True)
class Absorbed:
    """A ticket that was merged into this one, with what was said on it."""

    ticket: Ticket
    said: Sequence[thread.Said]


@require_http_methods(["GET", "HEAD", "POST"])
def view(request: HttpRequest, number: int) -> HttpResponse:
    """Ask for the number, show what will happen, and do it when it is sent."""
    ticket = asked.ticket(request, number, "change")
    if request.method == "POST":
        return _merge(request, ticket)
    plan, refusal = None, ""
    typed = request.GET.get("into", "").strip()
    if typed:
        try:
            plan = merging.plan(ticket, into=_named(request, typed), at=asked.at(request))
        except Refused as why:
            refusal = str(why)
    answer: HttpResponse = page(
        request,
        "admin/helpdesk/ticket/merge.html",
        of=ticket,
        title=gettext("Merge #%d into another ticket") % ticket.pk,
        ticket=ticket,
        typed=typed,
        plan=plan,
        refusal=refusal,
        suggested=_suggested(request, ticket),
    )
    return answer


def _merge(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    typed = asked.words(request, "into", most=asked.LONGEST_NUMBER + 1).strip()
    by, at = asked.by(request), asked.at(request)
    try:
        into = _named(request, typed)
        merging.merge(ticket, into=into, by=by, at=at, version=asked.version(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(_address(ticket))
    messages.success(request, gettext("#%(ticket)d goes on here.") % {"ticket": ticket.pk})
    return redirect(_address(into))


def _address(ticket: Ticket) -> str:
    return reverse("admin:helpdesk_ticket_change", args=(ticket.pk,))


def _named(request: HttpRequest, typed: str) -> Ticket:
    """The ticket whose number was typed, with or without its sign."""
    number = whole(typed.removeprefix("#"))
    seen = visibility.queue_for(asked.by(request)).select_related(*asked.WITH_A_PAGE)
    found = None if number is None else seen.filter(pk=number).first()
    if found is None:
        raise merging.NoSuchMaster
    return found


def _suggested(request: HttpRequest, ticket: Ticket) -> list[Ticket]:
    """The same customer's newest tickets on which work goes on."""
    live = visibility.queue_for(asked.by(request)).filter(status__in=Ticket.LIVE).exclude(pk=ticket.pk)
    if ticket.organisation_id is not None:
        theirs = live.filter(organisation=ticket.organisation_id)
    else:
        theirs = live.filter(requester=ticket.requester_id)
    return list(theirs.select_related("requester").order_by("-received_at", "-pk")[:SUGGESTED])


def absorbed(ticket: Ticket, *, reader: Account, at: datetime) -> list[Absorbed]:
    """What was merged into a ticket, with each one's whole conversation; of most tickets nothing was."""
    if not getattr(ticket, "has_absorbed", True):  # `asked.ticket` has looked already
        return []
    return [Absorbed(one, thread.thread(one, reader=reader, at=at)) for one in merging.merged_into(ticket)]

"""What can be done to several tickets at once; each is a POST, and what cannot be undone asks first."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy, ngettext

from config.console import page
from helpdesk import handling
from helpdesk.admin import asked
from helpdesk.admin.verbs import chosen_agent
from helpdesk.models import Ticket
from helpdesk.refusals import Refused


@admin.action(description=gettext_lazy("Assign"), permissions=["change"])
def assign(_admin: Any, request: HttpRequest, tickets: QuerySet[Ticket]) -> None:
    """Give all of them to the chosen agent."""
    try:
        to = chosen_agent(request, request.POST.get("to", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return
    done = _each(
        request,
        tickets,
        lambda ticket: handling.assign(ticket, to=to, by=asked.by(request), at=asked.at(request)),
    )
    if done:
        sentence = ngettext(
            "%(count)d ticket is now %(whose)s.", "%(count)d tickets are now %(whose)s.", done
        )
        whose = gettext("nobody's") if to is None else gettext("with %s") % to
        messages.success(request, sentence % {"count": done, "whose": whose})


@admin.action(description=gettext_lazy("Mark as spam"), permissions=["change"])
def mark_as_spam(_admin: Any, request: HttpRequest, tickets: QuerySet[Ticket]) -> HttpResponse | None:
    """Mark all of them, once the agent has confirmed it."""
    if "confirmed" not in request.POST:
        title, template = gettext("Mark as spam?"), "admin/helpdesk/ticket/confirm_spam.html"
        answer: HttpResponse = page(request, template, of=Ticket(), title=title, tickets=tickets)
        return answer
    done = _each(
        request,
        tickets,
        lambda ticket: handling.mark_spam(ticket, by=asked.by(request), at=asked.at(request)),
    )
    if done:
        sentence = ngettext("%d ticket is spam.", "%d tickets are spam.", done)
        messages.success(request, sentence % done)
    return None


def _each(request: HttpRequest, tickets: Iterable[Ticket], rule: Callable[[Ticket], object]) -> int:
    """Ask the rule for each ticket; one that is refused stops no other. Returns how many were done."""
    done = 0
    for ticket in tickets:
        try:
            rule(ticket)
        except Refused as refusal:
            messages.error(request, f"#{ticket.pk}: {refusal}")
        else:
            done += 1
    return done

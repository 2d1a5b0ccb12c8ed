"""The page of one ticket."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from config import console
from contracts.models import QuotaMetric
from helpdesk import clockwork, lifecycle, merging, minutes, tagging, urgency
from helpdesk.admin import aside, asked, clocks_page, kinds, merge, rows, thread, when
from helpdesk.models import Message, Ticket
from sla.models import Excuse

REPLY, NOTE = "reply", "note"


def address(ticket: Ticket) -> str:
    """Where the page of a ticket is."""
    return reverse("admin:helpdesk_ticket_change", args=(ticket.pk,))


@require_safe
def view(request: HttpRequest, number: int) -> HttpResponse:
    """The conversation, what may be done, and what stands beside it."""
    return show(request, asked.ticket(request, number))


def show(
    request: HttpRequest,
    ticket: Ticket,
    *,
    drafts: Mapping[str, str] | None = None,
    mode: str = REPLY,
    status: int = 200,
) -> HttpResponse:
    """Draw the page; `drafts` are the words that stand in the forms, `mode` is the form that is open."""
    at, reader = asked.at(request), asked.by(request)
    said = thread.thread(ticket, reader=reader, at=at)
    context = {
        "ticket": ticket,
        "row": rows.QueueRow.of(ticket, at=at),
        "said": said,
        "undo": next((one for one in reversed(said) if one.undo_seconds), None),
        "drafts": drafts or _taken_back(request, said),
        "mode": mode,
        "key": uuid.uuid4(),
        "way": _way(said, ticket, at=at),
        "clocks": clocks_page.with_tools(ticket, aside.clocks(ticket, at=at), request),
        **_used(ticket, at=at),
        "received": when.moment(ticket.received_at, at=at),
        "absorbed": merge.absorbed(ticket, reader=reader, at=at),
        "may_be_merged": ticket.status in merging.MERGEABLE,
        "may_change": request.user.has_perm("helpdesk.change_ticket"),
        **kinds.shown(ticket),
        **_choices(request, ticket),
    }
    template = "admin/helpdesk/ticket/page.html"
    answer: HttpResponse = console.page(
        request, template, of=ticket, title=str(ticket), status=status, **context
    )
    return answer


@require_safe
def history(request: HttpRequest, number: int) -> HttpResponse:
    """What happened to a ticket; its page asks for it when somebody wants to know."""
    ticket, at = asked.ticket(request, number), asked.at(request)
    told = aside.history(ticket, asked.agents(request), at=at)
    template, title = "admin/helpdesk/ticket/history.html", gettext("History")
    answer: HttpResponse = console.page(
        request, template, of=ticket, title=title, ticket=ticket, history=told
    )
    return answer


def _choices(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    """What the controls offer."""
    tags, known_tags = tagging.of(ticket)
    follows = lifecycle.ALLOWED[ticket.status] - {Ticket.Status.SPAM}
    return {
        "agents": asked.agents(request),
        "me": asked.by(request),
        "statuses": [choice for choice in Ticket.Status.choices if choice[0] in follows],
        "may_be_spam": Ticket.Status.SPAM in lifecycle.ALLOWED[ticket.status],
        "may_be_answered": ticket.is_live or ticket.status == Ticket.Status.SOLVED,
        "tags": tags,
        "known_tags": known_tags,
        "priorities": urgency.offered_priorities(ticket),
        "causes": Excuse.Cause.choices,
        "may_decide": clockwork.may_decide(asked.by(request)),
    }


def _used(ticket: Ticket, *, at: datetime) -> dict[str, Any]:
    """How the period stands, and what the ticket took of it where minutes are counted."""
    quota = aside.quota_of(ticket, at=at)
    by_the_minute = quota is not None and quota.line.metric == QuotaMetric.MINUTES
    is_counted = by_the_minute and ticket.request_type.takes_quota
    return {"quota": quota, "minutes": minutes.logged(ticket) if is_counted else None}


def _way(said: Sequence[thread.Said], ticket: Ticket, *, at: datetime) -> str:
    """How an answer goes: the channel last used, mail when WhatsApp's window has closed."""
    theirs = [one.message for one in said if one.message.kind == Message.Kind.CUSTOMER]
    channel, sender = (theirs[-1].channel, theirs[-1].sender) if theirs else (ticket.channel, "")
    is_by_whatsapp = channel == Ticket.Channel.WHATSAPP
    if is_by_whatsapp and (ticket.whatsapp_until is None or ticket.whatsapp_until <= at):
        return gettext("by e-mail: WhatsApp's window of 24 hours has closed")
    name = "WhatsApp" if is_by_whatsapp else gettext("e-mail")
    return gettext("by %(way)s to %(address)s") % {"way": name, "address": sender} if sender else name


def _taken_back(request: HttpRequest, said: list[thread.Said]) -> dict[str, str]:
    """After an answer was taken back, its words."""
    uid = as_uuid(request.GET.get("again", ""))
    words = (one.message.text for one in said if one.message.uid == uid and _is_own_retracted(one))
    return {REPLY: next(words, "")}


def _is_own_retracted(one: thread.Said) -> bool:
    is_taken_back = one.message.kind == Message.Kind.AGENT and one.message.retracted_at is not None
    return is_taken_back and one.message.account_id == one.reader.pk


def as_uuid(text: str) -> uuid.UUID | None:
    """The identifier that a text is, if it is one."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None

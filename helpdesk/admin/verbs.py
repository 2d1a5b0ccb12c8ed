"""What an agent can do on a ticket's page: each a POST that asks one rule; a refusal is shown."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from contracts.models import Account, Organisation
from helpdesk import handling, tagging
from helpdesk.admin import asked, page
from helpdesk.incoming import IncomingFile
from helpdesk.models import Ticket
from helpdesk.refusals import Refused

Verb = Callable[[HttpRequest, Ticket], str]
"""Does it, and says what was done."""

REFUSED: Final = 409


def decision(verb: Verb) -> Callable[..., HttpResponse]:
    """Back to the page, with what was done or why it was not."""

    @require_POST
    def view(request: HttpRequest, number: int) -> HttpResponse:
        ticket = asked.ticket(request, number, "change")
        try:
            messages.success(request, verb(request, ticket))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect(page.address(ticket))

    return view


def _writing(verb: Verb, mode: str) -> Callable[..., HttpResponse]:
    """The same; what was written is never lost: refused, it stands in the form again."""

    @require_POST
    def view(request: HttpRequest, number: int) -> HttpResponse:
        ticket = asked.ticket(request, number, "change")
        try:
            verb(request, ticket)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return page.show(request, ticket, drafts={mode: _text(request)}, mode=mode, status=REFUSED)
        arrived = urlencode({"said": asked.words(request, "key", most=64)})
        return redirect(f"{page.address(ticket)}?{arrived}#latest")

    return view


# --- saying something ---------------------------------------------------------------------------


def _reply(request: HttpRequest, ticket: Ticket) -> str:
    handling.reply(
        ticket,
        text=_text(request),
        attached=_files(request),
        then=request.POST.get("then", ""),
        idempotency_key=_key(request),
        by=asked.by(request),
        at=asked.at(request),
    )
    return ""


def _note(request: HttpRequest, ticket: Ticket) -> str:
    handling.add_note(
        ticket,
        text=_text(request),
        attached=_files(request),
        idempotency_key=_key(request),
        by=asked.by(request),
        at=asked.at(request),
    )
    return ""


def _text(request: HttpRequest) -> str:
    return request.POST.get("text", "").replace("\r\n", "\n")


def _key(request: HttpRequest) -> str:
    """The form's own name, so that pressed twice it is said once; nobody can use somebody else's."""
    name = asked.words(request, "key", most=64)
    return f"console:{asked.by(request).pk}:{name}" if name else ""


def _files(request: HttpRequest) -> Sequence[IncomingFile]:
    return [_file(upload) for upload in request.FILES.getlist("files")]


def _file(upload: Any) -> IncomingFile:
    return IncomingFile(
        name=upload.name or gettext("file"),
        content_type=upload.content_type or "application/octet-stream",
        content=upload.read(),
    )


@require_POST
def take_back(request: HttpRequest, number: int) -> HttpResponse:
    """Undo an answer before it leaves; its words stand in the form again."""
    ticket = asked.ticket(request, number, "change")
    uid = page.as_uuid(request.POST.get("message", ""))
    message = ticket.messages.filter(uid=uid).first() if uid else None
    if message is None:
        raise Http404
    try:
        handling.take_back(message, by=asked.by(request), at=asked.at(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(page.address(ticket))
    messages.success(request, gettext("Taken back. Nothing was sent."))
    return redirect(f"{page.address(ticket)}?again={message.uid}#composer")


# --- deciding -----------------------------------------------------------------------------------


def _assign(request: HttpRequest, ticket: Ticket) -> str:
    to = chosen_agent(request, request.POST.get("to", ""))
    handling.assign(ticket, to=to, by=asked.by(request), at=asked.at(request), version=asked.version(request))
    if to is None:
        return gettext("The ticket is nobody's again.")
    return gettext("The ticket is assigned to %s.") % to


def chosen_agent(request: HttpRequest, chosen: str) -> Account | None:
    """The agent of that id, or nobody for an empty one.

    Raises:
        Refused: when there is no such agent.
    """
    if not chosen:
        return None
    for agent in asked.agents(request):
        if str(agent.pk) == chosen:
            return agent
    raise NoSuchAgent


def _priority(request: HttpRequest, ticket: Ticket) -> str:
    handling.set_priority(
        ticket,
        priority=request.POST.get("priority", ""),
        reason=asked.words(request, "reason", most=500),
        by=asked.by(request),
        at=asked.at(request),
        version=asked.version(request),
    )
    return gettext("The priority is %s; the targets are taken anew.") % ticket.priority


def _status(request: HttpRequest, ticket: Ticket) -> str:
    status = request.POST.get("status", "")
    handling.set_status(
        ticket, status=status, by=asked.by(request), at=asked.at(request), version=asked.version(request)
    )
    return gettext("The ticket is %s.") % ticket.get_status_display()


def _spam(request: HttpRequest, ticket: Ticket) -> str:
    handling.mark_spam(ticket, by=asked.by(request), at=asked.at(request))
    return gettext("Marked as spam: it counts nowhere, and its clocks are cancelled.")


def _link(request: HttpRequest, ticket: Ticket) -> str:
    name = asked.words(request, "organisation", most=160).strip()
    organisation = Organisation.objects.filter(name=name).first()
    if organisation is None:
        raise NoSuchOrganisation
    handling.link_requester(ticket, organisation=organisation, by=asked.by(request), at=asked.at(request))
    return gettext("Linked to %s: charged and clocked from its receipt.") % organisation


def _tag(request: HttpRequest, ticket: Ticket) -> str:
    words = asked.words(request, "tag", most=60)
    tag = tagging.add(ticket, words=words, by=asked.by(request), at=asked.at(request))
    return gettext("The ticket is tagged %s.") % tag


def _untag(request: HttpRequest, ticket: Ticket) -> str:
    key = asked.words(request, "tag", most=50)
    tag = tagging.remove(ticket, key=key, by=asked.by(request), at=asked.at(request))
    return gettext("The tag %s is taken off.") % tag


class NoSuchAgent(Refused):
    """The agent was removed meanwhile, or never was one."""

    sentence = gettext_lazy("There is no such agent.")


class NoSuchOrganisation(Refused):
    """A name that no customer has."""

    sentence = gettext_lazy("There is no organisation of that name. Choose one from the list.")


VERBS: Final = {
    "reply": _writing(_reply, "reply"),
    "note": _writing(_note, "note"),
    "take_back": take_back,
    "assign": decision(_assign),
    "priority": decision(_priority),
    "status": decision(_status),
    "spam": decision(_spam),
    "link": decision(_link),
    "tag": decision(_tag),
    "untag": decision(_untag),
}
"""By the last part of their address; nothing of this happens on GET."""

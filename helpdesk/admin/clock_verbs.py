"""What is done to a ticket's clocks by hand: each a POST that asks one rule of `helpdesk.clockwork`."""

from collections.abc import Callable
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from helpdesk import clockwork
from helpdesk.admin import asked, when
from helpdesk.admin.verbs import Verb, decision
from helpdesk.models import Ticket

LONGEST: Final = 500


def _decision(verb: Verb) -> Callable[..., HttpResponse]:
    """A verb; whoever is no lead where a lead decides has no business at its address."""

    def guarded(request: HttpRequest, ticket: Ticket) -> str:
        try:
            return verb(request, ticket)
        except clockwork.LeadsOnly as refusal:
            raise PermissionDenied from refusal

    return decision(guarded)


def _due(request: HttpRequest, ticket: Ticket) -> str:
    is_taken_back = request.POST.get("then") == "derive"
    due_at = None if is_taken_back else asked.instant(request, "due_at")
    clockwork.set_due(
        ticket,
        clock=asked.whole(request, "clock"),
        due_at=due_at,
        reason=asked.words(request, "reason", most=LONGEST),
        by=asked.by(request),
        at=asked.at(request),
        version=asked.version(request),
    )
    if due_at is None:
        return gettext("The due time follows from the terms again.")
    return gettext("Due %s, set by hand.") % when.moment(due_at, at=asked.at(request))


def _promise(request: HttpRequest, ticket: Ticket) -> str:
    due_at = asked.instant(request, "due_at")
    clockwork.promise_update(
        ticket,
        due_at=due_at,
        reason=asked.words(request, "reason", most=LONGEST),
        by=asked.by(request),
        at=asked.at(request),
        version=asked.version(request),
    )
    return gettext("The customer hears again by %s.") % when.moment(due_at, at=asked.at(request))


def _excuse(request: HttpRequest, ticket: Ticket) -> str:
    excuse = clockwork.propose_excuse(
        ticket,
        clock=asked.whole(request, "clock"),
        cause=asked.words(request, "cause", most=LONGEST),
        text=asked.words(request, "text", most=LONGEST),
        by=asked.by(request),
        at=asked.at(request),
        version=asked.version(request),
    )
    if excuse.is_after_the_fact:
        return gettext("Proposed, marked as after the fact. A lead decides.")
    return gettext("Proposed. A lead decides once it is missed.")


def _decide(request: HttpRequest, ticket: Ticket) -> str:
    is_approved = request.POST.get("then") == "approve"
    clockwork.decide_excuse(
        ticket,
        excuse=asked.whole(request, "excuse"),
        approve=is_approved,
        text=asked.words(request, "text", most=LONGEST),
        by=asked.by(request),
        at=asked.at(request),
        version=asked.version(request),
    )
    if is_approved:
        return gettext("Excused: counted apart from what was met and what was missed.")
    return gettext("Refused: it counts as missed.")


def _correct(request: HttpRequest, ticket: Ticket) -> str:
    never = request.POST.get("how") == "never"
    clockwork.correct(
        ticket,
        event=asked.whole(request, "event"),
        happened_at=None if never else asked.instant(request, "happened_at"),
        reason=asked.words(request, "reason", most=LONGEST),
        by=asked.by(request),
        at=asked.at(request),
        version=asked.version(request),
    )
    return gettext("Corrected. The event stays on record, with why.")


def _retarget(request: HttpRequest, ticket: Ticket) -> str:
    clockwork.apply_present_terms(
        ticket,
        reason=asked.words(request, "reason", most=LONGEST),
        by=asked.by(request),
        at=asked.at(request),
        version=asked.version(request),
    )
    return gettext("The contract's present terms rule this ticket, from its receipt on.")


VERBS: Final = {
    "due": _decision(_due),
    "promise": _decision(_promise),
    "excuse": _decision(_excuse),
    "excuse_decide": _decision(_decide),
    "correct": _decision(_correct),
    "retarget": _decision(_retarget),
}
"""By the last part of their address; nothing of this happens on GET."""

"""A ticket's clocks as those see them who may do something about it: tools beside each, and every event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from config.console import page
from helpdesk import clockwork
from helpdesk.admin import aside, asked, when
from helpdesk.models import Ticket
from helpdesk.refusals import Refused
from sla import explaining, outcomes
from sla.hours import EventKind, Target
from sla.models import Clock, ClockEvent, Excuse
from sla.models.policy import Cell
from sla.retargeting import Moved
from sla.timekeeping import from_epoch

LIVE: Final = frozenset({Clock.State.RUNNING, Clock.State.PAUSED})

KINDS: Final[dict[str, Any]] = {
    EventKind.CREATED: _("received"),
    EventKind.PRIORITY: _("priority changed"),
    EventKind.RETARGET: _("terms changed"),
    EventKind.PAUSE: _("paused"),
    EventKind.RESUME: _("resumed"),
    EventKind.EXCLUDE: _("excluded"),
    EventKind.INCLUDE: _("no longer excluded"),
    EventKind.DEFER: _("deferred until it is validated"),
    EventKind.BEGIN: _("validated, counts from here"),
    EventKind.AGENT_REPLY: _("answered"),
    EventKind.REPLY_REVOKED: _("answer taken back"),
    EventKind.CUSTOMER_REPLY: _("the customer wrote"),
    EventKind.SOLVE: _("solved"),
    EventKind.REOPEN: _("reopened"),
    EventKind.ABSORB: _("a duplicate was merged into it"),
    EventKind.MERGED: _("merged into another"),
    EventKind.QUOTE_OWED: _("quote owed"),
    EventKind.QUOTE_SENT: _("quote sent"),
    EventKind.QUOTE_WITHDRAWN: _("quote withdrawn"),
    EventKind.CANCEL: _("cancelled"),
    "manual_due": _("due time set by hand"),
    "excuse": _("excused"),
    "missed": _("missed"),
    "correct": _("corrected"),
}

OUTCOMES: Final[dict[str, Any]] = {
    outcomes.Outcome.MET: _("met"),
    outcomes.Outcome.MISSED: _("missed"),
    outcomes.Outcome.MISSED_EXCUSED: _("missed, excused"),
}


@dataclass(frozen=True, slots=True)
class ExcuseShown:
    """One caveat: by whom, why, and what became of it."""

    excuse: Excuse
    proposer: str
    proposed: str
    decider: str
    decided: str

    @property
    def is_open(self) -> bool:
        """Whether a lead has still to decide."""
        return self.excuse.state == Excuse.State.PROPOSED


@dataclass(frozen=True, slots=True)
class ClockTools:
    """A clock with its caveats, and what may be done to it."""

    shown: aside.ClockShown
    excuses: Sequence[ExcuseShown]

    @property
    def clock(self) -> Clock:
        """The row."""
        return self.shown.clock

    @property
    def outcome(self) -> str:
        """How it ended, in a word; empty before it did."""
        word = outcomes.outcome_of(self.clock)
        return str(OUTCOMES[word]) if word else ""

    @property
    def may_be_set(self) -> bool:
        """Whether there is a due time to set."""
        return self.clock.state in LIVE

    @property
    def may_be_excused(self) -> bool:
        """Whether a caveat can be proposed: of what is promised, missed or may be, and not spoken of yet."""
        is_open_question = self.clock.breached_at is not None or self.clock.state in LIVE
        is_spoken_of = any(one.excuse.state != Excuse.State.REFUSED for one in self.excuses)
        is_binding = self.clock.clock_set.is_binding
        return is_open_question and not is_spoken_of and not is_binding


@dataclass(frozen=True, slots=True)
class EventShown:
    """One event of the clocks, with what corrected it."""

    event: ClockEvent
    who: str
    at: datetime
    correction: "EventShown | None"
    may_be_corrected: bool

    @property
    def moment(self) -> str:
        """When it was, to the second."""
        return _exactly(self.event.at)

    @property
    def for_field(self) -> str:
        """The same for a browser's field."""
        return timezone.localtime(self.event.at).strftime("%Y-%m-%dT%H:%M:%S")

    @property
    def kind(self) -> str:
        """What happened."""
        return str(KINDS.get(self.event.kind, self.event.kind))

    @property
    def what(self) -> str:
        """Which clock or priority it is about, where it is about one."""
        parts = [self.event.priority]
        if self.event.metric:
            parts.append(str(Cell.Metric(self.event.metric).label))
        return " · ".join(part for part in parts if part)

    @property
    def instead(self) -> str:
        """Of a correction, what it says."""
        happened_at = self.event.facts.get("happened_at")
        if happened_at is None:
            return gettext("never happened")
        return gettext("happened %s") % _exactly(from_epoch(happened_at))


@dataclass(frozen=True, slots=True)
class MovedShown:
    """One line of what the contract's present terms would change."""

    moved: Moved
    at: datetime

    @property
    def metric(self) -> str:
        """Which promise."""
        return str(Cell.Metric(self.moved.metric).label)

    @property
    def before(self) -> str:
        """What rules."""
        return _aim(self.moved.target_before, self.moved.due_before, self.at)

    @property
    def after(self) -> str:
        """What would."""
        return _aim(self.moved.target_after, self.moved.due_after, self.at)


def with_tools(ticket: Ticket, shown: Sequence[aside.ClockShown], request: HttpRequest) -> list[ClockTools]:
    """The clocks with what may be done to each; one statement more."""
    names, at = aside.names_of(ticket, asked.agents(request)), asked.at(request)
    found: dict[int, list[ExcuseShown]] = {}
    asked_for = [one.clock for one in shown if getattr(one.clock, "has_excuse", True)]
    for excuse in Excuse.objects.filter(clock__in=asked_for) if asked_for else ():
        found.setdefault(excuse.clock_id, []).append(_excuse(excuse, names, at=at))
    return [ClockTools(one, found.get(one.clock.pk, [])) for one in shown]


@require_safe
def view(request: HttpRequest, number: int) -> HttpResponse:
    """Every event of the clocks, what corrected it, and what the contract's present terms would change."""
    ticket, at = asked.ticket(request, number), asked.at(request)
    may_decide = clockwork.may_decide(asked.by(request))
    answer: HttpResponse = page(
        request,
        "admin/helpdesk/ticket/clocks.html",
        of=ticket,
        title=gettext("Clock events"),
        ticket=ticket,
        events=_events(ticket, request),
        may_decide=may_decide,
        now=timezone.localtime(at).strftime("%Y-%m-%dT%H:%M:%S"),
        **_present_terms(ticket, at=at),
    )
    return answer


def _events(ticket: Ticket, request: HttpRequest) -> list[EventShown]:
    if ticket.clock_set is None:
        return []
    names, at = aside.names_of(ticket, asked.agents(request)), asked.at(request)
    events = list(ticket.clock_set.events.order_by("at", "id"))
    corrections = {event.facts.get("corrects"): event for event in events if event.kind == "correct"}
    return [_event(event, corrections, names, at=at) for event in events]


def _event(
    event: ClockEvent,
    corrections: Mapping[int | None, ClockEvent],
    names: Mapping[str, str],
    *,
    at: datetime,
) -> EventShown:
    correction = corrections.get(event.pk)
    return EventShown(
        event,
        aside.name_of(event.by, names),
        at,
        _event(correction, {}, names, at=at) if correction else None,
        event.kind in clockwork.CORRECTABLE,
    )


def _present_terms(ticket: Ticket, *, at: datetime) -> dict[str, Any]:
    try:
        moved = clockwork.what_present_terms_change(ticket, at=at)
    except Refused as refusal:
        return {"no_terms": str(refusal)}
    return {"moved": [MovedShown(one, at) for one in moved]}


def _excuse(excuse: Excuse, names: Mapping[str, str], *, at: datetime) -> ExcuseShown:
    return ExcuseShown(
        excuse=excuse,
        proposer=aside.name_of(excuse.proposed_by, names),
        proposed=when.moment(excuse.proposed_at, at=at),
        decider=aside.name_of(excuse.decided_by, names) if excuse.decided_by else "",
        decided=when.moment(excuse.decided_at, at=at) if excuse.decided_at else "",
    )


def _aim(target: Target | None, due_at: datetime | None, at: datetime) -> str:
    if target is None:
        return gettext("no target")
    words = explaining.in_words(target)
    return f"{words}, {when.moment(due_at, at=at)}" if due_at else words


def _exactly(instant: datetime) -> str:
    local = timezone.localtime(instant)
    return local.strftime("%Y-%m-%d %H:%M:%S")

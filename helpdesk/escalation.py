"""What a ringing clock means: people are told, once, before it is too late and after, and the ladder acts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from helpdesk import actors, digest, ladder_actions, on_duty
from helpdesk.models import Ticket, TicketEvent
from helpdesk.notifications import to_agents
from sla import calendars
from sla.models import Alarm, Clock

PAGE: Final = 200

Tickets = Mapping[int, Ticket]
"""By their sets of clocks."""
Rang = tuple[Ticket, Alarm]


def escalate(*, at: datetime, limit: int = PAGE) -> int:
    """Deal with a page of what rang; gives how many alarms that were, 0 when none is left.

    1. Claim a page of alarms, all of a clock's together; a second worker passes over it.
    2. Write each into its ticket's history, and do what its step says.
    3. Of a clock that rang several times meanwhile tell only the last step, to all whom the steps name.
    4. After an outage hold back what is to be told, for one digest each when all of it is known.

    Nothing is done for a clock that no longer runs, and what has been met meanwhile is told to nobody. All
    of it is the transaction that marks the alarms: killed in the middle, nothing of it has happened.
    """
    with transaction.atomic():
        alarms = _claim(limit)
        if alarms:
            _deal(alarms, at=at)
            Alarm.objects.filter(pk__in=[alarm.pk for alarm in alarms]).update(handled_at=at)
    digest.speak(at=at)
    return len(alarms)


def _deal(alarms: Sequence[Alarm], *, at: datetime) -> None:
    tickets = _tickets_of(alarms)
    known = (alarm for alarm in alarms if alarm.clock.clock_set_id in tickets)
    rang = [(tickets[alarm.clock.clock_set_id], alarm) for alarm in known]
    TicketEvent.objects.bulk_create(_note(ticket, alarm) for ticket, alarm in rang)
    for ticket, alarm in rang:
        if _still_runs(alarm) and ladder_actions.acts(alarm):
            ladder_actions.act(ticket, alarm, at=at)
    _tell(rang, at=at)


def _still_runs(alarm: Alarm) -> bool:
    return alarm.clock.state == Clock.State.RUNNING


def _note(ticket: Ticket, alarm: Alarm) -> TicketEvent:
    facts = {
        "metric": alarm.clock.metric,
        "step": alarm.step,
        "percent": alarm.percent,
        "due_at": alarm.due_at.isoformat(),
    }
    return TicketEvent(ticket=ticket, kind="alarm", at=alarm.rang_at, by=actors.system("beat"), facts=facts)


# --- claiming -----------------------------------------------------------------------------------


def _claim(limit: int) -> list[Alarm]:
    """Alarms that are ours until the transaction ends, in the order in which they rang."""
    waiting = Alarm.objects.filter(handled_at=None)
    page = list(_locked(waiting.order_by("rang_at", "pk"))[:limit])
    clocks = {alarm.clock_id for alarm in page}
    rest = _locked(waiting.filter(clock__in=clocks).exclude(pk__in=[alarm.pk for alarm in page]))
    return sorted([*page, *rest] if page else [], key=_rang)


def _locked(rows: QuerySet[Alarm]) -> QuerySet[Alarm]:
    return rows.select_for_update(of=("self",), skip_locked=True).select_related("clock__calendar")


def _rang(alarm: Alarm) -> tuple[datetime, int]:
    return alarm.rang_at, alarm.pk


def _tickets_of(alarms: Sequence[Alarm]) -> Tickets:
    """The tickets that rang; those to be changed stay locked, in an order that all workers keep."""
    rows = Ticket.objects.select_related(
        "requester",
        "organisation__account_owner",
        "contract",
        "contract_version",
        "plan_version",
        "priority",
        "assignee",
        "team__lead",
        "clock_set__calendar",
    )
    all_of_them = {alarm.clock.clock_set_id for alarm in alarms}
    to_change = {alarm.clock.clock_set_id for alarm in alarms if ladder_actions.acts(alarm)}
    seen = list(rows.filter(clock_set__in=all_of_them - to_change))
    if to_change:
        seen += rows.filter(clock_set__in=to_change).select_for_update(of=("self",)).order_by("pk")
    return {ticket.clock_set_id: ticket for ticket in seen if ticket.clock_set_id is not None}


# --- telling ------------------------------------------------------------------------------------


def _tell(rang: Sequence[Rang], *, at: datetime) -> None:
    is_outage = digest.is_outage(at=at)
    for ticket, last, levels in _last_steps(rang):
        heard_at = _heard_at(ticket, last, at=at)
        heard = on_duty.told_of(ticket, levels, at=heard_at)
        if is_outage and not digest.is_news(ticket, last, at=at):
            digest.hold_back(ticket, last, to=heard.accounts, at=at)
            continue
        to_agents.escalation(
            ticket, last, to=heard.accounts, by_whatsapp=heard.by_whatsapp, at=at, send_after=heard_at
        )


def _last_steps(rang: Sequence[Rang]) -> Iterable[tuple[Ticket, Alarm, set[str]]]:
    """The last step that each running clock reached, with all whom its steps are to tell.

    Where another worker holds a later step of a clock, that worker tells it.
    """
    steps: dict[int, list[Rang]] = {}
    for each in rang:
        steps.setdefault(each[1].clock_id, []).append(each)
    later = _later_elsewhere([alarm for _, alarm in rang])
    for clock, reached in steps.items():
        ticket, last = max(reached, key=lambda each: _rang(each[1]))
        if _still_runs(last) and not (clock in later and later[clock] > _rang(last)):
            yield ticket, last, {level for _, alarm in reached for level in alarm.actions.get("tell", ())}


def _later_elsewhere(alarms: Sequence[Alarm]) -> dict[int, tuple[datetime, int]]:
    ours = [alarm.pk for alarm in alarms]
    theirs = Alarm.objects.filter(handled_at=None, clock__in={alarm.clock_id for alarm in alarms})
    rows = theirs.exclude(pk__in=ours).order_by("rang_at", "pk").values_list("clock", "rang_at", "pk")
    return {clock: (rang_at, pk) for clock, rang_at, pk in rows}


def _heard_at(ticket: Ticket, alarm: Alarm, *, at: datetime) -> datetime:
    """Nobody is woken at night for a goal: it waits for the next opening, unless it is urgent."""
    if ticket.is_urgent:
        return at
    return calendars.next_opening(alarm.clock.calendar, at=at) or at

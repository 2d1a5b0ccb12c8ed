"""What a ringing clock means: agents and leads are told, once, before it is too late and after."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from contracts.models import Account
from helpdesk import actors, history
from helpdesk.models import Ticket
from helpdesk.notifications import to_agents
from sla import calendars
from sla.models import Alarm, Clock

URGENT: Final = "urgent"
PAGE: Final = 200


def escalate(*, at: datetime, limit: int = PAGE) -> int:
    """Read what rang and was not told yet; gives how many alarms were dealt with.

    1. Claim a page of alarms; a second worker passes over it.
    2. Write each into its ticket's history.
    3. Of a clock that rang several times meanwhile, as after an outage, tell only the last step.
    4. What has been met meanwhile is told to nobody.
    """
    with transaction.atomic():
        alarms = _claim(limit)
        tickets = _tickets_of(alarms)
        for alarm in alarms:
            _note(tickets.get(alarm.clock.clock_set_id), alarm)
        for alarm in _latest_of_each_clock(alarms):
            _tell(tickets.get(alarm.clock.clock_set_id), alarm, at=at)
        Alarm.objects.filter(pk__in=[alarm.pk for alarm in alarms]).update(handled_at=at)
    return len(alarms)


def _claim(limit: int) -> list[Alarm]:
    waiting = Alarm.objects.filter(handled_at=None).order_by("rang_at", "pk")
    locked = waiting.select_for_update(of=("self",), skip_locked=True)
    return list(locked.select_related("clock__calendar")[:limit])


def _tickets_of(alarms: Sequence[Alarm]) -> Mapping[int, Ticket]:
    rows = Ticket.objects.filter(clock_set__in={alarm.clock.clock_set_id for alarm in alarms})
    related = rows.select_related(
        "requester", "organisation", "contract", "priority", "assignee", "team__lead", "clock_set__calendar"
    )
    return {ticket.clock_set_id: ticket for ticket in related if ticket.clock_set_id is not None}


def _note(ticket: Ticket | None, alarm: Alarm) -> None:
    if ticket is not None:
        facts = {"metric": alarm.clock.metric, "percent": alarm.percent, "due_at": alarm.due_at.isoformat()}
        history.note(ticket, "alarm", at=alarm.rang_at, by=actors.system("beat"), **facts)


def _latest_of_each_clock(alarms: Iterable[Alarm]) -> Iterable[Alarm]:
    latest: dict[int, Alarm] = {}
    for alarm in alarms:
        known = latest.get(alarm.clock_id)
        if known is None or alarm.percent > known.percent:
            latest[alarm.clock_id] = alarm
    return latest.values()


def _tell(ticket: Ticket | None, alarm: Alarm, *, at: datetime) -> None:
    if ticket is None or alarm.clock.state != Clock.State.RUNNING:
        return
    to_agents.escalation(
        ticket, alarm, to=told_of(ticket, alarm.tell), at=at, send_after=_heard_at(ticket, alarm, at=at)
    )


def told_of(ticket: Ticket, tell: Iterable[str]) -> list[Account]:
    """Who is told of a ticket that rings; where nobody is assigned, the lead is."""
    told: dict[int, Account] = {}
    assignee = ticket.assignee if ticket.assignee is not None and ticket.assignee.is_active else None
    if "assignee" in tell and assignee is not None:
        told[assignee.pk] = assignee
    if "lead" in tell or assignee is None:
        told |= {lead.pk: lead for lead in _leads(ticket)}
    return list(told.values())


def _leads(ticket: Ticket) -> list[Account]:
    lead = ticket.team.lead if ticket.team is not None else None
    if lead is not None and lead.is_active:
        return [lead]
    return list(Account.objects.filter(is_lead=True, is_active=True))


def _heard_at(ticket: Ticket, alarm: Alarm, *, at: datetime) -> datetime:
    """Nobody is woken at night for a goal: it waits for the next opening, unless it is urgent."""
    if ticket.priority is not None and ticket.priority.key == URGENT:
        return at
    return calendars.next_opening(alarm.clock.calendar, at=at) or at

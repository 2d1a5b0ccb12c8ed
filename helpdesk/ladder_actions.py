"""What a step of a ladder does to a ticket besides telling somebody; done again, each changes nothing."""

from datetime import datetime
from typing import Final

import structlog

from helpdesk import actors, history, tagging, teamwork, urgency
from helpdesk.models import Team, Ticket
from helpdesk.notifications import to_programs
from sla import ladders
from sla.models import Alarm
from sla.models.policy import Cell

log = structlog.get_logger(__name__)

ACTING: Final = frozenset({"to_team", "raises_priority", "tag", "webhook"})
BY: Final = actors.system("ladder")


def acts(alarm: Alarm) -> bool:
    """Whether there is anything to do but to tell."""
    return not ACTING.isdisjoint(alarm.actions)


def act(row: Ticket, alarm: Alarm, *, at: datetime) -> None:
    """Do what the alarm's step says to a locked ticket; whoever is told afterwards hears how it is then."""
    reason, do = _reason(alarm), alarm.actions
    if do.get("to_team"):
        _give(row, do["to_team"], reason=reason, at=at)
    if do.get("raises_priority"):
        urgency.raise_one(row, reason=reason, at=at, by=BY)
    if do.get("tag"):
        tagging.put(row, do["tag"], reason=reason, at=at, by=BY)
    if do.get("webhook"):
        to_programs.step_reached(row, alarm, webhook=do["webhook"], at=at)
        history.note(row, "webhook", at=at, by=BY, webhook=do["webhook"], reason=reason)


def _give(row: Ticket, key: str, *, reason: str, at: datetime) -> None:
    team = Team.objects.filter(key=key).first()
    if team is not None:
        teamwork.give(row, team, reason=reason, at=at, by=BY)
        return
    log.error("a ladder names a team that there is not", team=key, ticket=row.pk)
    history.note(row, "team_missing", at=at, by=BY, team=key, reason=reason)


def _reason(alarm: Alarm) -> str:
    """The step in the console's language, such as "resolution 1 h before due"."""
    metric = dict(Cell.Metric.choices).get(alarm.clock.metric, alarm.clock.metric)
    return f"{metric} {ladders.said(alarm.percent, alarm.offset_minutes)}"

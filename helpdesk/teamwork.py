"""Which team a ticket is."""

from datetime import datetime

from contracts.models import Account
from helpdesk import actors, history
from helpdesk.models import Team, Ticket


def give(row: Ticket, team: Team, *, reason: str, at: datetime, by: str) -> bool:
    """Give a locked ticket to a team; tells whether it was not theirs. Who is no member has it no longer."""
    if row.team_id == team.pk:
        return False
    before, row.team = row.team, team
    had, row.assignee = row.assignee, _still_theirs(row, team)
    row.updated_at = at
    row.version += 1
    row.save(update_fields=["team", "assignee", "updated_at", "version"])
    facts = {"before": before.name if before else "", "after": team.name, "reason": reason}
    history.note(row, "team", at=at, by=by, **facts)
    if had is not None and row.assignee is None:
        history.note(row, "assigned", at=at, by=by, to="", was=actors.account(had))
    return True


def _still_theirs(row: Ticket, team: Team) -> Account | None:
    is_member = team.members.filter(pk=row.assignee_id).exists() or team.lead_id == row.assignee_id
    return row.assignee if is_member else None

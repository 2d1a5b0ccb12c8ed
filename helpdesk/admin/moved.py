"""What an edit would move, with the tickets' names: for pages that ask before something is changed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from config.console import page
from helpdesk import moving
from helpdesk.admin import asked, when
from helpdesk.admin.page import address
from sla import calendars
from sla.models import PolicyVersion
from sla.models.policy import Cell

if TYPE_CHECKING:
    from sla.dry_run import Move, Moves

SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class MoveShown:
    """One clock that would be due at another time."""

    move: "Move"
    label: str
    """The ticket's number and subject; empty where nothing hangs on the clock."""
    link: str
    at: datetime

    @property
    def metric(self) -> str:
        """Which promise."""
        return str(Cell.Metric(self.move.metric).label)

    @property
    def due(self) -> str:
        """When it is due now."""
        return _moment(self.move.due_at, at=self.at)

    @property
    def would_be_due(self) -> str:
        """When it would be."""
        return _moment(self.move.would_be_due_at, at=self.at)

    @property
    def shift(self) -> str:
        """Whether the customer would wait longer."""
        due, would_be = self.move.due_at, self.move.would_be_due_at
        if due is None:
            return gettext("new")
        return gettext("later") if would_be is None or would_be > due else gettext("earlier")


@dataclass(frozen=True, slots=True)
class MovesShown:
    """What `templates/admin/sla/_moves.html` draws."""

    told: "Moves"
    rows: Sequence[MoveShown]

    @property
    def more(self) -> int:
        """How many are counted but not listed."""
        return self.told.total - len(self.rows)


def shown(told: "Moves", *, at: datetime) -> MovesShown:
    """Moves with the names of their tickets, in the current zone; one statement."""
    listed = told.moves[:SHOWN]
    named = tickets_of([move.clock_set_id for move in listed])
    rows = [MoveShown(move, *named.get(move.clock_set_id, ("", "")), at) for move in listed]
    return MovesShown(told, rows)


def tickets_of(clock_set_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Label and link of each set's ticket."""
    found = moving.tickets_of(clock_set_ids)
    return {key: (str(ticket), address(ticket)) for key, ticket in found.items()}


@require_safe
def view(request: HttpRequest, number: int) -> HttpResponse:
    """What would move if live tickets were held to a version of their policy."""
    if not request.user.has_perm("sla.view_policyversion"):
        raise PermissionDenied
    rows = PolicyVersion.objects.select_related("policy", "calendar")
    version = rows.filter(pk=number).first() if number < 2**63 else None
    if version is None:
        raise Http404
    answer: HttpResponse = page(
        request,
        "admin/sla/policyversion/moves.html",
        of=version,
        title=gettext("What would move under %s?") % version,
        version=version,
        moves=_moves(version, at=asked.at(request)),
    )
    return answer


def _moves(version: PolicyVersion, *, at: datetime) -> MovesShown | None:
    try:
        return shown(moving.if_retargeted(version, at=at), at=at)
    except calendars.NoVersion:
        return None


def _moment(moment: datetime | None, *, at: datetime) -> str:
    return when.moment(moment, at=at) if moment else gettext("none")

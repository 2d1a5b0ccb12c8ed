"""Why a ticket's due times are what they are: date by date, what counted and what did not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from config.console import page
from helpdesk.admin import aside, asked, when
from helpdesk.models import Ticket
from sla import calendars, hours, projection
from sla.hours import ClockState, DayKind, Fact, FactKind, State
from sla.timekeeping import from_epoch, to_epoch

REASONS: Final[dict[str, Any]] = {
    DayKind.WEEK: _("usual hours"),
    DayKind.OVERRIDE: _("hours of that date"),
    DayKind.HOLIDAY: _("holiday"),
    DayKind.NO_HOURS: _("no hours on that day"),
    State.PAUSED: _("paused"),
    State.EXCLUDED: _("excluded"),
    State.MET: _("solved meanwhile"),
}


@dataclass(frozen=True, slots=True)
class FactShown:
    """One stretch of time: when, whether it counted, why, and how much."""

    fact: Fact
    holiday: str

    @property
    def day(self) -> str:
        """The date that owns the time, and which business day after receipt it is."""
        return date_format(self.fact.date, "D j M Y")

    @property
    def span(self) -> str:
        """From when to when, in the desk's zone."""
        if self.fact.kind is FactKind.CLOSED:
            return gettext("closed")
        begin, end = (timezone.localtime(from_epoch(at)) for at in (self.fact.starts_at, self.fact.ends_at))
        return f"{date_format(begin, 'H:i')}–{date_format(end, 'H:i')}"

    @property
    def reason(self) -> str:
        """Where the hours come from, or why there are none."""
        words = str(REASONS.get(self.fact.reason, self.fact.reason))
        return f"{words}: {self.holiday}" if self.holiday else words

    @property
    def counted(self) -> str:
        """What of it counted."""
        return when.hours(self.fact.seconds) if self.fact.kind is FactKind.COUNTED else ""


@dataclass(frozen=True, slots=True)
class ClockExplained:
    """A clock with the facts behind its due time."""

    shown: aside.ClockShown
    facts: Sequence[FactShown]
    total: str


@require_safe
def view(request: HttpRequest, number: int) -> HttpResponse:
    """The page that explains."""
    ticket, at = asked.ticket(request, number), asked.at(request)
    answer: HttpResponse = page(
        request,
        "admin/helpdesk/ticket/explain.html",
        of=ticket,
        title=gettext("Why these times?"),
        ticket=ticket,
        received=when.moment(ticket.received_at, at=at),
        explained=explain(ticket, at=at),
    )
    return answer


def explain(ticket: Ticket, *, at: datetime) -> list[ClockExplained]:
    """Each clock of a ticket, derived from its events alone."""
    clock_set = ticket.clock_set
    if clock_set is None:
        return []
    states = projection.states_of(clock_set, clock_set.events.all(), at=at)
    by_name = {(str(state.metric), state.cycle): state for state in states}
    named = {(shown.clock.metric, shown.clock.cycle): shown for shown in aside.clocks(ticket, at=at)}
    names = _holidays(ticket)
    return [
        _explained(shown, by_name[name], ticket, names, at=at)
        for name, shown in named.items()
        if name in by_name
    ]


def _explained(
    shown: aside.ClockShown, state: ClockState, ticket: Ticket, names: dict[str, str], *, at: datetime
) -> ClockExplained:
    facts = _facts(state, ticket, at=at) if state.target is not None else []
    counted = sum(fact.seconds for fact in facts if fact.kind is FactKind.COUNTED)
    told = [FactShown(fact, _holiday(fact, names)) for fact in facts]
    return ClockExplained(shown, told, when.hours(counted))


def _facts(state: ClockState, ticket: Ticket, *, at: datetime) -> list[Fact]:
    if ticket.clock_set is None:
        return []
    calendar = ticket.clock_set.calendar
    versions = calendars.versions_of(calendar)
    return calendars.reckon(
        calendar, lambda open_time: hours.explain_clock(open_time, versions, state, to_epoch(at)), at=at
    )


def _holidays(ticket: Ticket) -> dict[str, str]:
    if ticket.clock_set is None:
        return {}
    names: dict[str, str] = {}
    for version in ticket.clock_set.calendar.versions.order_by("valid_from"):
        names |= version.holiday_names
    return names


def _holiday(fact: Fact, names: dict[str, str]) -> str:
    return names.get(fact.date.isoformat(), "") if fact.reason is DayKind.HOLIDAY else ""

"""Why a ticket's due times are what they are: date by date, what counted and what did not."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from sla import explaining, projection, ruling
from sla.explaining import DatedFact, Explanation
from sla.hours import DayKind, FactKind, State
from sla.models import Clock

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

    fact: DatedFact

    @property
    def day(self) -> str:
        """The date that owns the time."""
        return date_format(self.fact.date, "D j M Y")

    @property
    def span(self) -> str:
        """From when to when, in the desk's zone."""
        if self.fact.kind == FactKind.CLOSED:
            return gettext("closed")
        begin, end = timezone.localtime(self.fact.starts_at), timezone.localtime(self.fact.ends_at)
        return f"{date_format(begin, 'H:i')}–{date_format(end, 'H:i')}"

    @property
    def reason(self) -> str:
        """Where the hours come from, or why there are none."""
        words = str(REASONS.get(self.fact.reason, self.fact.reason))
        return f"{words}: {self.fact.name}" if self.fact.name else words

    @property
    def counted(self) -> str:
        """What of it counted."""
        return explaining.duration(self.fact.seconds) if self.fact.kind == FactKind.COUNTED else ""


@dataclass(frozen=True, slots=True)
class ClockExplained:
    """A clock with the facts behind its due time; none when its events cannot be read."""

    shown: aside.ClockShown
    explanation: Explanation | None

    @property
    def facts(self) -> Sequence[FactShown]:
        """In order."""
        return [FactShown(fact) for fact in self.explanation.facts] if self.explanation else []

    @property
    def by_hand(self) -> Sequence[str]:
        """A due time set by hand, or an excuse, with the reason that was given."""
        clock = self.shown.clock
        if not (clock.is_manual or clock.excused_at):
            return []
        return list(ruling.by_hand(clock, clock.clock_set.events.order_by("at", "id")))

    @property
    def hours(self) -> Sequence[str]:
        """Each version of the calendar that ruled, with its zone data."""
        ruled = self.explanation.calendar_versions if self.explanation else ()
        return [ruling.calendar_words(one) for one in ruled]

    @property
    def total(self) -> str:
        """All that counted."""
        counted = (one.fact.seconds for one in self.facts if one.fact.kind == FactKind.COUNTED)
        return explaining.duration(sum(counted))


@require_safe
def view(request: HttpRequest, number: int) -> HttpResponse:
    """The page that explains."""
    ticket, at = asked.ticket(request, number), asked.at(request)
    shown = aside.clocks(ticket, at=at)
    answer: HttpResponse = page(
        request,
        "admin/helpdesk/ticket/explain.html",
        of=ticket,
        title=gettext("Why these times?"),
        ticket=ticket,
        received=when.moment(ticket.received_at, at=at),
        explained=[ClockExplained(one, _explained(one.clock, request)) for one in shown],
        policy=ruling.policy_words(ruling.of_policy(ticket.clock_set)) if ticket.clock_set else "",
        happened=_happened(request, ticket),
    )
    return answer


def _happened(request: HttpRequest, ticket: Ticket) -> list[aside.Happened]:
    """What moved the clocks, in order, with who did it and why."""
    if ticket.clock_set is None:
        return []
    at, names = asked.at(request), aside.names_of(ticket, asked.agents(request))
    return [
        aside.Happened(when.moment(one.at, at=at), aside.name_of(one.by, names), one.sentence, one.reason)
        for one in ruling.happened(ticket.clock_set)
    ]


def _explained(clock: Clock, request: HttpRequest) -> Explanation | None:
    try:
        return explaining.explain(clock, at=asked.at(request))
    except projection.UNDERIVABLE:
        return None

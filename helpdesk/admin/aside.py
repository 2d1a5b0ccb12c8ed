"""What stands beside a conversation: whose it is, what was promised, how the clocks run, what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from contracts import quota, quota_terms
from contracts.models import Account, QuotaMetric
from contracts.quota_terms import QuotaTerms
from contracts.tally import QuotaLine
from helpdesk import actors
from helpdesk.admin import when
from helpdesk.models import Ticket, TicketEvent
from sla import ladders, projection
from sla.hours import UnknownZone
from sla.models import Clock, Excuse, LadderStep
from sla.models.policy import Cell

FULL: Final = 100
SHOWN_EVENTS: Final = 100

SENTENCES: Final = {
    "opened": _("opened it (%(door)s)"),
    "status": _("status: %(status)s"),
    "assigned": _("assigned it to %(agent)s"),
    "priority": _("priority: %(before)s → %(after)s"),
    "linked": _("linked the sender to %(organisation)s"),
    "taken_back": _("took an answer back before it left"),
    "delivery_failed": _("could not deliver to %(to)s"),
    "delivery_delayed": _("delivery to %(to)s is late, and goes on"),
    "alarm": _("a clock reached its step: %(step)s"),
    "team": _("team: %(before)s → %(after)s"),
    "team_missing": _("could not give it to the team %(team)s, which there is not"),
    "priority_is_highest": _("was to raise the priority, which is the highest already"),
    "tagged": _("tagged it %(tag)s"),
    "untagged": _("took the tag %(tag)s off"),
    "webhook": _("called the webhook %(webhook)s"),
    "due_set": _("set a due time by hand: %(metric)s, %(due_at)s"),
    "due_derived": _("took a due time set by hand back: %(metric)s"),
    "excuse_proposed": _("proposed an excuse: %(metric)s, %(cause)s"),
    "excuse_approved": _("approved an excuse: %(metric)s, %(cause)s"),
    "excuse_refused": _("refused an excuse: %(metric)s, %(cause)s"),
    "merged": _("merged it into #%(into)s"),
    "absorbed": _("merged #%(number)s into it"),
    "minutes_logged": _("logged %(minutes)s minutes"),
    "minutes_given_back": _("gave the logged minutes back"),
    "taken_up": _("took it up, which had waited for its sender to be named"),
    "converted": _("turned it from %(before)s into %(after)s"),
    "validated": _("validated the bug"),
    "appealed": _("appealed: it is support"),
    "appeal_upheld": _("agreed with the appeal"),
    "appeal_refused": _("refused the appeal"),
    "split": _("split #%(number)s off it"),
    "split_from": _("split it off #%(number)s"),
    "quote_sent": _("sent the quote %(quote)s"),
    "quote_withdrawn": _("withdrew the quote %(quote)s"),
    "quote_accepted": _("accepted the quote %(quote)s"),
    "quote_declined": _("declined the quote %(quote)s"),
    "billed": _("noted the document %(document)s of the quote %(quote)s"),
    "authorised": _("authorised work on their data"),
    "corrected": _("corrected a clock event: %(event)s of %(was_at)s"),
    "retargeted": _("applied the contract's present terms: %(before)s → %(after)s"),
}


# --- clocks -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClockShown:
    """One clock: what was promised, how much of it is used, and when it is due."""

    clock: Clock
    at: datetime
    countdown: when.Countdown | None
    percent: int
    """Used open time in hundredths of the target; may be over 100."""
    steps: Sequence[int]
    """The ladder's steps before the due time, in hundredths of the target too."""

    @property
    def label(self) -> str:
        """Which promise."""
        return str(Cell.Metric(self.clock.metric).label)

    @property
    def target(self) -> str:
        """Such as "4 business hours"."""
        amount = self.clock.target_amount
        if amount is None:
            return ""
        if self.clock.target_unit == "days":
            return ngettext("%d business day", "%d business days", amount) % amount
        if amount % when.HOUR:
            return gettext("%s of open time") % when.hours(amount)
        return ngettext("%d business hour", "%d business hours", amount // when.HOUR) % (amount // when.HOUR)

    @property
    def level(self) -> str:
        """The colour: of a running clock by what is left, else by its state."""
        if self.countdown is not None and self.clock.state == Clock.State.RUNNING:
            return self.countdown.level
        return "missed" if self.clock.breached_at else self.clock.state

    @property
    def width(self) -> int:
        """The same as a length of the bar."""
        return min(FULL, max(0, self.percent))

    @property
    def met(self) -> str:
        """When it was met."""
        return when.moment(self.clock.met_at, at=self.at) if self.clock.met_at else ""

    @property
    def missed(self) -> str:
        """Since when it is missed, where its countdown does not say so; a miss stays one."""
        missed_at = self.clock.breached_at
        is_counted = self.clock.state == Clock.State.RUNNING and missed_at == self.clock.due_at
        return when.moment(missed_at, at=self.at) if missed_at and not is_counted else ""

    @property
    def remaining(self) -> str:
        """What is left while it stands still."""
        seconds = self.clock.remaining_seconds
        return "" if seconds is None else when.hours(seconds)


def clocks(ticket: Ticket, *, at: datetime) -> list[ClockShown]:
    """The ticket's clocks, as they are promised first to last; one statement, once the ladder is known."""
    if ticket.clock_set is None:
        return []
    version = ticket.clock_set.policy_version_id
    steps = projection.steps_of({version})[version]
    rows = ticket.clock_set.clocks.select_related("calendar").annotate(
        has_excuse=Exists(Excuse.objects.filter(clock=OuterRef("pk")))
    )
    return [_shown(clock, steps, at=at) for clock in projection.in_order(rows)]


def _shown(clock: Clock, steps: Sequence[LadderStep], *, at: datetime) -> ClockShown:
    countdown = when.countdown(clock.due_at, at=clock.met_at or at, calendar=clock.calendar)
    total = _total(clock)
    return ClockShown(
        clock, at, countdown, _percent(clock, countdown, total), _marks(clock.metric, steps, total)
    )


def _percent(clock: Clock, countdown: when.Countdown | None, total: int | None) -> int:
    """Hundredths of the target that are used; pauses are not, because they move the due time."""
    left = countdown.open_seconds if countdown else clock.remaining_seconds
    return round(FULL * (total - left) / total) if total and left is not None else 0


def _marks(metric: str, steps: Sequence[LadderStep], total: int | None) -> list[int]:
    """Where on its bar a clock's steps are; those after the due time are on none."""
    marks = (_mark(step, total) for step in projection.steps_for(metric, steps))
    return sorted({mark for mark in marks if mark is not None and 0 <= mark <= FULL})


def _mark(step: LadderStep, total: int | None) -> int | None:
    if step.offset_minutes is None:
        return step.percent
    return round(FULL * (total + step.offset_minutes * when.MINUTE) / total) if total else None


def _total(clock: Clock) -> int | None:
    if clock.target_unit == "seconds" and not clock.is_manual:
        return clock.target_amount
    if clock.due_at is None:
        return None
    return when.open_seconds(clock.calendar, clock.started_at, clock.due_at)


# --- contract -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quota:
    """The month of a contract in words, and as a length."""

    line: QuotaLine
    at: datetime

    @property
    def words(self) -> str:
        """Such as "3 of 15 used"; null and none are spelled out (D15)."""
        if self.line.units is None:
            return gettext("%d used, unlimited") % self.line.used
        if not self.line.units:
            return gettext("the plan includes none")
        said = {"used": self.line.used, "units": self.line.units}
        if self.line.metric == QuotaMetric.MINUTES:
            return gettext("%(used)d of %(units)d minutes used") % said
        return gettext("%(used)d of %(units)d used") % said

    @property
    def width(self) -> int:
        """How full it is, in hundredths."""
        units = self.line.units
        return 0 if units is None else FULL if not units else min(FULL, round(FULL * self.line.used / units))

    @property
    def resets(self) -> str:
        """When the next month begins, in the contract's own zone."""
        local = timezone.localtime(self.line.ends_at, ZoneInfo(self.line.zone))
        city = self.line.zone.rpartition("/")[2].replace("_", " ")
        return f"{date_format(local, 'j M H:i')} ({city})"


def quota_of(ticket: Ticket, *, at: datetime) -> Quota | None:
    """How the month stands; None without a contract, and when it cannot be told."""
    if ticket.contract is None:
        return None
    try:
        return Quota(quota.quota_line(ticket.contract, at=at, terms=_known_terms(ticket, at)), at)
    except UnknownZone:
        return None


def _known_terms(ticket: Ticket, at: datetime) -> QuotaTerms | None:
    """What the page has read already says it, unless the contract was amended or follows its plan."""
    agreed, plan = ticket.contract_version, ticket.plan_version
    if agreed is None or plan is None or agreed.follows_latest or not agreed.rules(at):
        return None
    return quota_terms.merged(agreed, plan)


# --- history ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Happened:
    """One fact of the history as a sentence."""

    moment: str
    who: str
    sentence: str
    reason: str


def history(ticket: Ticket, agents: Sequence[Account], *, at: datetime) -> list[Happened]:
    """What happened, latest first; one statement."""
    names = names_of(ticket, agents)
    events = ticket.events.order_by("-at", "-id")[:SHOWN_EVENTS]
    return [_happened(event, names, at=at) for event in events]


def names_of(ticket: Ticket, agents: Sequence[Account]) -> dict[str, str]:
    """Who the actors on a ticket are, by their texts."""
    names = {actors.account(agent): str(agent) for agent in agents}
    return names | {actors.person(ticket.requester): str(ticket.requester)}


def _happened(event: TicketEvent, names: Mapping[str, str], *, at: datetime) -> Happened:
    return Happened(
        moment=when.moment(event.at, at=at),
        who=name_of(event.by, names),
        sentence=_sentence(event, names),
        reason=str(event.facts.get("reason", "")),
    )


def name_of(actor: str, names: Mapping[str, str]) -> str:
    """A person's name; of one who is nobody's any more, what they were."""
    kind = actor.partition(":")[0]
    by_kind = {"system": gettext("Prazo"), "person": gettext("a customer"), "account": gettext("an agent")}
    return names.get(actor) or by_kind.get(kind, actor)


def _sentence(event: TicketEvent, names: Mapping[str, str]) -> str:
    """The event's kind in words, with its facts; a kind that nobody worded is named."""
    words = SENTENCES.get(event.kind)
    if words is None:
        return event.kind.replace("_", " ")
    facts = {key: str(value) for key, value in event.facts.items()}
    facts["status"] = _label(Ticket.Status, facts.get("after", ""))
    facts["door"] = _label(Ticket.Channel, facts.get("channel", ""))
    if event.kind == "alarm":
        facts["step"] = ladders.said(*_step(event.facts))
    facts["agent"] = name_of(facts["to"], names) if facts.get("to") else gettext("nobody")
    return str(words) % _Facts(facts)


def _step(facts: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """A step's percentage, or its offset in minutes, from the facts of an alarm."""
    percent, step = facts.get("percent"), str(facts.get("step", ""))
    return percent, None if percent is not None else int(step.removesuffix("m") or 0)


class _Facts(dict[str, str]):
    """Facts of an event; one that was not kept is a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def _label(choices: type[Ticket.Status] | type[Ticket.Channel], value: str) -> str:
    return str(dict(choices.choices).get(value, value))

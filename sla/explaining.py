"""Why a clock's due time is what it is: facts for programs, lines for people in the language in force.

Dates and times are written ISO-like, in the zone of the calendar, so that a line means the same in every
language and can be compared with the policy by hand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, ngettext

from sla import calendars, hours, projection, ruling
from sla.hours import ClockState, DayMode, Fact, FactKind, Hold, State, Target, Timeline, Unit, Version
from sla.models import CalendarVersion, Clock
from sla.ruling import CalendarRuling
from sla.timekeeping import from_epoch, to_epoch

HOUR: Final = 3_600
MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class DatedFact:
    """A stretch of open time that counted or was held, or a date on which support was closed."""

    kind: str
    """counted, held or closed."""
    date: date
    business_day: int
    """How many business days after the local date of receipt; 0 is day 0."""
    starts_at: datetime
    ends_at: datetime
    seconds: int
    reason: str
    """Of counted time and closed dates `hours.DayKind`, of held time the clock's state."""
    name: str
    """Of a public holiday, as the calendar's version calls it."""
    valid_from: datetime
    """Which version of the calendar says so: the one in force from this instant."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A clock explained."""

    metric: str
    state: str
    is_binding: bool
    target: str
    """In words: "4 business hours"; empty without one."""
    aim: Target | None
    """The same for programs; None without one."""
    is_floored: bool
    """Whether the floor of a target in days made it later (D4b)."""
    is_capped: bool
    """Whether the resolution's due time made it earlier (D6)."""
    is_manual: bool
    """Whether the due time was set by hand, and follows from nothing."""
    rule: str
    """What the target means for what was received then: "close of the 1st business day after …" (D4)."""
    zone: str
    received_at: datetime
    due_at: datetime | None
    met_at: datetime | None
    breached_at: datetime | None
    excused_at: datetime | None
    excuse: str
    """Why the miss was excused, as a key (D11)."""
    remaining_seconds: int | None
    overdue_seconds: int
    facts: tuple[DatedFact, ...]
    calendar_versions: tuple[CalendarRuling, ...]
    """Those by which it was counted, in the order in which they ruled."""
    lines: tuple[str, ...]


def explain(clock: Clock, *, at: datetime) -> Explanation:
    """Explain a clock as it stands `at`, derived from its events.

    Raises:
        LookupError: the events do not give that clock (any more).
        projection.UNDERIVABLE: the events cannot be replayed.
    """
    state = _state_of(clock, at)
    rows = list(clock.calendar.versions.order_by("valid_from"))
    versions = [Version(to_epoch(row.valid_from), calendars.spec_of(row)) for row in rows]
    return calendars.reckon(
        clock.calendar,
        lambda open_time: _Account(clock, state, open_time, versions, rows, at).given(),
        at=at,
    )


def _state_of(clock: Clock, at: datetime) -> ClockState:
    (work,) = projection.load([clock.clock_set], clocks=[])
    for state in projection.states_of(work, at=at):
        if (state.metric, state.cycle) == (clock.metric, clock.cycle):
            return state
    raise LookupError(f"the events give no {clock.metric} {clock.cycle}")


@dataclass(frozen=True, slots=True)
class _Account:
    """What an explanation is written from."""

    clock: Clock
    state: ClockState
    open_time: Timeline
    versions: Sequence[Version]
    rows: Sequence[CalendarVersion]
    at: datetime

    def given(self) -> Explanation:
        state = self.state
        facts = tuple(self._facts())
        return Explanation(
            metric=str(state.metric),
            state=str(state.state),
            is_binding=self.clock.clock_set.is_binding,
            target=in_words(state.target) if state.target else "",
            aim=state.target,
            is_floored=state.target is not None and self._is_floored(state.target),
            is_capped=self._is_capped(),
            is_manual=state.is_manual,
            rule=self._rule(state.target) if state.target else "",
            zone=self._zone(state.started_at).key,
            received_at=from_epoch(state.started_at),
            due_at=_instant(state.due_at),
            met_at=_instant(state.met_at),
            breached_at=_instant(state.breached_at),
            excused_at=_instant(state.excused_at),
            excuse=state.excuse,
            remaining_seconds=state.remaining,
            overdue_seconds=hours.overdue_seconds(state, self.open_time, to_epoch(self.at)),
            facts=facts,
            calendar_versions=tuple(self._calendar_versions()),
            lines=tuple(self._lines(facts)),
        )

    # What happened

    def _facts(self) -> Iterator[DatedFact]:
        if self.state.state in {State.NOT_APPLICABLE, State.CANCELLED}:
            return
        names = {to_epoch(row.valid_from): row.holiday_names for row in self.rows}
        for fact in hours.explain_clock(self.open_time, self.versions, self.state, to_epoch(self.at)):
            yield dated(fact, names)

    def _calendar_versions(self) -> Iterator[CalendarRuling]:
        """Each that ruled between the receipt and the due time, or the present without one."""
        begin = from_epoch(self.state.started_at)
        end = max(begin, _instant(self.state.due_at) or self.at)
        for number, row in enumerate(self.rows):
            later = self.rows[number + 1 :]
            if row.valid_from <= end and not (later and later[0].valid_from <= begin):
                yield ruling.of_calendar(row)

    # In words

    def _lines(self, facts: Sequence[DatedFact]) -> Iterator[str]:
        state = self.state
        metric = str(self.clock.get_metric_display())
        received = {
            "metric": metric,
            "at": self._clock(state.started_at),
            "place": self._place(state.started_at),
        }
        yield gettext("%(metric)s, received %(at)s %(place)s time.") % received
        yield from self._aim()
        if state.target is None and not state.is_manual:
            return
        yield from (self._counted(fact) for fact in facts if fact.kind == FactKind.COUNTED)
        yield from (_closed(fact) for fact in facts if fact.kind == FactKind.CLOSED and fact.name)
        yield from (self._held(hold) for hold in state.holds)
        yield from self._outcome()
        yield gettext("Binding.") if self.clock.clock_set.is_binding else gettext("A goal, not a guarantee.")

    def _aim(self) -> Iterator[str]:
        target = self.state.target
        if target is None:
            yield gettext("There is no target.")
        else:
            aim = {"target": in_words(target), "rule": self._rule(target)}
            yield gettext("Target: %(target)s, which is %(rule)s.") % aim
            yield from self._floor(target)
        if self.state.is_manual:
            yield gettext("Its due time was set by hand.")
        elif self._is_capped():
            yield gettext("It is due no later than the resolution.")

    def _is_capped(self) -> bool:
        """D6: what else makes a due time that nothing held earlier than its target?"""
        state = self.state
        if state.target is None or state.due_at is None or state.is_manual or state.holds:
            return False
        return state.due_at < self.open_time.due(state.started_at, state.target)

    def _rule(self, target: Target) -> str:
        """What the target means for something received then (D4, D5)."""
        if target.unit is Unit.SECONDS:
            return gettext("%(duration)s of open time") % {"duration": duration(target.amount)}
        start = self.state.started_at
        facts = {
            "nth": nth(target.amount),
            "days": target.amount,
            "date": date.fromordinal(self.open_time.local_date(start)),
            "place": self._place(start),
        }
        match target.day_mode:
            case DayMode.CLOSE_OF_NTH_DAY:
                return gettext("close of the %(nth)s business day after %(date)s in %(place)s") % facts
            case DayMode.FROM_NEXT_OPENING:
                facts["date"] = date.fromordinal(self.open_time.local_date(self.open_time.next_open(start)))
                return (
                    gettext("close of the %(nth)s business day after %(date)s in %(place)s, the next opening")
                    % facts
                )
            case DayMode.SAME_CLOCK_TIME:
                return (
                    gettext("the same time of the %(nth)s business day after %(date)s in %(place)s") % facts
                )
            case DayMode.SCHEDULE_HOURS:
                facts["length"] = duration(target.day_seconds or self.open_time.standard_day_seconds(start))
                return gettext("%(days)s times %(length)s of open time") % facts
            case DayMode.FULL_DAYS_24H:
                return gettext("%(days)s times 24 hours of open time") % facts

    def _is_floored(self, target: Target) -> bool:
        start, bare = self.state.started_at, replace(target, floor_seconds=0)
        return self.open_time.due(start, bare) < self.open_time.due(start, target)

    def _floor(self, target: Target) -> Iterator[str]:
        """D4b, where it made a difference."""
        if self._is_floored(target):
            least = {"duration": duration(target.floor_seconds)}
            yield gettext("Days in between are shorter: not before %(duration)s of open time.") % least

    def _counted(self, fact: DatedFact) -> str:
        facts = {
            "from": self._clock(to_epoch(fact.starts_at)),
            "until": self._clock(to_epoch(fact.ends_at))[-len("21:00") :],
            "duration": duration(fact.seconds),
        }
        return gettext("%(from)s to %(until)s: %(duration)s counted.") % facts

    def _held(self, hold: Hold) -> str:
        facts = {
            "from": self._clock(hold.starts_at),
            "until": self._clock(hold.ends_at),
            "duration": duration(self.open_time.between(hold.starts_at, hold.ends_at)),
        }
        if hold.state is State.PAUSED:
            return (
                gettext("Waiting for the customer %(from)s to %(until)s: %(duration)s not counted.") % facts
            )
        return gettext("Stopped %(from)s to %(until)s: %(duration)s not counted.") % facts

    def _outcome(self) -> Iterator[str]:
        state = self.state
        if state.due_at is not None:
            yield gettext("Due %(at)s.") % {"at": self._clock(state.due_at)}
        if state.remaining is not None:
            yield gettext("On hold with %(duration)s left.") % {"duration": duration(state.remaining)}
        if state.met_at is not None:
            yield gettext("Done %(at)s.") % {"at": self._clock(state.met_at)}
        if state.breached_at is not None:
            yield gettext("Missed %(at)s.") % {"at": self._clock(state.breached_at)}
        if state.excused_at is not None:
            yield gettext("Excused %(at)s.") % {"at": self._clock(state.excused_at)}
        if state.state is State.CANCELLED:
            yield gettext("Cancelled.")

    def _clock(self, instant: int) -> str:
        return f"{datetime.fromtimestamp(instant, self._zone(instant)):%Y-%m-%d %H:%M}"

    def _place(self, instant: int) -> str:
        return self._zone(instant).key.rpartition("/")[2].replace("_", " ")

    def _zone(self, instant: int) -> ZoneInfo:
        """The calendar's zone at that instant: that of the version in force, or of the first."""
        ruling = [version for version in self.versions if version.valid_from <= instant]
        return ZoneInfo((ruling[-1] if ruling else self.versions[0]).spec.tz)


def dated(fact: Fact, holiday_names: Mapping[int, Mapping[str, str]]) -> DatedFact:
    """A fact with aware instants and the holiday's name, as the version that rules then calls it.

    `holiday_names` are those of each version, by the epoch second from which it rules.
    """
    return DatedFact(
        kind=str(fact.kind),
        date=fact.date,
        business_day=fact.day,
        starts_at=from_epoch(fact.starts_at),
        ends_at=from_epoch(fact.ends_at),
        seconds=fact.seconds,
        reason=str(fact.reason),
        name=holiday_names.get(fact.valid_from, {}).get(fact.date.isoformat(), ""),
        valid_from=from_epoch(fact.valid_from),
    )


def in_words(target: Target) -> str:
    """A target as a policy words it: "2 business days", "12 business hours"."""
    if target.unit is Unit.DAYS:
        return ngettext("%(count)s business day", "%(count)s business days", target.amount) % {
            "count": target.amount
        }
    count, rest = divmod(target.amount, HOUR)
    if not rest:
        return ngettext("%(count)s business hour", "%(count)s business hours", count) % {"count": count}
    count, rest = divmod(target.amount, MINUTE)
    if not rest:
        return ngettext("%(count)s business minute", "%(count)s business minutes", count) % {"count": count}
    return duration(target.amount)


def duration(seconds: int) -> str:
    """A length of time, the same in every language: "11 h", "1 h 30 min", "45 s"."""
    whole_hours, rest = divmod(seconds, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    parts = ((whole_hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"


def nth(number: int) -> str:
    """An ordinal number; English has four endings, and other languages a first of its own."""
    if number == 1:
        return gettext("1st")
    counted = {"number": number}
    match number % 100:
        case 11 | 12 | 13:
            return gettext("%(number)sth") % counted
    match number % 10:
        case 1:
            return gettext("%(number)sst") % counted
        case 2:
            return gettext("%(number)snd") % counted
        case 3:
            return gettext("%(number)srd") % counted
        case _:
            return gettext("%(number)sth") % counted


def _closed(fact: DatedFact) -> str:
    return gettext("%(date)s: closed, %(name)s.") % {"date": fact.date, "name": fact.name}


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else from_epoch(seconds)

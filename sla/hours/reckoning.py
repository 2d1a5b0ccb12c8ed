"""Business time: how much of it lies between two instants, and when so much of it has passed."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final, NamedTuple, Self
from zoneinfo import ZoneInfo

from sla.hours.errors import NeverOpen, OutOfHorizon
from sla.hours.instants import DAY, EARLIEST, LATEST, iso
from sla.hours.schedule import CalendarSpec
from sla.hours.span import Span, clip, union
from sla.hours.target import DayMode, Target, Unit
from sla.hours.unroll import Era, eras, open_spans, opens_after
from sla.hours.zone import Regime, instant_of, local_date, local_second, regimes, zone

_OVERHANG: Final = 3 * DAY
"""A date's hours may end two local dates later: what is that close to the horizon is not known whole."""


class Numbers(NamedTuple):
    """What a timeline is: spans by their starts and the open seconds before each, dates by their closes."""

    starts: "array[int]"
    before: "array[int]"
    dates: "array[int]"
    closes: "array[int]"


class Timeline:
    """The open time of one calendar, all versions, in `[lo, hi)`.

    Every instant is UTC epoch seconds, every amount open seconds; nothing here knows the present. Sums are
    differences of prefix sums, so the cost does not grow with the distance. Questions outside `[lo, hi]`
    and answers beyond it raise OutOfHorizon, answers that no horizon would give raise NeverOpen.
    """

    __slots__ = ("_before", "_closes", "_dates", "_eras", "_is_endless", "_owners", "_starts", "hi", "lo")

    lo: int
    hi: int

    def __init__(
        self, spans: Iterable[Span], eras: Sequence[Era], lo: int, hi: int, *, is_endless: bool
    ) -> None:
        """Take sorted, disjoint spans; use `build` or `from_spans`. Raises ValueError without a version."""
        if not eras or not EARLIEST <= lo < hi <= LATEST:
            raise ValueError(f"No timeline of {len(eras)} versions from {lo} to {hi}")
        listed = list(spans)
        self.lo, self.hi = lo, hi
        self._eras, self._is_endless = tuple(eras), is_endless
        self._starts = array("q", [span[0] for span in listed])
        lengths = (ends_at - starts_at for starts_at, ends_at, _ in listed)
        self._before = array("q", accumulate(lengths, initial=0))
        self._owners = array("i", [span[2] for span in listed])
        self._dates, self._closes = self._business_days(listed)

    @classmethod
    def build(cls, versions: Sequence[tuple[int, CalendarSpec]], lo: int, hi: int) -> Self:
        """The open time that the versions `(valid_from, calendar)` give in `[lo, hi)`."""
        is_endless = opens_after(versions, hi - _OVERHANG)
        return cls(open_spans(versions, lo, hi), eras(versions), lo, hi, is_endless=is_endless)

    @classmethod
    def from_spans(
        cls,
        spans: Iterable[tuple[int, int, int]],
        *,
        eras: Sequence[Era],
        lo: int,
        hi: int,
        is_endless: bool = True,
    ) -> Self:
        """The same from stored spans `(starts_at, ends_at, ordinal of the business date)`, sorted by start.

        `eras` come from the versions (`hours.eras`); `is_endless` says whether there can be open time after
        `hi` or shortly before it (`hours.opens_after(versions, hi - 3 days)`: hours that close so late are
        not known whole). Raises ValueError when the spans overlap or leave `[lo, hi)`.
        """
        listed = [Span._make(span) for span in spans]
        free_from = lo
        for span in listed:
            if not free_from <= span.starts_at < span.ends_at <= hi:
                raise ValueError(f"Stored spans are not in order at {span}")
            free_from = span.ends_at
        return cls(listed, eras, lo, hi, is_endless=is_endless)

    def spans(self) -> Iterator[Span]:
        """All open spans, in order; `from_spans` takes them back."""
        for number, (starts_at, owner) in enumerate(zip(self._starts, self._owners, strict=True)):
            yield Span(starts_at, self._ends_at(number), owner)

    def spans_between(self, lo: int, hi: int) -> Iterator[Span]:
        """What of the open spans lies in `[lo, hi)`, in order."""
        for number in range(max(self._last_started(lo), 0), len(self._starts)):
            starts_at, ends_at = max(self._starts[number], lo), min(self._ends_at(number), hi)
            if starts_at >= hi:
                return
            if starts_at < ends_at:
                yield Span(starts_at, ends_at, self._owners[number])

    def numbers(self) -> "Numbers":
        """How it is kept, for a twin that computes with the same arrays."""
        return Numbers(self._starts, self._before, self._dates, self._closes)

    def regimes(self) -> list[Regime]:
        """The stretches of `[lo, hi]` with one offset from UTC, in order, version by version."""
        found: list[Regime] = []
        ends = [*(era.valid_from for era in self._eras[1:]), self.hi + 1]
        begins_at = self.lo
        for era, era_ends_at in zip(self._eras, ends, strict=True):
            ends_at = min(era_ends_at, self.hi + 1)
            if begins_at < ends_at:
                found += regimes(zone(era.tz), begins_at, ends_at)
                begins_at = ends_at
        return found

    # Questions in open seconds

    def is_open(self, instant: int) -> bool:
        """Whether support is open at that instant: at opening yes, at closing no."""
        if instant == self.hi:
            raise self.beyond(instant)
        number = self._last_started(instant)
        return number >= 0 and instant < self._ends_at(number)

    def next_open(self, instant: int) -> int:
        """The first open instant from that one on."""
        return max(instant, self._starts[self._next_span(instant)])

    def add(self, instant: int, seconds: int) -> int:
        """The first instant at which so many open seconds have passed since; 0 gives the next open instant.

        A sum that ends at closing is due at closing, not at the next opening (D5).
        """
        if seconds <= 0:
            return self._add_nothing(instant, seconds)
        # `_elapsed`, written out: this is asked more often than anything else.
        if not self.lo <= instant <= self.hi:
            raise self._outside(instant)
        starts, before = self._starts, self._before
        number = bisect_right(starts, instant) - 1
        if number >= 0:
            elapsed, most = before[number] + instant - starts[number], before[number + 1]
            target = seconds + (elapsed if elapsed < most else most)  # noqa: FURB136 - a call costs a tenth
        else:
            target = seconds
        number = bisect_left(before, target) - 1
        if number == len(starts):
            raise self.beyond(instant)
        return starts[number] + target - before[number]

    def subtract(self, instant: int, seconds: int) -> int:
        """The last instant since which so many open seconds pass until that one.

        0 gives the last instant of open time, a closing included. So `add(subtract(t, x), x) == t` for any t
        in open time, and `subtract(add(t, x), x) == next_open(t)`.
        """
        if seconds <= 0:
            return self._subtract_nothing(instant, seconds)
        target = self._elapsed(instant) - seconds
        if target < 0:
            raise self._outside(instant)
        number = bisect_right(self._before, target) - 1
        return self._starts[number] + target - self._before[number]

    def between(self, start: int, end: int) -> int:
        """Open seconds from `start` to `end`, negative when they are reversed, 0 when it is never open."""
        return self._elapsed(end) - self._elapsed(start)

    def add_outside(self, instant: int, seconds: int, pauses: Iterable[tuple[int, int]]) -> int:
        """`add`, counting only open time outside the union of the pauses `[from, to)`."""
        for pause in clip(union(pauses), instant, self.hi):
            counted = self.between(instant, pause.starts_at)
            if counted >= seconds > 0 or (counted and not seconds):
                break
            instant, seconds = pause.ends_at, seconds - counted
        return self.add(instant, seconds)

    def between_outside(self, start: int, end: int, pauses: Iterable[tuple[int, int]]) -> int:
        """`between`, counting only open time outside the union of the pauses `[from, to)`."""
        if end < start:
            return -self.between_outside(end, start, pauses)
        paused = sum(self.between(*pause) for pause in clip(union(pauses), start, end))
        return self.between(start, end) - paused

    # Questions in business days

    def local_date(self, instant: int) -> int:
        """The ordinal of the date in the calendar's zone at that instant."""
        return local_date(self._zone_at(instant), instant)

    def standard_day_seconds(self, instant: int) -> int:
        """The length of a standard day under the version then in force (D4b)."""
        return self._era_at(instant).standard_day_seconds

    def due(self, start: int, target: Target) -> int:
        """When the target is due for something received at `start`, its floor included (D4, D4b, D5)."""
        if target.unit is Unit.SECONDS:
            return self.add(start, target.amount)
        due = self._after_days(start, target)
        return max(due, self.add(start, target.floor_seconds)) if target.floor_seconds else due

    def close_of_nth_day(self, start: int, days: int) -> int:
        """The close of the Nth business day after the local date of `start`, which is day 0, open or not.

        For 0 days that date's own close, or the next business day's when it has passed.
        """
        return self._closes[self._nth_day_after(start, days)]

    def from_next_opening(self, start: int, days: int) -> int:
        """The close of the Nth business day after the one that owns the next open instant, which is day 0."""
        today = self._owners[self._next_span(start)]
        return self._closes[self._open_day(bisect_left(self._dates, today) + days, start)]

    def same_clock_time(self, start: int, days: int) -> int:
        """The same reading of the clock on the Nth business day after the local date of `start`.

        When that is closed, the next open instant.
        """
        if not days:
            return self.next_open(start)
        day = self._nth_day_after(start, days)
        reading = local_second(self._zone_at(start), start)
        return self.next_open(instant_of(self._zone_at(self._closes[day]), self._dates[day], reading))

    def schedule_hours(self, start: int, days: int, day_seconds: int = 0) -> int:
        """N times the length of a day in open time; 0 is the standard day. Raises NeverOpen without one."""
        length = day_seconds or self.standard_day_seconds(start)
        if not length:
            raise NeverOpen("A week without opening hours has no standard day.")
        return self.add(start, days * length)

    def full_days_24h(self, start: int, days: int) -> int:
        """N times 24 hours of open time."""
        return self.add(start, days * DAY)

    def _after_days(self, start: int, target: Target) -> int:
        match target.day_mode:
            case DayMode.CLOSE_OF_NTH_DAY:
                return self.close_of_nth_day(start, target.amount)
            case DayMode.FROM_NEXT_OPENING:
                return self.from_next_opening(start, target.amount)
            case DayMode.SAME_CLOCK_TIME:
                return self.same_clock_time(start, target.amount)
            case DayMode.SCHEDULE_HOURS:
                return self.schedule_hours(start, target.amount, target.day_seconds)
            case DayMode.FULL_DAYS_24H:
                return self.full_days_24h(start, target.amount)

    # How it is kept: starts of spans, open seconds before each and in all, and the close of each date

    def _elapsed(self, instant: int) -> int:
        """Open seconds from `lo` to the instant."""
        if not self.lo <= instant <= self.hi:
            raise self._outside(instant)
        number = bisect_right(self._starts, instant) - 1
        if number < 0:
            return 0
        return min(self._before[number] + instant - self._starts[number], self._before[number + 1])

    def _ends_at(self, number: int) -> int:
        return self._starts[number] + self._before[number + 1] - self._before[number]

    def _last_started(self, instant: int) -> int:
        """The number of the last span that starts at or before the instant, -1 without one."""
        if not self.lo <= instant <= self.hi:
            raise self._outside(instant)
        return bisect_right(self._starts, instant) - 1

    def _next_span(self, instant: int) -> int:
        """The number of the span that is open at the instant or the first after it."""
        number = self._last_started(instant)
        if number < 0 or instant >= self._ends_at(number):
            number += 1
        if number == len(self._starts):
            raise self.beyond(instant)
        return number

    def _add_nothing(self, instant: int, seconds: int) -> int:
        if seconds < 0:
            raise ValueError(f"{seconds} seconds cannot be added")
        return self.next_open(instant)

    def _subtract_nothing(self, instant: int, seconds: int) -> int:
        if seconds < 0:
            raise ValueError(f"{seconds} seconds cannot be subtracted")
        if self._elapsed(instant) == 0:
            raise self._outside(instant)
        return min(instant, self._ends_at(bisect_left(self._starts, instant) - 1))

    def _business_days(self, spans: Iterable[Span]) -> "tuple[array[int], array[int]]":
        """The dates that own open time and the last closing of each, as far as they are known whole."""
        closes: dict[int, int] = {}
        for starts_at, ends_at, date in spans:
            if date > self._era_at(starts_at).closed_date:
                closes[date] = max(ends_at, closes.get(date, ends_at))
        for era in self._eras[1:]:
            # A date that a new version cuts short closes when the version begins, not in the past.
            cut = [date for date in closes if date > era.closed_date and closes[date] < era.valid_from]
            closes.update(dict.fromkeys(cut, era.valid_from))
        whole_until = self.local_date(self.hi) - 2
        dates = sorted(date for date in closes if date <= whole_until)
        return array("i", dates), array("q", [closes[date] for date in dates])

    def _nth_day_after(self, start: int, days: int) -> int:
        """The number of the Nth business day after the local date of `start`; of that date or later for 0."""
        today = self.local_date(start)
        after = bisect_right(self._dates, today) - 1 if days else bisect_left(self._dates, today)
        return self._open_day(after + days, start)

    def _open_day(self, day: int, start: int) -> int:
        """That business day, or the first one after it that has not closed before `start`."""
        while day < len(self._dates) and self._closes[day] < start:
            day += 1
        if day >= len(self._dates):
            raise self.beyond(start)
        return day

    def _era_at(self, instant: int) -> Era:
        if not self.lo <= instant <= self.hi:
            raise self._outside(instant)
        ruling = [era for era in self._eras if era.valid_from <= instant]
        return ruling[-1] if ruling else self._eras[0]

    def _zone_at(self, instant: int) -> ZoneInfo:
        return zone(self._era_at(instant).tz)

    def beyond(self, instant: int) -> NeverOpen | OutOfHorizon:
        """What to raise when the answer for that instant lies beyond what is known."""
        if self._is_endless or not self.lo <= instant <= self.hi:
            return self._outside(instant)
        return NeverOpen(f"There is not enough open time after {iso(instant)}, however late.")

    def _outside(self, instant: int) -> OutOfHorizon:
        return OutOfHorizon(f"Epoch second {instant} leads out of {iso(self.lo)} to {iso(self.hi)}.")

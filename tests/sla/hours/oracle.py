"""The slow truth: looks at the clock on the wall minute by minute, and at nothing else.

It shares no line with the engine: no intervals, no offsets, no sums. Everything happens on whole minutes.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sla.hours import EventKind, Metric

MINUTE = 60


class MinuteOracle:
    """Who owns each minute of `[lo, hi)`: the ordinal of a date when it is open, None when it is not."""

    def __init__(self, spec, lo, hi):
        self.lo, self.tz, self.spec, self.hours = lo, ZoneInfo(spec.tz), spec, {}
        self.owners = [self._owner(lo + number * MINUTE) for number in range((hi - lo) // MINUTE)]

    def _owner(self, instant):
        wall = datetime.fromtimestamp(instant, self.tz)
        today, second = wall.toordinal(), wall.hour * 3600 + wall.minute * 60 + wall.second
        for owner, reading in ((today - 1, second + 86400), (today, second)):
            if any(opens <= reading < closes for opens, closes in self._hours_on(owner)):
                return owner
        return None

    def _hours_on(self, ordinal):
        if ordinal not in self.hours:
            self.hours[ordinal] = self.spec.hours_on(date.fromordinal(ordinal))
        return self.hours[ordinal]

    def number(self, instant):
        return (instant - self.lo) // MINUTE

    def is_open(self, instant):
        return self.owners[self.number(instant)] is not None

    def open_minutes(self, start, end):
        return sum(owner is not None for owner in self.owners[self.number(start) : self.number(end)])

    def add(self, start, minutes, pauses=()):
        """The first whole minute at which so many open ones have passed, None when the window ends before."""
        passed = 0
        for number in range(self.number(start), len(self.owners)):
            instant = self.lo + number * MINUTE
            counts = self.owners[number] is not None and not any(a <= instant < b for a, b in pauses)
            if passed == minutes and (minutes or counts):
                return instant
            passed += counts
        return None

    def closes(self):
        """The end of the last open minute of each date that owns any."""
        ends = {}
        for number, owner in enumerate(self.owners):
            if owner is not None:
                ends[owner] = self.lo + (number + 1) * MINUTE
        return ends

    def close_of_nth_day(self, start, days):
        today = datetime.fromtimestamp(start, self.tz).date().toordinal()
        return self._nth(sorted(day for day in self.closes() if day > today), days - 1)

    def from_next_opening(self, start, days):
        number = next(
            (n for n in range(self.number(start), len(self.owners)) if self.owners[n] is not None), None
        )
        if number is None:
            return None
        return self._nth(sorted(day for day in self.closes() if day >= self.owners[number]), days)

    def _nth(self, days, number):
        # A date whose end may lie beyond the window is not known.
        last = datetime.fromtimestamp(self.lo + len(self.owners) * MINUTE, self.tz).toordinal() - 3
        return self.closes()[days[number]] if number < len(days) and days[number] <= last else None


class MinuteClock:
    """A first response or a resolution lived through minute by minute: what it has used, when it was full."""

    def __init__(self, metric, targets, oracle):
        self.metric, self.targets, self.oracle = metric, targets, oracle
        self.used = 0
        self.target = self.ended_at = self.full_at = self.breached_at = None
        self.is_waiting = self.is_excluded = self.is_met = self.has_counted = False

    def live(self, events, now):
        for instant in range(events[0].at, now + MINUTE, MINUTE):
            if self.full_at is not None and self.full_at < instant and self.breached_at is None and self.runs:
                self.breached_at = self.full_at
            for event in events:
                if event.at == instant:
                    self.take(event)
            self.fill(instant)
            self.has_counted = instant < now and self.oracle.is_open(instant) and self.runs
            self.used += self.has_counted
        return self

    @property
    def runs(self):
        return self.state == "running"

    @property
    def state(self):
        if self.is_met:
            return "met"
        if self.is_excluded:
            return "excluded"
        return "paused" if self.is_waiting and self.metric is Metric.RESOLUTION else "running"

    def fill(self, instant):
        """Full is the first moment with the target used up while it runs: a closing, not the next opening.

        What happens in that very moment comes first: a hold then begins with nothing left.
        """
        is_used_up = self.full_at is None and self.used >= self.target and self.runs
        if is_used_up and (self.has_counted or self.oracle.is_open(instant)):
            self.full_at = instant

    def take(self, event):
        is_resolution = self.metric is Metric.RESOLUTION
        match event.kind:
            case EventKind.CREATED:
                self.target = self.targets[self.metric]
            case EventKind.PAUSE:
                self.is_waiting = self.ended_at is None
            case EventKind.RESUME | EventKind.CUSTOMER_REPLY:
                self.is_waiting = False
            case EventKind.EXCLUDE | EventKind.INCLUDE:
                self.is_excluded = event.kind is EventKind.EXCLUDE
            case EventKind.SOLVE:
                self.ended_at, self.is_waiting = self.ended_at or event.at, False
            case EventKind.AGENT_REPLY if not is_resolution:
                self.ended_at = self.ended_at or event.at
            case EventKind.REOPEN if is_resolution:
                self.ended_at = None
        self.is_met = self.ended_at is not None and (self.is_met or not self.is_excluded)

    def due(self, now):
        if self.full_at is not None:
            return self.full_at
        return self.oracle.add(now, self.target - self.used)

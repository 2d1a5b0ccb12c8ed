"""The slow truth: looks at the clock on the wall minute by minute, and at nothing else.

It shares no line with the engine: no intervals, no offsets, no sums. Everything happens on whole minutes.
"""

from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sla.hours import DayMode, EventKind, Metric, Unit

MINUTE = 60


class MinuteOracle:
    """Who owns each minute of `[lo, hi)`: the ordinal of a date when it is open, None when it is not.

    `versions` are pairs of an instant and a calendar, in order; the first one rules from the start.
    """

    def __init__(self, versions, lo, hi):
        self.lo, self.hi, self.versions, self.hours = lo, hi, versions, {}
        self.owners = self._owners(versions)

    def _owners(self, versions):
        return [self._owner(instant, versions) for instant in range(self.lo, self.hi, MINUTE)]

    def _owner(self, instant, versions):
        spec = ruling(versions, instant)
        wall = datetime.fromtimestamp(instant, ZoneInfo(spec.tz))
        today, second = wall.toordinal(), wall.hour * 3600 + wall.minute * 60 + wall.second
        for owner, reading in ((today - 1, second + 86400), (today, second)):
            if any(opens <= reading < closes for opens, closes in self._hours_on(spec, owner)):
                return owner
        return None

    def _hours_on(self, spec, ordinal):
        if (id(spec), ordinal) not in self.hours:
            self.hours[id(spec), ordinal] = spec.hours_on(date.fromordinal(ordinal))
        return self.hours[id(spec), ordinal]

    def wall(self, instant):
        return datetime.fromtimestamp(instant, ZoneInfo(ruling(self.versions, instant).tz))

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

    def subtract(self, end, minutes):
        """The last whole minute since which so many open ones pass until that one."""
        passed = 0
        for number in range(self.number(end) - 1, -1, -1):
            passed += self.owners[number] is not None
            if passed == minutes:
                return self.lo + number * MINUTE
        return None

    # Business days

    @cached_property
    def closes(self):
        """The close of each date that owns open time, as each version in its turn left it."""
        ends = {}
        for number, (begun, _) in enumerate(self.versions, start=1):
            settled = {day: end for day, end in ends.items() if end <= begun}
            over = max(settled, default=0)
            now = _last_minutes(self._owners(self.versions[:number]), self.lo)
            # What had closed for good keeps its close; what is cut short closes when the version begins.
            ends = settled | {day: max(end, begun) for day, end in now.items() if day > over}
        return ends

    def due(self, start, target):
        """When a target is due, None when the window does not know."""
        due = self._due(start, target)
        if due is None or not target.floor_seconds:
            return due
        floor = self.add(start, target.floor_seconds // MINUTE)
        return None if floor is None else max(due, floor)

    def _due(self, start, target):
        if target.unit is Unit.SECONDS:
            return self.add(start, target.amount // MINUTE)
        match target.day_mode:
            case DayMode.CLOSE_OF_NTH_DAY:
                return self._close(self._day(start, target.amount))
            case DayMode.FROM_NEXT_OPENING:
                return self._close(self._day_after_opening(start, target.amount))
            case DayMode.SAME_CLOCK_TIME:
                return self._same_reading(start, target.amount)
            case DayMode.SCHEDULE_HOURS:
                return self.add(start, target.amount * target.day_seconds // MINUTE)
            case DayMode.FULL_DAYS_24H:
                return self.add(start, target.amount * 24 * 60)

    def _close(self, day):
        return None if day is None else self.closes[day]

    def _day(self, start, days):
        today = self.wall(start).toordinal()
        after = sorted(day for day in self.closes if day > today or (day == today and not days))
        return self._first_open(after[max(days - 1, 0) :], start)

    def _day_after_opening(self, start, days):
        opening = self.add(start, 0)
        if opening is None:
            return None
        owner = self.owners[self.number(opening)]
        return self._first_open(sorted(day for day in self.closes if day >= owner)[days:], start)

    def _first_open(self, days, start):
        # A date whose end may lie beyond the window is not known.
        last = self.wall(self.hi).toordinal() - 3
        day = next((day for day in days if self.closes[day] >= start), None)
        return day if day is not None and day <= last else None

    def _same_reading(self, start, days):
        """The first minute of that day at which the clock reads the same; None when it skips that."""
        if not days:
            return self.add(start, 0)
        day, reading = self._day(start, days), self.wall(start).time()
        instants = range(self.lo, self.hi, MINUTE) if day is not None else ()
        walls = ((instant, self.wall(instant)) for instant in instants)
        same = (at for at, wall in walls if wall.toordinal() == day and wall.time() == reading)
        found = next(same, None)
        return None if found is None else self.add(found, 0)


def ruling(versions, instant):
    """The calendar in force at that instant."""
    return [spec for number, (begun, spec) in enumerate(versions) if begun <= instant or not number][-1]


def _last_minutes(owners, lo):
    ends = {}
    for number, owner in enumerate(owners):
        if owner is not None:
            ends[owner] = lo + (number + 1) * MINUTE
    return ends


def births_of_next_responses(events):
    """The numbers of the messages that start a next response, until one comes that is owed later or never."""
    is_answered = is_solved = is_owed = False
    for number, event in enumerate(events):
        match event.kind:
            case EventKind.AGENT_REPLY:
                is_answered, is_owed = True, False
            case EventKind.SOLVE if not is_solved:
                is_answered, is_solved, is_owed = True, True, False
            case EventKind.REOPEN:
                is_solved = False
            case EventKind.CUSTOMER_REPLY if is_answered and not is_owed:
                if is_solved:
                    return
                is_owed = True
                yield number


class MinuteClock:
    """One clock lived through minute by minute: what it has used, and when it had used so much.

    `targets` are minutes by priority.
    """

    def __init__(self, metric, targets, oracle):
        self.metric, self.targets, self.oracle = metric, targets, oracle
        self.used, self.marks = 0, {}
        self.target = self.wanted = self.set_at = None
        self.ended_at = self.held_since = self.breached_at = None
        self.is_waiting = self.is_excluded = self.is_met = self.is_dropped = self.has_counted = False

    def live(self, events, now, birth=0):
        """From the event with that number on; those before it only tell how things stood."""
        for event in events[: birth + 1]:
            self.remember(event)
        born = events[birth].at
        self.aim(born)
        self.hold(born)
        for instant in range(born, now + MINUTE, MINUTE):
            self.judge(instant)
            for event in events[birth + 1 :]:
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
        if self.is_dropped:
            return "cancelled"
        if self.is_excluded:
            return "excluded"
        return "paused" if self.is_waiting and self.metric is Metric.RESOLUTION else "running"

    @property
    def full_at(self):
        return self.marks.get(self.target)

    def fill(self, instant):
        """Full is the first moment with so much used up while it runs: a closing, not the next opening.

        What happens in that very moment comes first: a hold then begins with nothing left.
        """
        if self.runs and (self.has_counted or self.oracle.is_open(instant)):
            self.marks.setdefault(self.used, instant)

    def judge(self, instant):
        """What is full and goes on is missed, at the earliest when that target was set."""
        until = instant if self.held_since is None else self.held_since
        if self.breached_at is None and self.full_at is not None and self.full_at < until:
            self.breached_at = max(self.full_at, self.set_at)

    def take(self, event):
        self.remember(event)
        self.end(event)
        self.hold(event.at)
        self.aim(event.at)
        self.judge(event.at)

    def remember(self, event):
        match event.kind:
            case EventKind.CREATED | EventKind.PRIORITY:
                self.wanted = self.targets[event.priority]
            case EventKind.PAUSE:
                self.is_waiting = self.ended_at is None
            case EventKind.RESUME | EventKind.CUSTOMER_REPLY:
                self.is_waiting = False
            case EventKind.EXCLUDE | EventKind.INCLUDE:
                self.is_excluded = event.kind is EventKind.EXCLUDE

    def end(self, event):
        is_open = self.ended_at is None and not self.is_dropped
        match event.kind, self.metric:
            case EventKind.SOLVE, Metric.NEXT_RESPONSE:
                self.is_dropped = self.is_dropped or is_open
            case (EventKind.SOLVE, _) | (EventKind.AGENT_REPLY, Metric.FIRST_RESPONSE | Metric.NEXT_RESPONSE):
                self.ended_at = event.at if is_open else self.ended_at
                self.is_waiting = False
            case EventKind.REOPEN, Metric.RESOLUTION:
                self.ended_at = None
        self.is_met = self.ended_at is not None and (self.is_met or not self.is_excluded)

    def hold(self, instant):
        if self.runs:
            self.held_since = None
        elif self.held_since is None:
            self.held_since = instant

    def aim(self, instant):
        """Take the target that is wanted, unless it has ended."""
        if self.ended_at is None and not self.is_dropped and self.wanted != self.target:
            self.target, self.set_at = self.wanted, instant

    def due(self, now):
        if self.full_at is not None:
            return self.full_at
        return self.oracle.add(now, self.target - self.used)

"""What can be wrong with a calendar or a question, each by its name."""


class NeverOpen(ValueError):
    """The calendar has no open time left, so no sum of open time is ever reached."""


class OutOfHorizon(LookupError):
    """The answer lies outside the time for which the timeline was built; extend it and ask again."""


class CalendarError(ValueError):
    """A calendar that cannot be used; the text is a sentence for whoever wrote it."""


class BadCalendar(CalendarError):
    """It has another shape than a calendar."""


class UnknownZone(CalendarError):
    """No such zone in the zone data."""


class BadTime(CalendarError):
    """Not a time of day from 00:00 to 24:00."""


class BadDate(CalendarError):
    """Not a date."""


class OverlappingHours(CalendarError):
    """Two intervals share time, on one day or over midnight."""

    def __init__(self, sentence: str, *days: str) -> None:
        super().__init__(sentence)
        self.days = days
        """On which they start: "mon" in the usual week, "2026-12-24" of dates."""


class NoOpeningHours(CalendarError):
    """A week without any open time."""


class MissingLocalTime(CalendarError):
    """The clock of the zone skips that time on that date."""

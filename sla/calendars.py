"""When support is open: versions are published, open time is built from them, questions are asked of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from secrets import randbelow
from typing import Final, TypeVar

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify

from sla import holidays, hours
from sla.holidays import PUBLIC, Holiday, Place
from sla.hours import CalendarSpec, Hours, NeverOpen, OutOfHorizon, Timeline, Version
from sla.hours.instants import DAY
from sla.hours.zone import canonical
from sla.models import Calendar, CalendarInterval, CalendarVersion
from sla.timekeeping import from_epoch, to_epoch

Answer = TypeVar("Answer")

YEAR: Final = timedelta(days=366)
BEHIND: Final = 2 * YEAR
AHEAD: Final = 3 * YEAR
OVERHANG: Final = timedelta(days=3)
"""An interval is no longer: what starts so much earlier ends before the instant."""
SLACK: Final = timedelta(days=30)
"""How much of the time ahead may be used up before the nightly build adds some."""
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
TRIES: Final = 5
"""Each doubles the time ahead: the longest target, 9,999 business days, fits into the last."""


logger = structlog.get_logger(__name__)

UnknownHolidays = holidays.UnknownHolidays
public_holidays = holidays.public_holidays


class CalendarRefused(ValueError):
    """A calendar version that cannot be published, with a sentence for whoever wrote it."""


class NotLater(CalendarRefused):
    """It would rule before the version that it shall follow: the past is never rewritten."""


class KeyTaken(CalendarRefused):
    """Another calendar has that key."""


class NoVersion(LookupError):
    """A calendar of which nothing was published yet has no open time to be asked for."""


# --- publishing -----------------------------------------------------------------------------------


def publish_version(
    calendar: Calendar,
    *,
    spec: CalendarSpec,
    valid_from: datetime,
    holiday_names: Mapping[str, str] | Mapping[date, str] | None = None,
    holiday_country: str = "",
    holiday_subdivision: str = "",
) -> CalendarVersion:
    """Put hours in force from `valid_from` on, with the holidays of a country as `public_holidays` gave them.

    Closed dates that have no name count as added by hand; see `publish`.
    """
    names = {date.fromisoformat(str(day)): name for day, name in (holiday_names or {}).items()}
    listed = [
        Holiday(day, names[day], holiday_country, "", PUBLIC, holidays.package_version())
        if day in names and holiday_country
        else Holiday(day, names.get(day, ""))
        for day in sorted(spec.holidays)
    ]
    labels = {day: name for day, name in names.items() if day not in spec.holidays}
    where = Place(holiday_country, holiday_subdivision) if holiday_country else None
    return publish(calendar, spec=spec, valid_from=valid_from, listed=listed, place=where, labels=labels)


def publish(
    calendar: Calendar,
    *,
    spec: CalendarSpec,
    valid_from: datetime,
    listed: Sequence[Holiday] = (),
    place: Place | None = None,
    labels: Mapping[date, str] | None = None,
) -> CalendarVersion:
    """Put hours in force from `valid_from` on; what lies before stays as it was.

    `listed` are the rows behind the spec's holidays, those that were struck out too; `place` says whose
    they are, so that coming years can be listed; `labels` name dates with hours of their own.

    A calendar that was built is built again at once. Running clocks follow when the caller asks for
    `recompute.recompute(calendar=…)`, the audited re-evaluation of R2, or with the nightly one.

    Raises:
        NotLater: a version in force from that instant or a later one exists.
        hours.CalendarError: the hours overlap, never open, or cannot be read on the zone's clock.
    """
    hours.check(spec)
    with transaction.atomic():
        locked = Calendar.objects.select_for_update().get(pk=calendar.pk)
        if locked.versions.filter(valid_from__gte=valid_from).exists():
            raise NotLater("A calendar version begins after the one that it follows.")
        version = drafted(locked, spec=spec, valid_from=valid_from, listed=listed, place=place, labels=labels)
        version.save()
        if locked.built_from and locked.built_until:
            _rebuild(locked, locked.built_from, locked.built_until, since=valid_from)
        for zoned in calendar.zoned.all():
            there = replace(spec, tz=zoned.zoned_to)
            publish(zoned, spec=there, valid_from=valid_from, listed=listed, place=place, labels=labels)
    _follow(calendar, locked)
    return version


def drafted(
    calendar: Calendar,
    *,
    spec: CalendarSpec,
    valid_from: datetime,
    listed: Sequence[Holiday] = (),
    place: Place | None = None,
    labels: Mapping[date, str] | None = None,
) -> CalendarVersion:
    """The version as it would be published, nowhere stored; see `publish`."""
    return CalendarVersion(
        calendar=calendar,
        valid_from=valid_from,
        **_columns(spec),
        **holidays.columns_of(_completed(spec, listed), labels),
        holiday_country=place.country if place else "",
        holiday_subdivision=place.subdivision if place else "",
        holiday_categories=list(place.categories) if place else [],
        zone_data_version=hours.zone_data_version(),
    )


def copy(calendar: Calendar, *, key: str, name: str, at: datetime) -> Calendar:
    """Another calendar with the same versions, built at once.

    Raises:
        KeyTaken: another calendar has that key.
    """
    with transaction.atomic():
        if Calendar.objects.filter(key=key).exists():
            raise KeyTaken(f"Another calendar has the key {key}.")
        copied = Calendar.objects.create(key=key, name=name)
        _copy_versions(calendar, copied)
        if calendar.versions.exists():
            build(copied, at=at)
    return copied


def always_open(zone: str, *, at: datetime) -> Calendar:
    """The calendar on which time as it passes is counted, in the zone whose dates its days have.

    Made and built when it is first asked for. Targets in elapsed time and in calendar days count on it, so
    that pauses, ladders and explanations treat them like all others.

    Raises:
        hours.UnknownZone.
    """
    spec = CalendarSpec(zone, dict.fromkeys(hours.WEEKDAYS, (Hours(0, DAY),)))
    key = f"always-{slugify(spec.tz.replace('/', '-'))}"
    with transaction.atomic():
        calendar, is_new = Calendar.objects.get_or_create(
            key=key, defaults={"name": f"Always open, {spec.tz}"}
        )
        if is_new:
            publish_version(calendar, spec=spec, valid_from=LONG_AGO)
            build(calendar, at=at)
    return calendar


def in_zone(calendar: Calendar, zone: str, *, at: datetime) -> Calendar:
    """The same hours, read on the clock of another zone; made and built when it is first asked for.

    It has all versions of the other one, also those that follow.

    Raises:
        hours.UnknownZone.
        NoVersion: nothing was published.
    """
    there = canonical(zone)
    found = calendar.zoned.filter(zoned_to=there).first()
    if found is not None:
        return found
    with transaction.atomic():
        key = f"zoned-{calendar.pk}-{slugify(there.replace('/', '-'))}"
        named = {"key": key[:50], "name": f"{calendar.name} ({there})"[:120]}
        zoned, is_new = Calendar.objects.get_or_create(zoned_from=calendar, zoned_to=there, defaults=named)
        if is_new:
            _copy_versions(calendar, zoned, zone=there)
            build(zoned, at=at)
    return zoned


def _copy_versions(calendar: Calendar, to: Calendar, *, zone: str = "") -> None:
    for version in calendar.versions.order_by("valid_from"):
        version.pk, version.calendar = None, to
        version.zone = zone or version.zone
        version.save(force_insert=True)


def spec_of(version: CalendarVersion) -> CalendarSpec:
    """The version's hours as `sla.hours` reckons with them."""
    return hours.calendar_from_json(
        {
            "tz": version.zone,
            "week": version.week,
            "holidays": version.holidays,
            "overrides": version.overrides,
        }
    )


def versions_of(calendar: Calendar) -> list[Version]:
    """All versions of a calendar, in the order in which they rule."""
    rows = calendar.versions.order_by("valid_from")
    return [Version(to_epoch(row.valid_from), spec_of(row)) for row in rows]


def current_version(calendar: Calendar, *, at: datetime) -> CalendarVersion:
    """The version in force at that instant; the first one before all of them.

    Raises:
        NoVersion: nothing was published.
    """
    version = version_at(calendar, at=at)
    if version is None:
        raise NoVersion(f"{calendar.key} has no version")
    return version


def version_at(calendar: Calendar, *, at: datetime) -> CalendarVersion | None:
    """The same where a calendar without versions is no surprise: it has none."""
    rows = calendar.versions
    ruling = rows.filter(valid_from__lte=at).order_by("-valid_from").first()
    return ruling or rows.order_by("valid_from").first()


def standard_day_seconds(calendar: Calendar, *, at: datetime) -> int:
    """How long the standard day of a built calendar is at that instant; read once a process and revision.

    Raises:
        NoVersion: nothing was published.
    """
    if not calendar.revision:
        return spec_of(current_version(calendar, at=at)).standard_day_seconds
    days = _standard_days(calendar.pk, calendar.revision)
    ruling = [day for valid_from, day in days if valid_from <= to_epoch(at)]
    return ruling[-1] if ruling else days[0][1]


@lru_cache(maxsize=64)
def _standard_days(calendar_id: int, revision: int) -> tuple[tuple[int, int], ...]:  # noqa: ARG001 - a key
    versions = versions_of(Calendar(pk=calendar_id))
    return tuple((version.valid_from, version.spec.standard_day_seconds) for version in versions)


def _columns(spec: CalendarSpec) -> dict[str, object]:
    written = hours.calendar_to_json(spec)
    return {"zone": written["tz"], "week": written["week"], "overrides": written["overrides"]}


def _completed(spec: CalendarSpec, listed: Sequence[Holiday]) -> tuple[Holiday, ...]:
    """The rows by date, with one for each closed date that nobody listed; open ones count as struck out."""
    rows = {row.date: replace(row, is_struck=row.date not in spec.holidays) for row in listed}
    return tuple(rows.get(day) or Holiday(day, "") for day in sorted({*rows, *spec.holidays}))


# --- building -------------------------------------------------------------------------------------


def build(calendar: Calendar, *, at: datetime, ahead: timedelta = AHEAD) -> None:
    """Write the open intervals from two years before `at` until `ahead` after it.

    What was built stays within the horizon, however old: a clock may have waited for years. The revision
    changes, so that every process reads the intervals anew.

    Raises:
        NoVersion: nothing was published.
    """
    with transaction.atomic():
        locked = Calendar.objects.select_for_update().get(pk=calendar.pk)
        built_from = min(_midnight(at - BEHIND), locked.built_from or at)
        built_until = max(_midnight(at + ahead), locked.built_until or at)
        _rebuild(locked, built_from, built_until)
    _follow(calendar, locked)


def extend_horizon(*, at: datetime) -> int:
    """Build every calendar whose time ahead has shrunk, or whose zone data changed; returns how many."""
    data = hours.zone_data_version()
    short = Q(built_until__isnull=True) | Q(built_until__lt=at + AHEAD - SLACK)
    stale = Q(versions__in=CalendarVersion.objects.exclude(zone_data_version=data))
    due = Calendar.objects.filter(short | stale, versions__isnull=False).distinct()
    for calendar in due:
        build(calendar, at=at)
    return len(due)


def _rebuild(
    calendar: Calendar, built_from: datetime, built_until: datetime, *, since: datetime | None = None
) -> None:
    """Write the intervals anew; what lies well before `since` is as it was, and is left alone."""
    _list_new_holidays(calendar, built_until.year)
    versions = versions_of(calendar)
    if not versions:
        raise NoVersion(f"{calendar.key} has no version")
    open_time = Timeline.build(versions, to_epoch(built_from), to_epoch(built_until))
    changed = to_epoch(built_from if since is None else since - OVERHANG)
    calendar.intervals.filter(**({} if since is None else {"starts_at__gte": changed})).delete()
    CalendarInterval.objects.bulk_create(_intervals(calendar, open_time, since=changed), batch_size=2000)
    calendar.versions.update(zone_data_version=hours.zone_data_version())
    calendar.built_from, calendar.built_until = built_from, built_until
    # Drawn, not counted: a number that was rolled back is never given to other intervals.
    calendar.revision = 1 + randbelow(2**31 - 1)
    calendar.save(update_fields=["built_from", "built_until", "revision"])


def _list_new_holidays(calendar: Calendar, last_year: int) -> None:
    """Add the holidays of years that come into view; a year that was listed is never touched again."""
    until = last_year
    for version in calendar.versions.order_by("-valid_from"):
        _list_years(version, until)
        # Of an earlier version only what lies before the next one counts.
        until = min(until, version.valid_from.year + 1)


def _list_years(version: CalendarVersion, last_year: int) -> None:
    try:
        added = holidays.next_years(version, last_year)
    except UnknownHolidays as error:
        # A release that has forgotten the place must not stop the clocks; `check_calendars` says so too.
        logger.error("no holidays for coming years", calendar=version.calendar_id, reason=str(error))  # noqa: TRY400 - the sentence says it all
        return
    if added:
        holidays.take_in(version, added)
        version.save(update_fields=["holidays", "holiday_names", "holiday_origins"])


def _intervals(calendar: Calendar, open_time: Timeline, *, since: int) -> list[CalendarInterval]:
    return [
        CalendarInterval(
            calendar=calendar,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            business_date=date.fromordinal(span.business_date),
        )
        for span in open_time.spans()
        if span.starts_at >= since
    ]


def _midnight(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _follow(calendar: Calendar, built: Calendar) -> None:
    """Let the caller's row see what was written."""
    for field in ("built_from", "built_until", "revision"):
        setattr(calendar, field, getattr(built, field))


# --- asking ---------------------------------------------------------------------------------------


def timeline(calendar: Calendar) -> Timeline:
    """The calendar's open time as it was last built; read once a process and revision.

    Raises:
        OutOfHorizon: it was never built.
        NoVersion: nothing was published.
    """
    if calendar.built_from is None or calendar.built_until is None:
        raise OutOfHorizon(f"{calendar.key} was never built")
    return _timeline(calendar.pk, calendar.revision)


def reckon(calendar: Calendar, question: Callable[[Timeline], Answer], *, at: datetime) -> Answer:
    """Ask the calendar's open time; when the answer lies beyond what was built, build more and ask again.

    Raises:
        NeverOpen: there is no such open time, however late.
        OutOfHorizon: it would be a century away.
        NoVersion: nothing was published.
    """
    return reckon_on([calendar], lambda lines: question(lines[calendar.pk]), at=at)


def reckon_on(
    calendars: Sequence[Calendar], question: Callable[[Mapping[int, Timeline]], Answer], *, at: datetime
) -> Answer:
    """The same of several calendars at once; the question is given their open time by their numbers.

    Raises what `reckon` raises.
    """
    ahead = AHEAD
    for _ in range(TRIES):
        try:
            return question({calendar.pk: timeline(calendar) for calendar in calendars})
        except OutOfHorizon:
            if all(_reaches(calendar, at + ahead) for calendar in calendars):
                ahead *= 2
            for calendar in calendars:
                if not _reaches(calendar, at + ahead):
                    build(calendar, at=at, ahead=ahead)
    return question({calendar.pk: timeline(calendar) for calendar in calendars})


def _reaches(calendar: Calendar, moment: datetime) -> bool:
    return calendar.built_until is not None and calendar.built_until >= _midnight(moment)


def is_open(calendar: Calendar, *, at: datetime) -> bool:
    """Whether support is open at that instant: at opening yes, at closing no."""
    return reckon(calendar, lambda open_time: open_time.is_open(to_epoch(at)), at=at)


def next_opening(calendar: Calendar, *, at: datetime) -> datetime | None:
    """The first open instant from `at` on, `at` itself while open; None when it never opens again."""
    try:
        return from_epoch(reckon(calendar, lambda open_time: open_time.next_open(to_epoch(at)), at=at))
    except NeverOpen:
        return None


@lru_cache(maxsize=64)
def _timeline(calendar_id: int, revision: int) -> Timeline:  # noqa: ARG001 - the revision is the key
    calendar = Calendar.objects.get(pk=calendar_id)
    versions = versions_of(calendar)
    if not versions or calendar.built_from is None or calendar.built_until is None:
        raise NoVersion(f"{calendar.key} has no version")
    lo, hi = to_epoch(calendar.built_from), to_epoch(calendar.built_until)
    rows = calendar.intervals.filter(starts_at__gte=lo, ends_at__lte=hi).order_by("starts_at")
    return Timeline.from_spans(
        _spans(rows.values_list("starts_at", "ends_at", "business_date")),
        eras=hours.eras(versions),
        lo=lo,
        hi=hi,
        is_endless=_is_endless(versions, hi),
    )


def _spans(rows: Iterable[tuple[int, int, date]]) -> Iterable[tuple[int, int, int]]:
    return ((starts_at, ends_at, day.toordinal()) for starts_at, ends_at, day in rows)


def _is_endless(versions: Sequence[Version], hi: int) -> bool:
    # A date's hours may reach over the horizon: what is that close to it was cut away.
    return hours.opens_after(versions, hi - timedelta(days=3) // timedelta(seconds=1))

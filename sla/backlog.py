"""Backlog periods: declared ahead, ended early, never rewritten; they may excuse and never extend (D11)."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from sla import calendars
from sla.hours import Metric
from sla.models import BacklogPeriod, Calendar
from sla.refusing import Refusal
from sla.timekeeping import from_epoch, to_epoch

LOCALES: Final = ("en", "fr", "es", "pt-pt", "pt-br")
"""The languages in which customers must be told."""
EXCUSED: Final = (str(Metric.RESOLUTION),)
"""The promises that a period may excuse where nothing else is said."""
RETROACTIVE: Final = timedelta(hours=24)
AHEAD: Final = timedelta(days=366)
DAYS_WITHOUT_APPROVAL: Final = 5
LONGEST_TEXT: Final = 1_000
INSTANT: Final = timedelta(microseconds=1)

Scope = Mapping[str, Sequence[str]]
"""Lists of keys by kind, such as `{"plan": ["plus"]}`; sla does not read them."""


class BacklogRefused(Refusal):
    """A period that cannot be, with a sentence for whoever tried."""

    sentence = _("This backlog period is not possible.")


class EndsBeforeItBegins(BacklogRefused):
    sentence = _("A backlog period ends after it begins.")


class TooFarBack(BacklogRefused):
    sentence = _("A backlog period cannot begin more than 24 hours ago.")


class TooFarAhead(BacklogRefused):
    sentence = _("A backlog period ends within a year from now.")


class TooLong(BacklogRefused):
    sentence = _("A backlog period of more than 5 business days needs the approval of an admin.")


class ReasonForBacklogMissing(BacklogRefused):
    sentence = _("Please give the reason.")


class UnknownMetric(BacklogRefused):
    sentence = _("Choose at least one promise from the list.")


class EmptyScope(BacklogRefused):
    sentence = _("A kind of scope without a key covers nobody; leave it out for everybody.")


class AlreadyOver(BacklogRefused):
    sentence = _("This backlog period is over already.")


class TextMissing(BacklogRefused):
    """A language in which customers would read nothing."""

    def __init__(self, locales: Iterable[str]) -> None:
        super().__init__()
        self.locales = tuple(locales)

    def __str__(self) -> str:
        return str(_("The public text is missing in: %s.")) % ", ".join(self.locales)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is declared: when (aware), for whom, why, and what customers read by language."""

    starts_at: datetime
    ends_at: datetime
    reason: str
    texts: Mapping[str, str]
    scope: Scope = field(default_factory=dict)
    metrics: Collection[str] = EXCUSED


def declare(
    draft: Draft, *, calendar: Calendar, by: str, at: datetime, approved_by: str = ""
) -> BacklogPeriod:
    """Put a backlog period in force from its start on; nothing of it can be changed afterwards.

    Whether the scope's keys mean anything, and who may approve a long one, knows the caller.

    Raises:
        BacklogRefused: see `check`.
    """
    check(draft, calendar=calendar, at=at, is_approved=bool(approved_by))
    return BacklogPeriod.objects.create(
        scope={kind: sorted(set(keys)) for kind, keys in draft.scope.items()},
        metrics=sorted(set(draft.metrics)),
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        reason=draft.reason.strip(),
        texts={locale: draft.texts[locale].strip() for locale in LOCALES},
        declared_by=by,
        declared_at=at,
        approved_by=approved_by,
    )


def check(draft: Draft, *, calendar: Calendar, at: datetime, is_approved: bool) -> None:
    """Say why a period cannot be declared, if it cannot.

    Its length is counted by `calendar`: it is long when it reaches into a sixth business day.

    Raises:
        EndsBeforeItBegins, TooFarBack, TooFarAhead, TooLong, ReasonForBacklogMissing.
        TextMissing, UnknownMetric, EmptyScope.
    """
    _check_times(draft, at=at)
    if not is_approved and _is_long(draft, calendar, at=at):
        raise TooLong
    if not draft.reason.strip():
        raise ReasonForBacklogMissing
    if not draft.metrics or not set(draft.metrics) <= set(Metric):
        raise UnknownMetric
    if not all(draft.scope.values()):
        raise EmptyScope
    missing = [locale for locale in LOCALES if not draft.texts.get(locale, "").strip()]
    if missing:
        raise TextMissing(missing)


def _check_times(draft: Draft, *, at: datetime) -> None:
    if draft.ends_at <= draft.starts_at or draft.ends_at <= at:
        raise EndsBeforeItBegins
    if draft.starts_at < at - RETROACTIVE:
        raise TooFarBack
    if draft.ends_at > at + AHEAD:
        raise TooFarAhead


def _is_long(draft: Draft, calendar: Calendar, *, at: datetime) -> bool:
    """Whether more business days are touched than may be; where the calendar cannot say, it is."""
    try:
        sixth = calendars.reckon(
            calendar,
            lambda open_time: open_time.next_open(
                open_time.from_next_opening(to_epoch(draft.starts_at), DAYS_WITHOUT_APPROVAL - 1)
            ),
            at=at,
        )
    except (LookupError, ValueError):  # never open, or nothing was published
        return True
    return draft.ends_at > from_epoch(sixth)


def end(period: BacklogPeriod, *, by: str, at: datetime) -> BacklogPeriod:
    """End a period early: whatever is received or missed from then on is not covered by it (TL-03).

    One that has not begun is withdrawn. It stays on record either way.

    Raises:
        AlreadyOver: it has ended, by itself or early.
    """
    with transaction.atomic():
        row = BacklogPeriod.objects.select_for_update().get(pk=period.pk)
        if row.until <= at or row.ended_at is not None:
            raise AlreadyOver
        row.ended_at, row.ended_by = max(at, row.starts_at), by
        row.save(update_fields=["ended_at", "ended_by"])
    period.refresh_from_db()
    return period


def in_force(*, since: datetime, until: datetime) -> list[BacklogPeriod]:
    """Every period with a part between two instants, earliest first."""
    begun = BacklogPeriod.objects.filter(starts_at__lt=until)
    known = begun.annotate(over=Coalesce("ended_at", "ends_at"))
    touching = known.filter(over__gt=since).filter(over__gt=F("starts_at"))  # a withdrawn one never was
    return list(touching.order_by("starts_at", "pk"))


def covering(*, at: datetime, keys: Mapping[str, str], metric: str = "") -> list[BacklogPeriod]:
    """The periods in force at that instant (`starts_at <= at < until`) in whose scope `keys` fall.

    `keys` says of each kind which key holds, such as `{"plan": "plus", "priority": "low"}`. With `metric`
    only those that may excuse it.
    """
    now = in_force(since=at, until=at + INSTANT)
    return [one for one in now if covers(one, keys) and (not metric or metric in one.metrics)]


def covers(period: BacklogPeriod, keys: Mapping[str, str]) -> bool:
    """Whether somebody with those keys falls into the period's scope; an empty scope is everybody's."""
    return all(keys.get(kind, "") in wanted for kind, wanted in period.scope.items())


def spans(periods: Iterable[BacklogPeriod]) -> list[tuple[datetime, datetime]]:
    """When any of them was in force, as disjoint spans in order: overlapping periods count once (TL-02)."""
    return list(_merged(sorted((one.starts_at, one.until) for one in periods if one.until > one.starts_at)))


def _merged(ordered: Iterable[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    begin: datetime | None = None
    end: datetime | None = None
    for starts_at, ends_at in ordered:
        if begin is None or end is None or starts_at > end:
            if begin is not None and end is not None:
                yield begin, end
            begin, end = starts_at, ends_at
        else:
            end = max(end, ends_at)
    if begin is not None and end is not None:
        yield begin, end

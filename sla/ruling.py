"""Which version of what ruled a set of clocks, and what happened to it: for agents and auditors (AU-02).

Who did something and why is told here and nowhere else, so that what customers are told cannot contain it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sla.hours import EventKind
from sla.models import CalendarVersion, Clock, ClockEvent, ClockSet
from sla.timekeeping import from_epoch

SENTENCES: Final[Mapping[str, Any]] = {
    EventKind.CREATED: _("received, priority %(priority)s"),
    EventKind.PRIORITY: _("priority %(priority)s: its targets count from the original start"),
    EventKind.RETARGET: _("held to other terms from the original start"),
    EventKind.PAUSE: _("waiting for the customer"),
    EventKind.RESUME: _("no longer waiting for the customer"),
    EventKind.EXCLUDE: _("excluded from the goals"),
    EventKind.INCLUDE: _("no longer excluded"),
    EventKind.DEFER: _("the resolution waits until it is validated"),
    EventKind.BEGIN: _("validated: the resolution counts from here"),
    EventKind.AGENT_REPLY: _("answered"),
    EventKind.REPLY_REVOKED: _("the answer never arrived or was taken back"),
    EventKind.CUSTOMER_REPLY: _("the customer wrote"),
    EventKind.BOT_REPLY: _("an automatic answer, which stops no clock"),
    EventKind.INTERNAL_NOTE: _("an internal note, which stops no clock"),
    EventKind.SOLVE: _("solved"),
    EventKind.REOPEN: _("reopened"),
    EventKind.ABSORB: _("took over an older one that waited longer"),
    EventKind.MERGED: _("merged into another"),
    EventKind.QUOTE_OWED: _("a quote is owed"),
    EventKind.QUOTE_SENT: _("the quote was sent"),
    EventKind.QUOTE_WITHDRAWN: _("the quote was withdrawn"),
    EventKind.CANCEL: _("cancelled"),
    EventKind.MANUAL_DUE: _("%(metric)s: due time set by hand to %(due)s"),
    EventKind.EXCUSE: _("%(metric)s: the miss is excused, %(cause)s"),
    EventKind.MISSED: _("%(metric)s missed"),
    EventKind.CORRECT: _("corrected: “%(wrong)s” of %(wrong_at)s %(instead)s"),
}
"""What each kind of event says; another kind is named as it is stored."""
GIVEN_BACK: Final = _("%(metric)s: the computed due time stands again")


@dataclass(frozen=True, slots=True)
class PolicyRuling:
    """The version of a policy by which a set of clocks counts (R2)."""

    key: str
    name: str
    number: int
    label: str
    valid_from: datetime
    day_mode: str


@dataclass(frozen=True, slots=True)
class CalendarRuling:
    """A version of a calendar, and the zone data with which its open time was built last (OP-03)."""

    key: str
    name: str
    valid_from: datetime
    zone: str
    zone_data_version: str


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to a set of clocks, by whom and why."""

    at: datetime
    kind: str
    by: str
    """The actor as text, such as `account:7`."""
    sentence: str
    reason: str


def of_policy(clock_set: ClockSet) -> PolicyRuling:
    """The version that the set was started under; `policy_version__policy` should be at hand."""
    version = clock_set.policy_version
    return PolicyRuling(
        key=version.policy.key,
        name=version.policy.name,
        number=version.number,
        label=version.label,
        valid_from=version.valid_from,
        day_mode=version.day_mode,
    )


def of_calendar(row: CalendarVersion) -> CalendarRuling:
    """A calendar's version; `calendar` should be at hand."""
    return CalendarRuling(
        key=row.calendar.key,
        name=row.calendar.name,
        valid_from=row.valid_from,
        zone=row.zone,
        zone_data_version=row.zone_data_version,
    )


def happened(clock_set: ClockSet) -> list[Happened]:
    """What happened to the set, in order; one statement."""
    events = list(clock_set.events.order_by("at", "id"))
    by_key = {event.pk: event for event in events}
    return [_happened(event, by_key) for event in events]


def by_hand(clock: Clock, events: Iterable[ClockEvent]) -> Iterator[str]:
    """Who decided otherwise about a clock, in sentences with the reason: a due time by hand, an excuse."""
    of_it = [event for event in events if event.metric == clock.metric and event.reason]
    if clock.is_manual:
        yield from _last(of_it, EventKind.MANUAL_DUE, gettext("Set by hand: %(reason)s"))
    if clock.excused_at is not None:
        mine = [event for event in of_it if event.cycle == clock.cycle]
        yield from _last(mine, EventKind.EXCUSE, gettext("Excused, %(cause)s: %(reason)s"))


def _last(events: Sequence[ClockEvent], kind: EventKind, words: str) -> Iterator[str]:
    for event in [event for event in events if event.kind == kind][-1:]:
        yield words % {"reason": event.reason, "cause": event.facts.get("cause", "")}


def _happened(event: ClockEvent, by_key: Mapping[int, ClockEvent]) -> Happened:
    return Happened(
        at=event.at, kind=event.kind, by=event.by, sentence=_sentence(event, by_key), reason=event.reason
    )


def _sentence(event: ClockEvent, by_key: Mapping[int, ClockEvent]) -> str:
    words = SENTENCES.get(event.kind)
    if words is None:
        return event.kind.replace("_", " ")
    due = event.facts.get("due")
    if event.kind == EventKind.MANUAL_DUE and due is None:
        words = GIVEN_BACK
    return str(words) % {
        "priority": event.priority or gettext("none"),
        "metric": str(event.get_metric_display()),
        "due": "" if due is None else _moment(from_epoch(due)),
        "cause": event.facts.get("cause", ""),
        **_corrected(event, by_key),
    }


def _corrected(event: ClockEvent, by_key: Mapping[int, ClockEvent]) -> Mapping[str, str]:
    """Of a correction the event that was wrong, named as it was told, and what is so instead."""
    wrong = by_key.get(event.facts.get("corrects", 0))
    if wrong is None or wrong is event:
        return {"wrong": "–", "wrong_at": "–", "instead": ""}
    happened_at = event.facts.get("happened_at")
    instead = (
        gettext("never happened")
        if happened_at is None
        else gettext("happened %(moment)s") % {"moment": _moment(from_epoch(happened_at))}
    )
    return {"wrong": _sentence(wrong, {}), "wrong_at": _moment(wrong.at), "instead": instead}


# --- in words -------------------------------------------------------------------------------------


def policy_words(ruling: PolicyRuling) -> str:
    """Such as "Support policy v2 (Faster answers), in force from 2026-01-01 00:00 UTC"."""
    label = f" ({ruling.label})" if ruling.label else ""
    facts = {"version": f"{ruling.name} v{ruling.number}{label}", "moment": _moment(ruling.valid_from)}
    return gettext("%(version)s, in force from %(moment)s") % facts


def calendar_words(ruling: CalendarRuling) -> str:
    """Such as "Lisbon 9-21 from 2025-01-01 00:00 UTC, Europe/Lisbon, zone data 2026a"."""
    facts = {
        "calendar": ruling.name,
        "moment": _moment(ruling.valid_from),
        "zone": ruling.zone,
        "data": ruling.zone_data_version or gettext("unknown"),
    }
    return gettext("%(calendar)s from %(moment)s, %(zone)s, zone data %(data)s") % facts


def happened_words(events: list[Happened]) -> Iterator[str]:
    """A line each: "2026-03-10 12:00 UTC: waiting for the customer, account:7 (reason)"."""
    for event in events:
        reason = f" ({event.reason})" if event.reason else ""
        yield f"{_moment(event.at)}: {event.sentence}, {event.by}{reason}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"

"""The kinds of request that rules know, and turning a ticket into another (AG-20).

What a kind means for clocks and quota is in its row: a desk may say otherwise than these beginnings.
"""

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from contracts import quota, words
from contracts.models import Account
from helpdesk import actors, entitlement, history, lifecycle, written
from helpdesk.models import BugReport, RequestType, Ticket
from helpdesk.refusals import Refused, WrongStatus
from helpdesk.working import touch, working_on
from sla.hours import EventKind

Kind = RequestType.Kind
Start = RequestType.ClockStart

BEGINNINGS: Final[dict[str, dict[str, Any]]] = {
    Kind.SUPPORT: {"key": "support", "name": "Support"},
    Kind.BUG: {
        "key": "bug",
        "name": "Bug",
        "clock_start": Start.VALIDATED,
        "gives_back_when_validated": True,
    },
    Kind.FEEDBACK: {"key": "feedback", "name": "Feedback", "takes_quota": False, "runs_clocks": False},
    Kind.TECHNICAL: {
        "key": "technical_service",
        "name": "Technical service",
        "takes_quota": False,
        "runs_clocks": False,
    },
}
"""What a desk that never named such a kind gets when it is first needed."""
CHOSEN: Final = (Kind.SUPPORT, Kind.BUG, Kind.FEEDBACK)
"""What an agent turns a ticket into here; a technical service is `helpdesk.technical`'s."""
LONGEST_STEPS: Final = 5000


class NoSuchKind(Refused):
    sentence = _("There is no such kind of request.")


class IsTechnical(Refused):
    sentence = _("A technical service is first turned back into support.")


class NotABug(Refused):
    sentence = _("Only what is a bug can be validated.")


class StepsMissing(Refused):
    sentence = _("Say step by step how the bug is seen; without that it cannot be validated.")


def of_kind(kind: str) -> RequestType:
    """The request type of that kind; of several kinds of support the default."""
    known = RequestType.objects.filter(kind=kind).order_by("-is_default", "pk").first()
    if known is not None:
        return known
    given = BEGINNINGS[kind]
    return RequestType.objects.get_or_create(key=given["key"], defaults={**given, "kind": kind})[0]


def convert(
    ticket: Ticket, *, to: str, reason: str, by: Account, at: datetime, version: int | None = None
) -> Ticket:
    """Turn a ticket into support, a bug or feedback; into what it is already, nothing changes.

    1. Its clocks follow: feedback has none, a bug's resolution waits until it is validated, what is support
       again goes on with what was left.
    2. So does the quota: what takes none gives its unit back to its own period, what takes one again is
       charged there again.

    Raises:
        NoSuchKind, ReasonMissing, IsTechnical, WrongStatus, ChangedMeanwhile.
    """
    if to not in CHOSEN:
        raise NoSuchKind
    with working_on(ticket, version) as row:
        if row.request_type.kind == to:
            return ticket
        why = written.reason(reason)
        if row.is_technical:
            raise IsTechnical
        if not row.is_live:
            raise WrongStatus
        become(row, of_kind(to), at=at, by=actors.account(by), reason=why)
    return ticket


def become(row: Ticket, new: RequestType, *, at: datetime, by: str, reason: str) -> bool:
    """Give a locked ticket another type, its clocks and its charge with it; says whether a unit came back."""
    before = row.request_type
    row.request_type = new
    touch(row, "request_type", at=at)
    lifecycle.tick(row, _clocks_follow(row, new), at=at, by=by)
    came_back = _quota_follows(row, new, at=at, by=by, reason=reason)
    history.note(row, "converted", at=at, by=by, before=before.name, after=new.name, reason=reason)
    return came_back


def _clocks_follow(row: Ticket, new: RequestType) -> EventKind:
    if not new.runs_clocks:
        return EventKind.EXCLUDE
    waits = new.clock_start == Start.VALIDATED and not BugReport.objects.filter(ticket=row).exists()
    return EventKind.DEFER if waits else EventKind.INCLUDE


def _quota_follows(row: Ticket, new: RequestType, *, at: datetime, by: str, reason: str) -> bool:
    if not new.takes_quota:
        return quota.give_back(ticket_uid=row.uid, at=at, by=by, reason=new.key)
    is_free = new.gives_back_when_validated and BugReport.objects.filter(ticket=row).exists()
    if not is_free and quota.take_again(ticket_uid=row.uid, at=at, by=by, reason=reason):
        entitlement.follow_charge(row, at=at)
    return False


def validate(
    ticket: Ticket, *, steps: str, by: Account, at: datetime, version: int | None = None
) -> BugReport:
    """Confirm a bug: its clock begins, and its unit goes back (D13). Validated twice it is the same.

    Raises:
        NotABug, StepsMissing, WrongStatus, ChangedMeanwhile.
    """
    how = words.tidied(steps, LONGEST_STEPS)
    with working_on(ticket, version) as row:
        if row.request_type.kind != Kind.BUG:
            raise NotABug
        known = BugReport.objects.filter(ticket=row).first()
        if known is not None:
            return known
        if not how:
            raise StepsMissing
        if not row.is_live:
            raise WrongStatus
        actor = actors.account(by)
        report = BugReport.objects.create(ticket=row, steps=how, validated_at=at, validated_by=actor)
        lifecycle.tick(row, EventKind.BEGIN, at=at, by=actor)
        if row.request_type.gives_back_when_validated:
            quota.give_back(ticket_uid=row.uid, at=at, by=actor, reason="confirmed bug")
        history.note(row, "validated", at=at, by=actor)
        touch(row, at=at)
    return report

"""Backlog periods as the desk means them: whom a scope names, who may declare one, which misses it explains.

`sla.backlog` holds the periods and reads no key of their scopes; what the keys mean is said here.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from contracts.models import Account, Plan
from helpdesk import actors, clockwork
from helpdesk.models import Team, Ticket
from helpdesk.refusals import Refused
from sla import backlog, excuses
from sla.backlog import BacklogRefused, Draft
from sla.excuses import ExcuseRefused
from sla.models import BacklogPeriod, Calendar, Clock, Excuse, PolicyVersion, Priority

DECLARES: Final = "sla.add_backlogperiod"
"""The right of those who declare and end periods: leads have it."""
APPROVES: Final = "sla.add_policyversion"
"""The right of those who may declare a long one: whoever makes what is promised."""

BACK: Final = timedelta(days=7)
"""How long after a period its misses are still looked for: a sweep may have been away."""
PAGE: Final = 500
BY: Final = actors.system("backlog")

KINDS: Final[Mapping[str, Callable[[], Iterable[str]]]] = {
    "plan": lambda: Plan.objects.values_list("key", flat=True),
    "priority": lambda: Priority.objects.values_list("key", flat=True),
    "channel": lambda: Ticket.Channel.values,
    "team": lambda: Team.objects.values_list("key", flat=True),
}
"""What a scope may name, and the keys that there are."""
COLUMNS: Final[Mapping[str, str]] = {
    "plan": "plan_version__plan__key__in",
    "priority": "priority__key__in",
    "channel": "channel__in",
    "team": "team__key__in",
}
"""How tickets are found by each of them."""


class UnknownScope(Refused):
    """A key of the scope that names nothing."""

    def __init__(self, kind: str, keys: Collection[str]) -> None:
        super().__init__()
        self.kind, self.keys = kind, tuple(sorted(keys))

    def __str__(self) -> str:
        facts = {"kind": self.kind, "keys": ", ".join(self.keys)}
        return str(_("The scope names what does not exist: %(kind)s %(keys)s.")) % facts


class NoCalendar(Refused):
    sentence = _("No policy is published, so nobody knows what a business day is.")


class PeriodRefused(Refused):
    """The rule of the periods said no."""

    def __init__(self, why: BacklogRefused) -> None:
        super().__init__()
        self._why = why

    def __str__(self) -> str:
        return str(self._why)


# --- declared and ended -------------------------------------------------------------------------


def check(draft: Draft, *, by: Account, at: datetime) -> Calendar:
    """Say why somebody cannot declare a period, if they cannot; gives the calendar that counts its days.

    Raises:
        LeadsOnly, UnknownScope, NoCalendar, PeriodRefused.
    """
    if not by.has_perm(DECLARES):
        raise clockwork.LeadsOnly
    _check_scope(draft.scope)
    calendar = _calendar()
    try:
        backlog.check(draft, calendar=calendar, at=at, is_approved=by.has_perm(APPROVES))
    except BacklogRefused as refusal:
        raise PeriodRefused(refusal) from refusal
    return calendar


def declare(draft: Draft, *, by: Account, at: datetime) -> BacklogPeriod:
    """Declare a backlog period (TL-02): a lead does; one of more than 5 business days takes an admin.

    Raises:
        LeadsOnly, UnknownScope, NoCalendar, PeriodRefused.
    """
    calendar = check(draft, by=by, at=at)
    approved_by = actors.account(by) if by.has_perm(APPROVES) else ""
    return backlog.declare(draft, calendar=calendar, by=actors.account(by), at=at, approved_by=approved_by)


def end(period: BacklogPeriod, *, by: Account, at: datetime) -> BacklogPeriod:
    """End a period early (TL-03); it stays on record.

    Raises:
        LeadsOnly, PeriodRefused.
    """
    if not by.has_perm(DECLARES):
        raise clockwork.LeadsOnly
    try:
        return backlog.end(period, by=actors.account(by), at=at)
    except BacklogRefused as refusal:
        raise PeriodRefused(refusal) from refusal


def _check_scope(scope: backlog.Scope) -> None:
    for kind, keys in scope.items():
        known = set(KINDS[kind]()) if kind in KINDS else set()
        unknown = set(keys) - known
        if unknown or kind not in KINDS:
            raise UnknownScope(kind, unknown)


def _calendar() -> Calendar:
    """The calendar of the desk's own policy, else that of any policy in force."""
    active = PolicyVersion.objects.filter(status=PolicyVersion.Status.ACTIVE).select_related("calendar")
    named = active.filter(policy__key=settings.SUPPORT_POLICY).first()
    version = named or active.order_by("policy").first()
    if version is None:
        raise NoCalendar
    return version.calendar


# --- whom they cover ----------------------------------------------------------------------------


def covering(ticket: Ticket, *, at: datetime, metric: str = "") -> list[BacklogPeriod]:
    """The periods in force at that instant that cover a ticket."""
    return backlog.covering(at=at, keys=ticket.scope_keys, metric=metric)


# --- misses that they explain -------------------------------------------------------------------


def explain_misses(*, at: datetime, limit: int = PAGE) -> int:
    """Propose an excuse for each miss that fell into a period; gives how many were proposed.

    A lead decides on them as on any other. Safe to run twice or beside itself: of one clock there is one open
    proposal, and what was proposed for a backlog once is not proposed again, whatever became of it. A period
    that was declared after the miss makes a proposal after the fact.
    """
    done = 0
    for period in sorted(backlog.in_force(since=at - BACK, until=at), key=lambda one: one.declared_at):
        done += _explain_misses_of(period, at=at, limit=limit - done)
    return done


def _explain_misses_of(period: BacklogPeriod, *, at: datetime, limit: int) -> int:
    missed = list(_missed_in(period)[:limit])
    tickets = {
        ticket.clock_set_id: ticket
        for ticket in Ticket.objects.filter(clock_set__in={clock.clock_set_id for clock in missed})
    }
    return sum(_propose(clock, tickets[clock.clock_set_id], period, at=at) for clock in missed)


def _missed_in(period: BacklogPeriod) -> QuerySet[Clock]:
    """The clocks of tickets in its scope that were missed in it, and of which no excuse was made for it."""
    within = {COLUMNS[kind]: keys for kind, keys in period.scope.items()}
    settled = Excuse.objects.filter(
        Q(cause=Excuse.Cause.BACKLOG) | ~Q(state=Excuse.State.REFUSED), clock=OuterRef("pk")
    )
    missed = Clock.objects.filter(
        ~Exists(settled),
        Q(clock_set__is_binding=False) | Q(clock_set__allows_excuses=True),
        breached_at__gte=period.starts_at,
        breached_at__lt=period.until,
        metric__in=period.metrics,
        clock_set__in=Ticket.objects.filter(**within).values("clock_set"),
    )
    return missed.select_related("clock_set").order_by("breached_at", "pk")


def _propose(clock: Clock, ticket: Ticket, period: BacklogPeriod, *, at: datetime) -> bool:
    is_late = clock.breached_at is not None and period.declared_at > clock.breached_at
    try:
        excuse = excuses.propose(
            clock, cause=Excuse.Cause.BACKLOG, text=period.reason, by=BY, at=at, after_the_fact=is_late
        )
    except ExcuseRefused:  # somebody proposed or decided meanwhile
        return False
    clockwork.note_proposal(ticket, excuse)
    return True

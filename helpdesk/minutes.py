"""Minutes of work on a ticket whose contract counts minutes: taken as they are worked, and given back."""

from datetime import datetime
from typing import Final

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from contracts import quota, quota_terms
from contracts.models import Account, Charge, QuotaMetric
from helpdesk import actors, history, written
from helpdesk.models import Ticket
from helpdesk.refusals import Refused, WrongStatus
from helpdesk.working import touch, working_on

MOST: Final = 24 * 60
LONGEST_REASON: Final = 200
NOBODYS: Final = frozenset({Ticket.Status.SPAM, Ticket.Status.MERGED})


class NotByTheMinute(Refused):
    sentence = _("The contract of this ticket does not count minutes.")


class TooManyMinutes(Refused):
    sentence = _("Between 1 and 1440 minutes are logged at once.")


class NothingLogged(Refused):
    sentence = _("No minutes of this ticket are in the ledger.")


def log(
    ticket: Ticket, *, minutes: int, reason: str, by: Account, at: datetime, version: int | None = None
) -> Ticket:
    """Take so many minutes from the period of `at`, with what was done; beyond the quota they count as over.

    Raises:
        TooManyMinutes, ReasonMissing, NotByTheMinute, ChangedMeanwhile.
        WrongStatus: spam and merged tickets take nothing.
    """
    if not 1 <= minutes <= MOST:
        raise TooManyMinutes
    done, actor = written.reason(reason)[:LONGEST_REASON], actors.account(by)
    with working_on(ticket, version) as row:
        if row.status in NOBODYS:
            raise WrongStatus
        if row.contract is None or not are_counted(row, at=at):
            raise NotByTheMinute
        quota.charge_minutes(row.contract, ticket_uid=row.uid, minutes=minutes, at=at, by=actor, reason=done)
        touch(row, at=at)
        history.note(row, "minutes_logged", at=at, by=actor, minutes=minutes, reason=done)
    return ticket


def give_back(
    ticket: Ticket, *, reason: str, by: Account, at: datetime, version: int | None = None
) -> Ticket:
    """Give all minutes of a ticket back to the periods from which they were taken.

    Raises:
        ReasonMissing, NotByTheMinute, NothingLogged, ChangedMeanwhile.
    """
    why, actor = written.reason(reason), actors.account(by)
    with working_on(ticket, version) as row:
        if not are_counted(row, at=at):
            raise NotByTheMinute
        if not quota.give_back(ticket_uid=row.uid, at=at, by=actor, reason=why):
            raise NothingLogged
        touch(row, at=at)
        history.note(row, "minutes_given_back", at=at, by=actor, reason=why)
    return ticket


def are_counted(ticket: Ticket, *, at: datetime) -> bool:
    """Whether the ticket's contract counts minutes at that instant, for requests of its kind."""
    if ticket.contract is None or not ticket.request_type.takes_quota:
        return False
    return quota_terms.terms_of(ticket.contract, at=at).metric == QuotaMetric.MINUTES


def logged(ticket: Ticket) -> int:
    """The minutes that the ticket has taken and not given back."""
    entries = Charge.objects.filter(ticket_uid=ticket.uid)
    return -(entries.aggregate(units=Sum("units"))["units"] or 0)

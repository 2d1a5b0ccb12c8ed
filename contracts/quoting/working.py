"""Work on an accepted quote: begun when all leave is given, logged, ended (AG-12, CM-10, AG-21)."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Sum

from contracts import words
from contracts.models import Authorisation, Quote, WorkLog
from contracts.models.service import Unit
from contracts.quoting import drafting, refusals, restoring
from contracts.quoting.deciding import Answerer, may_decide

State = Quote.State

LONGEST: Final = 500
MOST: Final = Decimal(10) ** 6
HUNDRED: Final = Decimal(100)


def begin(quote: Quote, *, by: str, at: datetime) -> Quote:
    """Begin the work on an accepted quote; the same again changes nothing.

    Raises:
        NotAgreed
        NotAuthorised: the category works on the customer's data, and nobody of theirs has authorised it.
        NotCompared, WasErased: the category restores data.
    """
    with transaction.atomic():
        row = drafting.locked(quote)
        if row.state == State.IN_WORK:
            return row
        if row.state != State.ACCEPTED:
            raise refusals.NotAgreed
        if row.category.needs_authorisation and not is_authorised(row):
            raise refusals.NotAuthorised
        if row.category.checks_erasure:
            restoring.require_clearance(row)
        drafting.move(row, State.IN_WORK, by=by, at=at)
    return row


def log(quote: Quote, *, quantity: Decimal, unit: str, note: str, by: str, at: datetime) -> WorkLog:
    """Log work on a quote that is worked on; below 0 it corrects an earlier entry.

    Raises:
        NotAgreed: work has not begun, or is over.
        NothingLogged
        TooMuchWork: with it the quoted quantity of that unit is exceeded by more than agreed.
    """
    done = words.tidied(note, LONGEST)
    is_number = quantity.is_finite() and quantity != 0 and abs(quantity) < MOST
    if not done or not is_number or unit not in Unit.values:
        raise refusals.NothingLogged
    with transaction.atomic():
        row = drafting.locked(quote)
        if row.state != State.IN_WORK:
            raise refusals.NotAgreed
        if quantity > 0 and logged(row, unit) + quantity > allowed(row, unit):
            raise refusals.TooMuchWork
        return WorkLog.objects.create(quote=row, quantity=quantity, unit=unit, note=done, by=by, at=at)


def quoted(quote: Quote, unit: str) -> Decimal:
    """How much of a unit the quote's lines name."""
    return quote.lines.filter(unit=unit).aggregate(sum=Sum("quantity"))["sum"] or Decimal(0)


def allowed(quote: Quote, unit: str) -> Decimal:
    """How much of it may be worked before a new version is needed."""
    return quoted(quote, unit) * (HUNDRED + quote.overrun_percent) / HUNDRED


def logged(quote: Quote, unit: str) -> Decimal:
    """How much of it was worked, under this version and those that it took the place of."""
    work = WorkLog.objects.filter(quote__number=quote.number, unit=unit)
    return work.aggregate(sum=Sum("quantity"))["sum"] or Decimal(0)


def finish(quote: Quote, *, by: str, at: datetime) -> Quote:
    """Say that the work is done; the same again changes nothing.

    Raises:
        NotAgreed
    """
    with transaction.atomic():
        row = drafting.locked(quote)
        if row.state == State.DONE:
            return row
        if row.state != State.IN_WORK:
            raise refusals.NotAgreed
        drafting.end(row, State.DONE, by=by, at=at)
    return row


# --- leave of the customer ----------------------------------------------------------------------


def ask_leave(quote: Quote, *, purpose: str, scope: str, by: str, at: datetime) -> Authorisation:
    """Ask the customer for leave to work on their data: what for, and how far.

    Raises:
        ReasonMissing: purpose or scope is empty.
        NotAgreed: the quote is over.
    """
    what_for, how_far = words.tidied(purpose, LONGEST), words.tidied(scope, LONGEST)
    if not what_for or not how_far:
        raise refusals.ReasonMissing
    with transaction.atomic():
        row = drafting.locked(quote)
        if row.ended_at is not None or not row.was_sent:
            raise refusals.NotAgreed
        return Authorisation.objects.create(
            quote=row, purpose=what_for, scope=how_far, asked_at=at, asked_by=by
        )


def give_leave(asked: Authorisation, *, by: Answerer, at: datetime) -> Authorisation:
    """A manager of the customer gives leave; the same again changes nothing.

    Raises:
        NotYoursToDecide
    """
    with transaction.atomic():
        row = Authorisation.objects.select_for_update(of=("self",)).select_related("quote").get(pk=asked.pk)
        if not may_decide(by.person, row.quote):
            raise refusals.NotYoursToDecide
        if row.approved_at is None:
            row.approver, row.approved_at, row.ip = by.person, at, by.ip
            row.save(update_fields=["approver", "approved_at", "ip"])
    return row


def is_authorised(quote: Quote) -> bool:
    """Whether leave was asked and every question was answered; a new version needs none anew."""
    asked = Authorisation.objects.filter(quote__number=quote.number).exclude(quote__number="")
    return asked.exists() and not asked.filter(approved_at=None).exists()

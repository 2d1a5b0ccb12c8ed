"""What is not sent yet: a draft is opened for a ticket, written, revised, withdrawn (AG-11)."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

from contracts import money, words
from contracts.models import Contract, Organisation, Quote, QuoteLine, QuoteStep, ServiceCategory
from contracts.models.service import PricedLine, Unit, text_in
from contracts.quoting import refusals
from sla.hours.zone import zone as zone_named

State = Quote.State

VALID_DAYS: Final = 30
MOST_LINES: Final = 100
LONGEST_DESCRIPTION: Final = 300
HIGHEST: Final = Decimal(10) ** 7
HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line as it is written; money is exact."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    unit: str = Unit.HOUR
    tax_percent: Decimal = Decimal(0)


def open_draft(
    *,
    ticket_uid: uuid.UUID,
    organisation: Organisation,
    contract: Contract | None,
    category: ServiceCategory,
    language: str,
    by: str,
    at: datetime,
) -> Quote:
    """A draft for a ticket, with the usual lines of its category; the one that there is, if there is one.

    Joins the caller's transaction; the caller holds the ticket's lock, so that two cannot open two.
    """
    known = of_ticket(ticket_uid)
    if known is not None and known.ended_at is None:
        return known
    zone = contract.zone if contract else organisation.zone
    with transaction.atomic(savepoint=False):
        quote = Quote.objects.create(
            ticket_uid=ticket_uid,
            organisation=organisation,
            contract=contract,
            category=category,
            language=language,
            zone=zone,
            currency=category.currency,
            valid_until=at.astimezone(zone_named(zone)).date() + timedelta(days=VALID_DAYS),
            opened_at=at,
            opened_by=by,
        )
        step(quote, by=by, at=at)
        usual = category.usual_lines.all()
        _keep_lines(quote, [_as_draft(line, text_in(line.descriptions, language)) for line in usual])
    return quote


def of_ticket(ticket_uid: uuid.UUID) -> Quote | None:
    """A ticket's quote: what is being decided or worked on, else the last."""
    rows = list(Quote.objects.filter(ticket_uid=ticket_uid).select_related("category").order_by("-pk"))
    live = [row for row in rows if row.ended_at is None]
    return next(iter([*live, *rows]), None)


def write(
    quote: Quote,
    *,
    lines: Sequence[LineDraft],
    currency: str,
    valid_until: date | None,
    conditions: str = "",
    overrun_percent: int | None = None,
    edition: int | None = None,
) -> Quote:
    """Write a draft anew: its lines and its terms. Where somebody else wrote meanwhile nothing is lost.

    Raises:
        NotADraft, EditedMeanwhile, BadCurrency, BadLine.
    """
    check_lines(lines)
    if currency not in money.known():
        raise refusals.BadCurrency
    with transaction.atomic():
        row = draft(quote, edition=edition)
        row.currency, row.valid_until = currency, valid_until
        row.conditions = words.tidied(conditions)
        row.overrun_percent = row.overrun_percent if overrun_percent is None else overrun_percent
        row.edition += 1
        row.save(update_fields=["currency", "valid_until", "conditions", "overrun_percent", "edition"])
        row.lines.all().delete()
        _keep_lines(row, lines)
    return row


def check_lines(lines: Sequence[LineDraft]) -> None:
    """Refuse what no reader could follow or pay.

    Raises:
        BadLine
    """
    if len(lines) > MOST_LINES or not all(_is_good(line) for line in lines):
        raise refusals.BadLine


def _is_good(line: LineDraft) -> bool:
    numbers = (line.quantity, line.unit_price, line.tax_percent)
    return (
        bool(line.description.strip())
        and line.unit in Unit.values
        and all(number.is_finite() for number in numbers)
        and 0 < line.quantity < HIGHEST
        and 0 <= line.unit_price < HIGHEST
        and 0 <= line.tax_percent <= HUNDRED
    )


def _keep_lines(quote: Quote, lines: Iterable[LineDraft]) -> None:
    QuoteLine.objects.bulk_create(
        QuoteLine(
            quote=quote,
            position=position,
            description=words.tidied(line.description, LONGEST_DESCRIPTION),
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
            tax_percent=line.tax_percent,
        )
        for position, line in enumerate(lines)
    )


def _as_draft(line: PricedLine, description: str) -> LineDraft:
    return LineDraft(description, line.quantity, line.unit_price, line.unit, line.tax_percent)


def revise(quote: Quote, *, by: str, at: datetime) -> Quote:
    """A draft of the next version, with what this one says; the one that there is, if there is one.

    What was sent stands until the next version is sent; what is worked on, until that is accepted.

    Raises:
        NotSent: only what a customer knows has versions.
    """
    with transaction.atomic():
        row = locked(quote)
        if not row.was_sent or row.state == State.DONE:
            raise refusals.NotSent
        waiting = Quote.objects.filter(ticket_uid=row.ticket_uid, state=State.DRAFT).first()
        if waiting is not None:
            return waiting
        last = Quote.objects.filter(number=row.number).order_by("-version").values_list("version", flat=True)
        copy = Quote.objects.create(
            number=row.number,
            version=last[0] + 1,
            **{name: getattr(row, name) for name in COPIED},
            opened_at=at,
            opened_by=by,
        )
        step(copy, by=by, at=at)
        _keep_lines(copy, [_as_draft(line, line.description) for line in row.lines.all()])
    return copy


COPIED: Final = (
    "ticket_uid", "organisation", "contract", "category", "language", "zone", "currency", "conditions",
    "overrun_percent",
)  # fmt: skip
"""What a next version says as the one before; until when it is valid is said anew."""


def withdraw(quote: Quote, *, by: str, at: datetime) -> bool:
    """Take a draft or a sent quote back; False when it was taken back already.

    Raises:
        IsDecided: the customer has answered, or it has expired.
    """
    with transaction.atomic():
        row = locked(quote)
        if row.state == State.WITHDRAWN:
            return False
        if row.state not in {State.DRAFT, State.SENT}:
            raise refusals.IsDecided
        end(row, State.WITHDRAWN, by=by, at=at)
    return True


# --- what the other rules need ------------------------------------------------------------------


def locked(quote: Quote) -> Quote:
    """The quote's row, locked until the transaction ends."""
    rows = Quote.objects.select_for_update(of=("self",)).select_related(
        "category", "organisation", "contract"
    )
    return rows.get(pk=quote.pk)


def draft(quote: Quote, *, edition: int | None = None) -> Quote:
    """The same, for a draft of which the caller read that edition.

    Raises:
        NotADraft, EditedMeanwhile.
    """
    row = locked(quote)
    if row.state != State.DRAFT:
        raise refusals.NotADraft
    if edition is not None and row.edition != edition:
        raise refusals.EditedMeanwhile
    return row


def move(row: Quote, state: State, *, by: str, at: datetime) -> None:
    """Bring a locked quote to another state on which something may follow."""
    row.state, row.reminds_at = state, None
    row.save(update_fields=["state", "reminds_at"])
    step(row, by=by, at=at)


def end(row: Quote, state: State, *, by: str, at: datetime) -> None:
    """Bring a locked quote to a state in which it stays."""
    row.state, row.ended_at, row.reminds_at = state, at, None
    row.save(update_fields=["state", "ended_at", "reminds_at"])
    step(row, by=by, at=at)


def step(row: Quote, *, by: str, at: datetime) -> None:
    """Keep who did something to a locked quote, and in which state it is since."""
    QuoteStep.objects.create(quote=row, state=row.state, by=by, at=at)

"""A draft becomes a quote: it gets its number, its totals and its document, and never changes again (R6)."""

import hashlib
from datetime import UTC, datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from contracts import money, notices
from contracts.models import Quote, QuoteDocument, QuoteSeries
from contracts.quoting import drafting, refusals
from sla.hours.zone import zone as zone_named

State = Quote.State

REMINDER: Final = timedelta(days=3)
"""How long before a quote expires its reader is reminded (AM-07)."""


def send(quote: Quote, *, by: str, at: datetime, edition: int | None = None) -> Quote:
    """Send a draft; the version before it that nobody has accepted is superseded.

    1. Check it, and sum it up.
    2. Draw its number, unless an earlier version had one: under the lock of its year's series, in this
       transaction, so that a number is neither skipped nor given twice.
    3. Make its document, which is what the customer gets and what its digest says.
    4. Leave a notice, so that the customer is told.

    Raises:
        NotADraft, EditedMeanwhile, NoLines, NoValidity, ValidInThePast.
    """
    with transaction.atomic():
        row = drafting.draft(quote, edition=edition)
        _check(row, at=at)
        _supersede(row, by=by, at=at)
        _freeze(row, by=by, at=at)
        _document(row, at=at)
        notices.quote(row, notices.QUOTE_SENT, at=at)
    return row


def _check(row: Quote, *, at: datetime) -> None:
    if not row.lines.exists():
        raise refusals.NoLines
    if row.valid_until is None:
        raise refusals.NoValidity
    if end_of(row) <= at:
        raise refusals.ValidInThePast


def end_of(quote: Quote) -> datetime:
    """The end of the last day on which a quote can be accepted, in its own zone."""
    if quote.valid_until is None:
        raise refusals.NoValidity
    midnight = datetime.combine(quote.valid_until + timedelta(days=1), time(), tzinfo=zone_named(quote.zone))
    return midnight.astimezone(UTC)


def _supersede(row: Quote, *, by: str, at: datetime) -> None:
    for earlier in Quote.objects.select_for_update(of=("self",)).filter(
        ticket_uid=row.ticket_uid, state=State.SENT
    ):
        drafting.end(earlier, State.SUPERSEDED, by=by, at=at)


def _freeze(row: Quote, *, by: str, at: datetime) -> None:
    amounts = money.sum_of(row.lines.all(), row.currency)
    row.number = row.number or _number(at.astimezone(zone_named(row.zone)).year)
    row.net, row.tax, row.total = amounts.net, amounts.tax, amounts.total
    row.state, row.sent_at, row.sent_by = State.SENT, at, by
    row.expires_at = end_of(row)
    reminds_at = row.expires_at - REMINDER
    row.reminds_at = reminds_at if reminds_at > at else None
    row.save()
    drafting.step(row, by=by, at=at)


def _number(year: int) -> str:
    QuoteSeries.objects.get_or_create(year=year)
    series = QuoteSeries.objects.select_for_update().get(year=year)
    QuoteSeries.objects.filter(pk=series.pk).update(last_number=F("last_number") + 1)
    return f"Q{year}-{series.last_number + 1:05d}"


def _document(row: Quote, *, at: datetime) -> None:
    from contracts.quoting import documents  # loads what draws pages, which only sending needs

    content = documents.pdf(row)
    QuoteDocument.objects.create(
        quote=row, content=content, sha256=hashlib.sha256(content).hexdigest(), made_at=at
    )

"""What billing made of an accepted quote: the number of its own document, written back once (D21, IN-07)."""

from datetime import datetime
from typing import Final

from django.db import transaction

from contracts import words
from contracts.models import Quote, QuoteDecision
from contracts.quoting import drafting, refusals

LONGEST: Final = 60


def note(quote: Quote, *, external_number: str, by: str, at: datetime) -> bool:
    """Note the number of the fiscal document; the same again changes nothing, and gives False.

    Raises:
        ReasonMissing: the number is empty.
        NotAgreed: the quote was never accepted.
        IsBilled: another number stands there.
    """
    number = words.in_one_line(external_number, LONGEST)
    if not number:
        raise refusals.ReasonMissing
    with transaction.atomic():
        row = drafting.locked(quote)
        if not QuoteDecision.objects.filter(quote=row, is_accepted=True).exists():
            raise refusals.NotAgreed
        if row.external_number == number:
            return False
        if row.external_number:
            raise refusals.IsBilled
        row.external_number = number
        row.save(update_fields=["external_number"])
        drafting.step(row, by=by, at=at)
    return True

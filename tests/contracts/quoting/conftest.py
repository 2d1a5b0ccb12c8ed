"""A quote for a ticket of Azenha's: two hours at 95 euros, and a flat rate."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracts.models import Quote, ServiceCategory
from contracts.quoting import drafting, sending
from contracts.quoting.drafting import LineDraft
from tests.cast import TUESDAY_10

LAST_DAY = date(2026, 4, 9)
NOON = TUESDAY_10 + timedelta(hours=2)
RUI = "account:1"

LINES = (
    LineDraft("Restore the list", Decimal(2), Decimal("95.00"), "hour", Decimal(23)),
    LineDraft("Report", Decimal(1), Decimal("33.335"), "flat", Decimal(23)),
)


@pytest.fixture
def category(db) -> ServiceCategory:
    return ServiceCategory.objects.get(key="bulk_updates")


@pytest.fixture
def draft(azenha, contract, category):
    """Makes a draft for a ticket."""

    def draft(ticket_uid=None, **given) -> Quote:
        quote = drafting.open_draft(
            ticket_uid=ticket_uid or uuid.uuid4(),
            organisation=azenha,
            contract=contract,
            category=category,
            language="en",
            by=RUI,
            at=TUESDAY_10,
        )
        said = {"lines": LINES, "currency": "EUR", "valid_until": LAST_DAY} | given
        return drafting.write(quote, **said)

    return draft


@pytest.fixture
def sent(draft) -> Quote:
    return sending.send(draft(), by=RUI, at=TUESDAY_10)

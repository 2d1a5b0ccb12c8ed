"""What programs are told: facts of a ticket and its quote, with no word of a customer in them."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from contracts import money
from contracts.models import Quote, QuoteLine
from helpdesk.models import OutboundMessage, Ticket, Webhook
from helpdesk.notifications import drafting, outbox
from sla.models import Alarm

STEP_REACHED = "clock.step_reached"
QUOTE_ACCEPTED = "quote.accepted"


def step_reached(ticket: Ticket, alarm: Alarm, *, webhook: str, at: datetime) -> None:
    """Tell the webhook of that key, once, that a clock reached a step of its ladder."""
    facts = {
        "ticket": {"number": ticket.pk, "uid": str(ticket.uid)},
        "metric": alarm.clock.metric,
        "step": alarm.step,
        "reached_at": alarm.rang_at.isoformat(),
        "due_at": alarm.due_at.isoformat(),
        "state": alarm.clock.state,
    }
    key = drafting.key("event", webhook, alarm.clock_id, alarm.step)
    outbox.put([_event(STEP_REACHED, facts, ticket=ticket, webhook=webhook, dedupe_key=key, at=at)])


def quote_accepted(ticket: Ticket, quote: Quote, *, at: datetime) -> None:
    """Tell every program that bills of a quote that was accepted, once (IN-07).

    Amounts are decimals in words, so that none becomes a float on the way. The program writes the number of
    its own document back (`/api/v1/billing/quotes/`, D21).
    """
    facts = _billed(ticket, quote)
    rows = [
        _event(
            QUOTE_ACCEPTED,
            facts,
            ticket=ticket,
            webhook=key,
            dedupe_key=drafting.key("event", QUOTE_ACCEPTED, key, quote.uid.hex),
            at=at,
        )
        for key in Webhook.objects.filter(is_active=True, gets_quotes=True).values_list("key", flat=True)
    ]
    outbox.put(rows)


def _billed(ticket: Ticket, quote: Quote) -> dict[str, Any]:
    return {
        "ticket": {"number": ticket.pk, "uid": str(ticket.uid)},
        "quote": {
            "uid": str(quote.uid),
            "number": quote.number,
            "version": quote.version,
            "organisation": quote.organisation.slug,
            "contract": quote.contract.reference if quote.contract else None,
            "service": quote.category.key,
            "currency": quote.currency,
            "net": _exact(quote.net, quote.currency),
            "tax": _exact(quote.tax, quote.currency),
            "total": _exact(quote.total, quote.currency),
            "accepted_at": quote.decision.at.isoformat(),
            "document_sha256": quote.decision.document_sha256,
            "lines": [_line(line, quote) for line in quote.lines.all()],
        },
    }


def _line(line: QuoteLine, quote: Quote) -> dict[str, str]:
    amounts = money.of_line(line, quote.currency)
    return {**line.written, "net": f"{amounts.net:f}", "tax": f"{amounts.tax:f}"}


def _exact(amount: Decimal | None, currency: str) -> str | None:
    return None if amount is None else f"{money.rounded(amount, currency):f}"


def _event(
    name: str, facts: dict[str, Any], *, ticket: Ticket, webhook: str, dedupe_key: str, at: datetime
) -> OutboundMessage:
    return outbox.draft(
        kind=OutboundMessage.Kind.EVENT,
        channel=OutboundMessage.Channel.WEBHOOK,
        to=webhook,
        subject=name,
        text=json.dumps({"event": name, **facts}),
        language="en",
        ticket=ticket,
        at=at,
        dedupe_key=dedupe_key,
    )

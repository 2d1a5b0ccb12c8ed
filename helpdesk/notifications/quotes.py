"""Tells customers and the desk what happened to a quote; reads the notices of `contracts.quoting`."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from contracts import money
from contracts.models import Address, Notice, Organisation, Quote
from helpdesk.models import OutboundMessage, Ticket
from helpdesk.notifications import drafting, links, moments, outbox, recipients
from helpdesk.notifications.recipient import Recipient

Kind = Notice.Kind

KINDS: Final = frozenset(
    {Kind.QUOTE_SENT, Kind.QUOTE_EXPIRING, Kind.QUOTE_ACCEPTED, Kind.QUOTE_DECLINED, Kind.QUOTE_EXPIRED}
)
TELLS_MANAGERS: Final = KINDS - {Kind.QUOTE_DECLINED}
TELLS_THE_DESK: Final = frozenset({Kind.QUOTE_ACCEPTED, Kind.QUOTE_DECLINED, Kind.QUOTE_EXPIRED})
SHOWN_OF_A_DIGEST: Final = 16


def speak(notice: Notice, *, at: datetime) -> int:
    """Put a notice of a quote into the outbox for whom it concerns, once; tells how many that are.

    Managers decide, so they are told of all but what they declined themselves; the requester is told that
    there is something to decide; the account owner and the ticket's agent are told what came of it.
    """
    quote = Quote.objects.select_related("organisation", "category", "contract").get(
        uid=notice.facts["quote"]
    )
    ticket = Ticket.objects.select_related("assignee", "requester__organisation").get(uid=quote.ticket_uid)
    rows = [
        _draft(notice, quote, ticket, reader, link, at=at) for reader, link in _readers(notice, quote, ticket)
    ]
    outbox.put(rows)
    return len(rows)


def _readers(notice: Notice, quote: Quote, ticket: Ticket) -> Iterator[tuple[Recipient, str]]:
    """Each reader once, with the link that opens for them."""
    told: set[str] = set()
    for reader, link in _all(notice, quote, ticket):
        if reader.to not in told:
            told.add(reader.to)
            yield reader, link


def _all(notice: Notice, quote: Quote, ticket: Ticket) -> Iterator[tuple[Recipient, str]]:
    if notice.kind in TELLS_MANAGERS:
        yield from (
            (manager, links.portal_quote(quote)) for manager in recipients.managers(quote.organisation)
        )
    if notice.kind == Kind.QUOTE_SENT:
        yield from ((one, links.portal_quote(quote)) for one in _requester(ticket))
    if notice.kind in TELLS_THE_DESK:
        yield from ((one, links.console_ticket(ticket)) for one in _desk(quote.organisation, ticket))


def _requester(ticket: Ticket) -> Iterator[Recipient]:
    return (
        recipients.of_person(address)
        for address in ticket.requester.addresses.filter(bounced_at=None, kind=Address.Kind.EMAIL)[:1]
    )


def _desk(organisation: Organisation, ticket: Ticket) -> Iterator[Recipient]:
    accounts = (organisation.account_owner, ticket.assignee)
    return (recipients.of_account(account) for account in accounts if account is not None)


def _draft(
    notice: Notice, quote: Quote, ticket: Ticket, reader: Recipient, link: str, *, at: datetime
) -> OutboundMessage:
    return drafting.draft(
        notice.kind,
        reader,
        kind=OutboundMessage.Kind.NOTICE,
        at=at,
        dedupe_key=drafting.key("notice", notice.pk, reader.to),
        ticket=ticket,
        facts={**_facts(quote, ticket, reader), **_answer(quote, reader), "link": link},
    )


def _facts(quote: Quote, ticket: Ticket, reader: Recipient) -> dict[str, Any]:
    return {
        "organisation": quote.organisation.name,
        "number": ticket.pk,
        "quote": str(quote),
        "category": quote.category.name_in(reader.language),
        "total": money.said(quote.total, quote.currency, reader.language) if quote.total is not None else "",
        "until": moments.said_to(reader, quote.last_instant, quote.zone),
    }


def _answer(quote: Quote, reader: Recipient) -> dict[str, Any]:
    """Who answered what and when, once somebody has."""
    decision = getattr(quote, "decision", None)
    if decision is None:
        return {"who": "", "when": "", "digest": "", "reason": ""}
    return {
        "who": decision.name_typed or str(decision.person),
        "when": moments.said_to(reader, decision.at, quote.zone),
        "digest": decision.document_sha256[:SHOWN_OF_A_DIGEST],
        "reason": decision.reason,
    }

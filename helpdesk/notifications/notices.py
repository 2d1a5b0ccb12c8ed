"""Tells managers and account owners what happened to their contracts and quotes.

Which facts a notice holds is said in `contracts.notices`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from contracts import money
from contracts.models import Notice, OverQuota
from helpdesk.models import OutboundMessage, Ticket
from helpdesk.notifications import drafting, links, moments, outbox, quotes, recipients
from helpdesk.notifications.recipient import Recipient

ALL_USED: Final = 100
"""Percent."""

Kind = Notice.Kind


def speak(notice: Notice, *, at: datetime) -> int:
    """Put a notice into the outbox for whom it concerns, once; tells how many that are.

    A crossed threshold and a ticket beyond the quota concern the managers and the account owner; that no
    contract is in force concerns the owner alone (D14, D25).
    """
    if notice.kind in quotes.KINDS:
        return quotes.speak(notice, at=at)
    ticket = _ticket(notice)
    if ticket is None and notice.kind != Kind.THRESHOLD:
        return 0
    rows = [_draft(notice, ticket, reader, link, at=at) for reader, link in _readers(notice, ticket)]
    outbox.put(rows)
    return len(rows)


def _ticket(notice: Notice) -> Ticket | None:
    match Kind(notice.kind):
        case Kind.OVER_QUOTA | Kind.APPROVAL:
            return Ticket.objects.filter(uid=notice.facts["ticket_uid"]).first()
        case Kind.UNCOVERED:
            return Ticket.objects.filter(pk=notice.facts["ticket_number"]).first()
        case _:
            return None


def _readers(notice: Notice, ticket: Ticket | None) -> Iterator[tuple[Recipient, str]]:
    """Each reader, with the link that opens for them."""
    organisation = notice.organisation
    if notice.kind != Kind.UNCOVERED:
        link = links.portal_ticket(ticket) if ticket else links.portal_usage()
        for manager in recipients.managers(organisation):
            yield manager, link
    if organisation.account_owner is not None:
        link = links.console_ticket(ticket) if ticket else links.console_organisation(organisation)
        yield recipients.of_account(organisation.account_owner), link


def _draft(
    notice: Notice, ticket: Ticket | None, reader: Recipient, link: str, *, at: datetime
) -> OutboundMessage:
    facts: dict[str, Any] = {"organisation": notice.organisation.name, "link": link}
    if ticket is not None:
        facts |= {"number": ticket.pk, "subject": ticket.subject}
    if notice.contract is not None:
        facts |= _use(notice, reader)
    return drafting.draft(
        notice.kind,
        reader,
        kind=OutboundMessage.Kind.NOTICE,
        at=at,
        dedupe_key=drafting.key("notice", notice.pk, reader.to),
        ticket=ticket,
        facts=facts,
    )


def _use(notice: Notice, reader: Recipient) -> dict[str, Any]:
    """How much of the month's units is used, as it was when the notice was written."""
    facts = notice.facts
    return {
        "contract": str(notice.contract),
        "when": _when(facts["period"], reader.language),
        "used": facts["used"],
        "units": facts["units"],
        "over": facts.get("over"),
        "percent": facts.get("percent"),
        "is_all": facts.get("percent", 0) >= ALL_USED,
        "is_billed": facts.get("mode") == OverQuota.OVERAGE,
        "waits": facts.get("mode") == OverQuota.REQUIRE_MANAGER_APPROVAL,
        "is_refused": facts.get("mode") == OverQuota.REJECT,
        "price": _price(facts, reader.language),
        "until": moments.said_to(reader, _instant(facts), notice.contract.zone) if notice.contract else "",
    }


def _when(period: Sequence[str], language: str) -> str:
    first, last = period
    return moments.period_said(first, last, language)


def _price(facts: Mapping[str, Any], language: str) -> str:
    price = facts.get("price")
    return money.said(Decimal(price), facts["currency"], language) if price else ""


def _instant(facts: Mapping[str, Any]) -> datetime | None:
    return datetime.fromisoformat(facts["expires_at"]) if "expires_at" in facts else None

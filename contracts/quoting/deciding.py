"""The customer's answer: accepted once, by someone with the right, with what proves it (CM-05, AU-04)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from contracts import notices, words
from contracts.models import Account, Person, Quote, QuoteDecision
from contracts.quoting import drafting, refusals

State = Quote.State

LONGEST_NAME: Final = 160
LONGEST_REASON: Final = 500


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers, signed in as whom, from which address in the network."""

    person: Person
    account: Account | None
    ip: str | None

    @property
    def actor(self) -> str:
        """As history names them."""
        return f"person:{self.person.pk}"


def may_decide(person: Person, quote: Quote) -> bool:
    """Whether that person has the right to accept or decline: a manager of the quote's organisation."""
    return person.is_manager and person.organisation_id == quote.organisation_id


def accept(quote: Quote, *, name_typed: str, document: str, by: Answerer, at: datetime) -> bool:
    """Accept a quote; the same again changes nothing, and gives False.

    `document` is the digest of the file that whoever accepts was shown: of another version it is refused.
    A version of a quote that is worked on takes its place.

    Raises:
        NotYoursToDecide, NameMissing, AnotherVersion, HasExpired, IsDecided.
    """
    name = words.in_one_line(name_typed, LONGEST_NAME)
    with transaction.atomic():
        row = _to_decide(quote, by=by)
        if row.is_agreed:
            return False
        if not name:
            raise refusals.NameMissing
        _check_open(row, document, at=at)
        was_in_work = _take_the_place(row, by=by.actor, at=at)
        drafting.move(row, State.IN_WORK if was_in_work else State.ACCEPTED, by=by.actor, at=at)
        _keep(row, is_accepted=True, by=by, at=at, name=name)
        notices.quote(row, notices.QUOTE_ACCEPTED, at=at)
    return True


def decline(quote: Quote, *, reason: str, document: str, by: Answerer, at: datetime) -> bool:
    """Decline a quote, with the reason; the same again changes nothing, and gives False.

    Raises:
        NotYoursToDecide, ReasonMissing, AnotherVersion, HasExpired, IsDecided.
    """
    why = words.tidied(reason, LONGEST_REASON)
    with transaction.atomic():
        row = _to_decide(quote, by=by)
        if row.state == State.DECLINED:
            return False
        if not why:
            raise refusals.ReasonMissing
        _check_open(row, document, at=at)
        drafting.end(row, State.DECLINED, by=by.actor, at=at)
        _keep(row, is_accepted=False, by=by, at=at, reason=why)
        notices.quote(row, notices.QUOTE_DECLINED, at=at)
    return True


def _to_decide(quote: Quote, *, by: Answerer) -> Quote:
    if not may_decide(by.person, quote):
        raise refusals.NotYoursToDecide
    return drafting.locked(quote)


def _check_open(row: Quote, document: str, *, at: datetime) -> None:
    if row.state == State.SUPERSEDED:
        raise refusals.AnotherVersion
    if row.state == State.EXPIRED or (row.state == State.SENT and row.expires_at and row.expires_at <= at):
        raise refusals.HasExpired
    if row.state != State.SENT:
        raise refusals.IsDecided
    if document != row.document.sha256:
        raise refusals.AnotherVersion


def _take_the_place(row: Quote, *, by: str, at: datetime) -> bool:
    """End the version that was agreed before; says whether work on it had begun."""
    earlier = (
        Quote.objects.select_for_update(of=("self",))
        .filter(ticket_uid=row.ticket_uid, state__in=Quote.AGREED)
        .first()
    )
    if earlier is None:
        return False
    was_in_work = earlier.state == State.IN_WORK
    drafting.end(earlier, State.SUPERSEDED, by=by, at=at)
    return was_in_work


def _keep(
    row: Quote, *, is_accepted: bool, by: Answerer, at: datetime, name: str = "", reason: str = ""
) -> None:
    QuoteDecision.objects.create(
        quote=row,
        is_accepted=is_accepted,
        person=by.person,
        account=by.account,
        name_typed=name,
        reason=reason,
        at=at,
        ip=by.ip,
        document_sha256=row.document.sha256,
    )

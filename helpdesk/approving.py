"""Tickets beyond the quota that wait for a manager of the customer (CM-04).

Approved, a ticket is taken as over quota with its usual goals, from the approval on: until then nobody owed
anything. Where nobody decides in time the contract says what happens. What becomes urgent meanwhile waits no
longer, and what was refused is taken up: never is an urgent ticket held back for its quota (D14).
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from contracts import approvals, coverage, quota, quota_terms
from contracts.coverage import Coverage
from contracts.models import Approval, Person, UnansweredApproval
from helpdesk import actors, entitlement, history, lifecycle, visibility
from helpdesk.models import Ticket
from helpdesk.notifications import to_customers
from helpdesk.refusals import Refused
from helpdesk.working import touch

Decision = Approval.Decision
E = Ticket.Entitlement

BY_THE_CLOCK = actors.system("approvals")


class NotYours(Refused):
    """Only a manager of the customer decides."""

    sentence = _("A manager of your organisation decides about this.")


class DecidedAlready(Refused):
    """It was decided, or its time is over."""

    sentence = _("This was decided already.")


def ask(ticket: Ticket, cover: Coverage, *, at: datetime) -> None:
    """Ask about a ticket that has just got its entitlement, if that waits for an answer; one transaction."""
    agreed, plan = cover.contract_version, cover.plan_version
    if ticket.entitlement == E.AWAITING_APPROVAL and agreed is not None and plan is not None:
        terms = quota_terms.merged(agreed, plan)
        approvals.ask(agreed.contract, ticket_uid=ticket.uid, terms=terms, at=at)


def waiting(person: Person) -> list[Ticket]:
    """What waits for this person's decision, the longest first; nothing for who may not decide."""
    rows = visibility.managed_by(person).filter(entitlement=E.AWAITING_APPROVAL)
    return list(rows.select_related("requester").order_by("received_at", "pk"))


def decide(ticket: Ticket, *, is_approved: bool, by: Person, at: datetime) -> Ticket:
    """A manager of the ticket's organisation approves or refuses it. The same answer again changes nothing.

    Raises:
        NotYours, DecidedAlready.
    """
    if not by.is_manager or by.organisation_id is None or by.organisation_id != ticket.organisation_id:
        raise NotYours
    decision = Decision.APPROVED if is_approved else Decision.REFUSED
    asked = Approval.objects.filter(ticket_uid=ticket.uid).select_related("contract").first()
    if asked is None or (asked.decision and asked.decision != decision):
        raise DecidedAlready
    if asked.decision == decision:
        return ticket
    if asked.expires_at <= at:
        raise DecidedAlready
    return _settle(asked, decision, by=actors.person(by), at=at)


def time_out(*, at: datetime) -> int:
    """Settle what nobody decided on in time, as each contract says; gives how many."""
    settled = 0
    for asked in approvals.expired(at=at):
        _settle(asked, Decision.TIMED_OUT, by=BY_THE_CLOCK, at=at)
        settled += 1
    return settled


def accept_urgent(row: Ticket, *, at: datetime, by: str) -> None:
    """Take up a ticket that waits or was refused, because it is urgent by now; the caller holds its lock."""
    asked = Approval.objects.filter(ticket_uid=row.uid, decided_at=None).select_related("contract").first()
    if asked is not None:
        approvals.decide(asked, Decision.TIMED_OUT, by=by, at=at)
    _take_up(row, E.FLAGGED, at=at, by=by)


def _settle(asked: Approval, decision: Decision, *, by: str, at: datetime) -> Ticket:
    with transaction.atomic():
        row = lifecycle.locked(Ticket.objects.only("pk").get(uid=asked.ticket_uid).pk)
        if row.entitlement == E.AWAITING_APPROVAL and approvals.decide(asked, decision, by=by, at=at):
            _follow(row, asked, decision, by=by, at=at)
    return row


def _follow(row: Ticket, asked: Approval, decision: Decision, *, by: str, at: datetime) -> None:
    is_refused = decision == Decision.REFUSED
    if decision == Decision.TIMED_OUT:
        terms = quota_terms.terms_of(asked.contract, at=row.received_at)
        is_refused = terms.approval_default == UnansweredApproval.REFUSE
    if is_refused:
        row.entitlement = E.REFUSED
        touch(row, "entitlement", at=at)
    else:
        _take_up(row, E.APPROVED if decision == Decision.APPROVED else E.FLAGGED, at=at, by=by)
    history.note(row, "approval", at=at, by=by, decision=decision)
    to_customers.approval_decided(row, decision=decision, is_refused=is_refused, at=at)


def _take_up(row: Ticket, entitled: Ticket.Entitlement, *, at: datetime, by: str) -> None:
    """Charge it in the period of its receipt; its clocks start now."""
    if row.contract is None:
        return
    quota.charge(row.contract, ticket_uid=row.uid, at=row.received_at, by=by, is_accepted=True)
    cover = coverage.cover(row.requester, at=row.received_at, channel=row.channel)
    entitlement.begin(row, cover, entitled, at=at, by=by)

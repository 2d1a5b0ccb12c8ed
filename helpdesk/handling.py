"""What agents do with a ticket; each verb locks the row, so two doors never overwrite each other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError

from contracts import coverage, quota
from contracts.coverage import Coverage
from contracts.models import Account, Organisation
from helpdesk import (
    actors,
    approving,
    catching_up,
    conversation,
    entitlement,
    files,
    history,
    lifecycle,
    urgency,
    written,
)
from helpdesk.incoming import Incoming, IncomingFile
from helpdesk.models import Message, Ticket
from helpdesk.notifications import outbox, replies, to_agents, to_customers
from helpdesk.refusals import (
    AlreadyLinked,
    NotAnsweredYet,
    PriorityNotOffered,
    ReasonMissing,
    TicketClosed,
    TooLateToTakeBack,
    WrongStatus,
)
from helpdesk.working import touch, working_on
from sla.hours import EventKind
from sla.models import Priority

S = Ticket.Status

COVERED: Final = (
    "organisation",
    "contract",
    "contract_version",
    "plan_version",
    "entitlement",
    "priority",
    "priority_source",
    "clock_set",
    "next_due_at",
    "next_due_metric",
    "is_breached",
)
"""The columns that say what a contract gives a ticket."""


# --- saying something ---------------------------------------------------------------------------


def reply(
    ticket: Ticket,
    *,
    text: str,
    by: Account,
    at: datetime,
    attached: Sequence[IncomingFile] = (),
    idempotency_key: str = "",
    then: str = "",
) -> Message:
    """Answer the customer on the channel that they used; it leaves after the undo time (D27).

    `then` is the status that the ticket is left in ("waiting_customer", "solved" or "" for open).
    The first answer meets the first-response clock at its commit (D7). The same `idempotency_key`
    gives the same message again.

    Raises:
        TextMissing, FileRefused, TicketClosed, WrongStatus, WindowClosed.
    """
    files.check(attached)
    draft = _Draft(written.text(text), Ticket.Channel.CONSOLE, tuple(attached), idempotency_key, then)
    return _once(idempotency_key, lambda: _reply(ticket, draft, by=by, at=at))


def reply_from_mailbox(ticket: Ticket, incoming: Incoming, *, by: Account, at: datetime) -> Message:
    """An agent answers from their own mailbox, by the address that was signed for them (D18)."""
    draft = _Draft(incoming.text, incoming.channel, incoming.files, incoming.idempotency_key)
    return _reply(ticket, draft, by=by, at=at)


@dataclass(frozen=True, slots=True)
class _Draft:
    text: str
    channel: str
    files: tuple[IncomingFile, ...]
    idempotency_key: str
    then: str = ""


def _reply(ticket: Ticket, draft: _Draft, *, by: Account, at: datetime) -> Message:
    with working_on(ticket) as row:
        if row.status in {S.CLOSED, S.SPAM, S.MERGED}:
            raise TicketClosed
        leaves_at = at + timedelta(seconds=settings.REPLY_UNDO_SECONDS)
        message = _write(row, Message.Kind.AGENT, draft, by=by, at=at, visible_at=leaves_at)
        lifecycle.tick(row, EventKind.AGENT_REPLY, at=at, by=actors.account(by), reference=message.uid.hex)
        _after_reply(row, message, then=draft.then, by=by, at=at)
        # Last, because it says where the ticket now stands.
        if not replies.queue(message, at=at, send_after=leaves_at):
            history.note(row, "unreachable", at=at, by=actors.system("outbox"), message=message.uid.hex)
    return message


def _write(
    row: Ticket, kind: Message.Kind, draft: _Draft, *, by: Account, at: datetime, visible_at: datetime
) -> Message:
    return conversation.add(
        row,
        kind=kind,
        account=by,
        channel=draft.channel,
        text=draft.text,
        at=at,
        visible_at=visible_at,
        files=draft.files,
        idempotency_key=draft.idempotency_key or None,
    )


def _after_reply(row: Ticket, message: Message, *, then: str, by: Account, at: datetime) -> None:
    """Whoever answers a ticket that is nobody's takes it; the ticket goes where the agent says."""
    row.last_agent_at = row.updated_at = at
    row.assignee = row.assignee or by
    row.version += 1
    row.save(update_fields=["last_agent_at", "updated_at", "assignee", "version"])
    target = then or (S.OPEN if row.status in {S.NEW, S.SOLVED} else row.status)
    lifecycle.move(row, target, at=at, by=actors.account(by), reference=message.uid.hex)


def take_back(message: Message, *, by: Account, at: datetime) -> Message:
    """Undo an answer before it leaves; the clocks forget that it was given (D7, D27).

    Raises:
        TooLateToTakeBack: when it has left, or never was an answer.
    """
    with working_on(message.ticket) as row:
        message = Message.objects.select_for_update().get(pk=message.pk)
        if message.retracted_at is not None:
            return message
        if message.kind != Message.Kind.AGENT or at >= message.visible_at:
            raise TooLateToTakeBack
        if not all(outbox.cancel(outbound, at=at) for outbound in message.outbound.all()):
            raise TooLateToTakeBack
        message.retracted_at = at
        message.save(update_fields=["retracted_at"])
        actor = actors.account(by)
        lifecycle.tick(row, EventKind.REPLY_REVOKED, at=at, by=actor, reference=message.uid.hex)
        _as_before(row, message, by=actor, at=at)
        history.note(row, "taken_back", at=at, by=actor, message=message.uid.hex)
    return message


def _as_before(row: Ticket, message: Message, *, by: str, at: datetime) -> None:
    """What the answer did to the ticket is undone with it: where it was left, and when we spoke last."""
    answers = row.messages.filter(kind=Message.Kind.AGENT, retracted_at=None)
    row.last_agent_at = answers.order_by("-at").values_list("at", flat=True).first()
    row.save(update_fields=["last_agent_at"])
    was_moved = row.events.filter(kind="status", at=message.at, facts__after=row.status).exists()
    if was_moved and row.status in {S.SOLVED, S.WAITING_CUSTOMER}:
        lifecycle.move(row, S.OPEN, at=at, by=by)


def add_note(
    ticket: Ticket,
    *,
    text: str,
    by: Account,
    at: datetime,
    attached: Sequence[IncomingFile] = (),
    idempotency_key: str = "",
) -> Message:
    """Write something that no customer ever sees (R9); it moves no clock (D7).

    Raises:
        TextMissing, FileRefused.
    """
    files.check(attached)
    draft = _Draft(written.text(text), Ticket.Channel.CONSOLE, tuple(attached), idempotency_key)
    return _once(idempotency_key, lambda: _note(ticket, draft, by=by, at=at))


def _note(ticket: Ticket, draft: _Draft, *, by: Account, at: datetime) -> Message:
    with working_on(ticket) as row:
        return _write(row, Message.Kind.NOTE, draft, by=by, at=at, visible_at=at)


def _once(idempotency_key: str, write: Callable[[], Message]) -> Message:
    """Pressed twice, said once: the unique key decides, even when both arrive together."""
    taken = conversation.already_taken(idempotency_key)
    if taken is not None:
        return taken
    try:
        return write()
    except IntegrityError:
        taken = conversation.already_taken(idempotency_key)
        if taken is None:
            raise
        return taken


# --- deciding -----------------------------------------------------------------------------------


def assign(
    ticket: Ticket, *, to: Account | None, by: Account, at: datetime, version: int | None = None
) -> Ticket:
    """Give a ticket to an agent, or to nobody.

    Raises:
        ChangedMeanwhile.
    """
    with working_on(ticket, version) as row:
        if row.assignee == to:
            return ticket
        row.assignee = to
        touch(row, "assignee", at=at)
        history.note(row, "assigned", at=at, by=actors.account(by), to=actors.account(to) if to else "")
        if to is not None:
            to_agents.assigned(row, to=to, giver=by, at=at)
    return ticket


def set_priority(
    ticket: Ticket, *, priority: str, reason: str, by: Account, at: datetime, version: int | None = None
) -> Ticket:
    """Set how urgent it is; the targets are taken anew from the original start (D9, D16).

    Raises:
        ReasonMissing, PriorityNotOffered, ChangedMeanwhile.
    """
    if not reason.strip():
        raise ReasonMissing
    with working_on(ticket, version) as row:
        offered, actor = _offered(row, priority), actors.account(by)
        if row.priority == offered:
            return ticket
        urgency.change(row, offered, source=Ticket.PrioritySource.AGENT, reason=reason, at=at, by=actor)
    return ticket


def _offered(row: Ticket, key: str) -> Priority:
    offered = {priority.key: priority for priority in urgency.offered_priorities(row)}
    if key not in offered:
        raise PriorityNotOffered(offered)
    return offered[key]


def set_status(
    ticket: Ticket, *, status: str, by: Account, at: datetime, version: int | None = None
) -> Ticket:
    """Bring a ticket to another state.

    Raises:
        NotAnsweredYet: waiting for a customer whom nobody has answered (AG-10).
        WrongStatus, ChangedMeanwhile.
    """
    with working_on(ticket, version) as row:
        if status == S.WAITING_CUSTOMER and row.last_agent_at is None:
            raise NotAnsweredYet
        if status not in lifecycle.ALLOWED:
            raise WrongStatus
        if status == S.SPAM:
            _give_back(row, by=by, at=at, reason="spam")
        is_news = row.status != status
        lifecycle.move(row, status, at=at, by=actors.account(by))
        if is_news and status == S.SOLVED:
            to_customers.solved(row, at=at)
    return ticket


def mark_spam(ticket: Ticket, *, by: Account, at: datetime) -> Ticket:
    """Neither counted nor clocked: the unit goes back, the clocks are cancelled (AG-19)."""
    return set_status(ticket, status=S.SPAM, by=by, at=at)


def _give_back(row: Ticket, *, by: Account, at: datetime, reason: str) -> None:
    quota.give_back(ticket_uid=row.uid, at=at, by=actors.account(by), reason=reason)


def link_requester(ticket: Ticket, *, organisation: Organisation, by: Account, at: datetime) -> Ticket:
    """Say where an unknown sender belongs: charged and clocked from the ticket's receipt (D17).

    Raises:
        AlreadyLinked.
        WrongStatus: spam is nobody's, and never charged (D13).
    """
    with working_on(ticket) as row:
        if row.organisation_id is not None:
            raise AlreadyLinked
        if row.status == S.SPAM:
            raise WrongStatus
        requester = row.requester
        requester.organisation = organisation
        requester.save(update_fields=["organisation"])
        _cover(row, at=at, by=actors.account(by))
        history.note(row, "linked", at=at, by=actors.account(by), organisation=organisation.name)
    return ticket


def _cover(row: Ticket, *, at: datetime, by: str) -> None:
    cover = coverage.cover(row.requester, at=row.received_at, channel=row.channel)
    row.organisation, row.contract = cover.organisation, cover.contract
    row.contract_version, row.plan_version = cover.contract_version, cover.plan_version
    row.entitlement = entitlement.entitle(cover, row.request_type, uid=row.uid, at=row.received_at, by=by)
    approving.ask(row, cover, at=at)
    row.clock_set = entitlement.start_clocks(
        cover, Ticket.Entitlement(row.entitlement), row.request_type, at=row.received_at, by=by
    )
    _set_priority_of(row, cover)
    for name, value in entitlement.due_fields(row.clock_set).items():
        setattr(row, name, value)
    touch(row, *COVERED, at=at)
    catching_up.catch_up(row, offered=cover.offered, by=by)


def _set_priority_of(row: Ticket, cover: Coverage) -> None:
    """What an agent has set stays where the plan offers it; else the plan's first one (D16, D22)."""
    agents = row.priority if row.priority_source == Ticket.PrioritySource.AGENT else None
    if agents is not None and agents.key in cover.offered:
        return
    row.priority, row.priority_source = cover.priority, Ticket.PrioritySource.DEFAULT

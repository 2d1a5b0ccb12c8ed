"""A ticket that is support in part and technical service in part becomes two (AG-08).

The chosen messages are copied into a new ticket, which is the technical part: it takes no unit and has no
clocks. The ticket that they came from keeps its clocks, its charge and its whole conversation.
"""

from collections.abc import Collection
from datetime import datetime

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from contracts import words
from contracts.models import Account, ServiceCategory
from helpdesk import actors, history, request_types, technical
from helpdesk.models import Attachment, Message, RequestType, Ticket
from helpdesk.refusals import Refused, SubjectMissing, WrongStatus
from helpdesk.working import touch, working_on

LONGEST_SUBJECT = 255


class NothingChosen(Refused):
    sentence = _("Choose the messages that are about the technical service.")


class EverythingChosen(Refused):
    sentence = _("If all of it is a technical service, turn the whole ticket into one.")


def split(
    ticket: Ticket,
    *,
    messages: Collection[int],
    subject: str,
    category: ServiceCategory | None,
    by: Account,
    at: datetime,
    version: int | None = None,
) -> Ticket:
    """Make the technical part of a ticket a ticket of its own, with a draft of a quote; gives the new one.

    Raises:
        NothingChosen, EverythingChosen: of what customer and agents said.
        SubjectMissing, WrongStatus, IsTechnical, ChangedMeanwhile.
        NoSuchService, NobodysTicket.
    """
    title = words.in_one_line(subject, LONGEST_SUBJECT)
    with working_on(ticket, version) as row:
        if not row.is_live:
            raise WrongStatus
        if row.is_technical:
            raise request_types.IsTechnical
        chosen = _chosen(row, messages)
        if not title:
            raise SubjectMissing
        part = _part(row, title, at=at)
        for message in chosen:
            _copy(message, part)
        actor = actors.account(by)
        history.note(part, "split_from", at=at, by=actor, number=row.pk)
        history.note(row, "split", at=at, by=actor, number=part.pk)
        touch(row, at=at)
        technical.reclassify(part, category=category, by=by, at=at)
    return part


def can_be_chosen(message: Message) -> bool:
    """Whether a message may go into the part: what customer and agents said, and nobody took back."""
    return message.kind in {Message.Kind.CUSTOMER, Message.Kind.AGENT} and message.retracted_at is None


def _chosen(row: Ticket, numbers: Collection[int]) -> list[Message]:
    said = [message for message in row.messages.all() if can_be_chosen(message)]
    chosen = [message for message in said if message.pk in numbers]
    if not chosen:
        raise NothingChosen
    if len(chosen) == len(said):
        raise EverythingChosen
    return chosen


def _part(row: Ticket, subject: str, *, at: datetime) -> Ticket:
    """The new ticket: it came in when the whole did, and is covered by what covers that."""
    return Ticket.objects.create(
        subject=subject,
        status=Ticket.Status.OPEN,
        request_type=request_types.of_kind(RequestType.Kind.SUPPORT),
        channel=row.channel,
        language=row.language,
        requester=row.requester,
        organisation=row.organisation,
        contract=row.contract,
        contract_version=row.contract_version,
        plan_version=row.plan_version,
        entitlement=Ticket.Entitlement.INSIDE,
        priority=row.priority,
        priority_source=row.priority_source,
        impact=row.impact,
        assignee=row.assignee,
        team=row.team,
        received_at=row.received_at,
        updated_at=at,
        last_customer_at=row.last_customer_at,
        last_agent_at=row.last_agent_at,
        whatsapp_until=row.whatsapp_until,
        split_from=row,
    )


def _copy(message: Message, part: Ticket) -> None:
    """What was said stands in both; what identifies the original in the world does not."""
    copy = Message.objects.create(
        ticket=part,
        kind=message.kind,
        person=message.person,
        account=message.account,
        channel=message.channel,
        sender=message.sender,
        text=message.text,
        full_text=message.full_text,
        html=message.html,
        at=message.at,
        visible_at=message.visible_at,
        is_automatic=message.is_automatic,
        is_authenticated=message.is_authenticated,
    )
    for file in message.attachments.all():
        _copy_file(file, copy)


def _copy_file(file: Attachment, message: Message) -> None:
    """The bytes too: whoever removes one file leaves the other."""
    copy = Attachment(
        message=message,
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        sha256=file.sha256,
        content_id=file.content_id,
        scan=file.scan,
    )
    with file.file.open("rb") as content:
        copy.file.save("", ContentFile(content.read()), save=False)
    copy.save()

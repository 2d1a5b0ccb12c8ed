"""AG-08: the technical part of a mixed ticket becomes a ticket of its own."""

from datetime import timedelta

import pytest

from contracts.models import Charge, Quote, ServiceCategory
from helpdesk import handling, request_types, splitting, technical
from helpdesk.incoming import IncomingFile
from helpdesk.models import Attachment, Ticket
from helpdesk.refusals import SubjectMissing, WrongStatus
from sla.models import Clock
from tests.cast import TUESDAY_10, by_portal, take_in

pytestmark = pytest.mark.django_db

LATER = TUESDAY_10 + timedelta(hours=1)
NOON = TUESDAY_10 + timedelta(hours=2)


@pytest.fixture
def mixed(desk, bruno, rui) -> Ticket:
    """A printer that does not print, and a list to be changed in bulk."""
    ticket = take_in(by_portal(bruno, text="It does not print.")).ticket
    attached = IncomingFile("list.csv", "text/csv", b"room,price\n1,80\n")
    take_in(by_portal(bruno, ticket=ticket, text="And change these prices.", files=(attached,)), LATER)
    handling.add_note(ticket, text="Two things.", by=rui, at=LATER)
    ticket.refresh_from_db()
    return ticket


@pytest.fixture
def bulk(db) -> ServiceCategory:
    return ServiceCategory.objects.get(key="bulk_updates")


def split(ticket, chosen, bulk, rui, **given):
    words = {"subject": "Prices", "category": bulk, "by": rui, "at": NOON} | given
    return splitting.split(ticket, messages={message.pk for message in chosen}, **words)


def said(ticket, text):
    return ticket.messages.get(text=text)


def test_the_part_is_technical_and_the_rest_keeps_clock_and_charge(mixed, bulk, rui):
    part = split(mixed, [said(mixed, "And change these prices.")], bulk, rui)

    mixed.refresh_from_db()
    assert (part.split_from, part.request_type.kind, part.clock_set) == (mixed, "technical", None)
    assert (part.organisation, part.contract, part.requester) == (
        mixed.organisation,
        mixed.contract,
        mixed.requester,
    )
    assert [(one.text, one.kind) for one in part.messages.all()] == [("And change these prices.", "customer")]
    assert mixed.messages.count() == 3
    assert set(Clock.objects.filter(clock_set=mixed.clock_set_id).values_list("state", flat=True)) == {
        "running"
    }
    charged = Charge.objects.values_list("ticket_uid", "kind")
    assert list(charged) == [(mixed.uid, "debit")]
    assert Quote.objects.get().ticket_uid == part.uid
    assert technical.now(part).gave_back is False


def test_a_file_is_copied_with_its_bytes(mixed, bulk, rui):
    part = split(mixed, [said(mixed, "And change these prices.")], bulk, rui)

    original, copy = Attachment.objects.order_by("id")
    assert copy.message.ticket == part
    assert (copy.name, copy.sha256, copy.size) == (original.name, original.sha256, original.size)
    assert copy.file.name != original.file.name
    assert copy.file.read() == b"room,price\n1,80\n"


def test_all_of_it_is_no_part_and_nothing_neither(mixed, bulk, rui):
    public = [said(mixed, "It does not print."), said(mixed, "And change these prices.")]
    with pytest.raises(splitting.EverythingChosen):
        split(mixed, public, bulk, rui)
    with pytest.raises(splitting.NothingChosen):
        split(mixed, [], bulk, rui)
    assert Ticket.objects.count() == 1


def test_a_note_is_never_copied(mixed, bulk, rui):
    with pytest.raises(splitting.NothingChosen):
        split(mixed, [said(mixed, "Two things.")], bulk, rui)


def test_what_cannot_be_split(mixed, bulk, rui):
    chosen = [said(mixed, "And change these prices.")]
    with pytest.raises(SubjectMissing):
        split(mixed, chosen, bulk, rui, subject=" ")
    with pytest.raises(technical.NoSuchService):
        split(mixed, chosen, None, rui)
    assert Ticket.objects.count() == 1, "what is refused leaves nothing"
    technical.reclassify(mixed, category=bulk, by=rui, at=NOON)
    with pytest.raises(request_types.IsTechnical):
        split(mixed, chosen, bulk, rui)
    technical.undo(mixed, reason="No.", by=rui, at=NOON)
    handling.set_status(mixed, status="solved", by=rui, at=NOON)
    with pytest.raises(WrongStatus):
        split(mixed, chosen, bulk, rui)

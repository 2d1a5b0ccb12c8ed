"""What is the desk's alone stays at the desk, and what is one customer's with that customer (R9).

Words are planted wherever something can be written; then all that each customer can get is collected, and no
word may be in it that is not theirs. Controls show that the words are there, and that the collector sees.
"""

from collections import defaultdict

import pytest
from django.utils import timezone

from contracts.models import Person
from helpdesk.models import OutboundMessage
from tests.canaries import collecting, planting
from tests.canaries.planting import words_in
from tests.doors import answering, console
from tests.visitor import Visitor

pytestmark = pytest.mark.django_db

FAMILIES = {"nobody": (), "bruno": ("bruno",), "ana": ("bruno", "zoe"), "zoe": ("zoe",), "chloe": ("chloe",)}
"""Whose words each may read; Zoé works for Ana, but is nobody's manager."""

ADDRESSES = {
    "bruno@azenha.example": "bruno",
    "ana@azenha.example": "ana",
    "zoe@private.example": "zoe",
    "chloe@bellecour.example": "chloe",
}


@pytest.fixture
def planted(in_order, clock, beat, pipe, rui, marta, owner, bruno, chloe, azenha, twilio, mailbox, settings):
    """The tickets; all that could leave has left, but for the last answers, whose undo time runs."""
    settings.DEMO = False  # its mailbox is open to everybody
    planting.name_the_desk(agent=rui, lead=marta, owner=owner)
    people = {"bruno": bruno, "chloe": chloe, "azenha": azenha}
    tickets = planting.plant(rui=rui, marta=marta, **people, at=timezone.now())
    beat()
    _answer_from_a_mailbox(pipe, mailbox, rui.email, tickets["mail"])
    clock.on(seconds=15)
    beat()
    planting.refuse_a_reply(tickets["mail"], timezone.now())
    _ask_for_codes()
    beat()
    planting.leave_unsent(tickets, rui=rui, at=timezone.now())
    return tickets


def _answer_from_a_mailbox(pipe, mailbox, address, ticket) -> None:
    """Rui answers the mail that told him of the ticket; his mail program adds what it always adds."""
    told = next(one for one in mailbox(address) if f"[#{ticket.pk}]" in one["Subject"] and one["Reply-To"])
    sent = answering(told, address, "bruno-only-mailbox", message_id="<desk-only-message-id@lumiar.example>")
    sent.set_content(sent.get_content() + "> desk-only-quoted\n")
    assert pipe(sent)["ticket"] == ticket.pk


def _ask_for_codes() -> None:
    for address in ADDRESSES:
        Visitor().get("/accounts/login/code/").send("/accounts/login/code/", email=address)


@pytest.fixture
def collect(planted, twilio, bruno, ana, chloe):
    """Everything that everybody can get now, also by searching for these words."""

    def collect(words) -> list[collecting.Piece]:
        zoe = Person.objects.get(addresses__value="zoe@private.example")
        accounts = {"bruno": bruno, "ana": ana, "zoe": zoe, "chloe": chloe}
        accounts = {who: person.account for who, person in accounts.items()}
        pieces = collecting.browse("nobody", None, planted.values(), words)
        for who, account in accounts.items():
            pieces += collecting.browse(who, account, planted.values(), words)
            pieces += collecting.ask_the_api(who, account, planted.values())
        pieces += collecting.read_mails(ADDRESSES) + collecting.read_outbox(ADDRESSES)
        return pieces + collecting.read_chats(twilio)

    return collect


def leaks(pieces) -> list[tuple[str, str, str, str]]:
    """The words that somebody got who may not: who, in which way, where, what."""
    return sorted(
        (piece.who, piece.way, piece.where, word)
        for piece in pieces
        for word in piece.words
        if word.split("-")[0] not in FAMILIES[piece.who]
    )


def seen(pieces) -> dict[tuple[str, str], set[str]]:
    """All words by who got them and in which way."""
    found = defaultdict(set)
    for piece in pieces:
        found[piece.who, piece.way] |= piece.words
    return found


def test_nobody_gets_a_word_that_is_not_theirs(collect):
    assert leaks(collect(planting.all_words())) == []


def test_every_word_is_there_to_be_found(planted):
    handled = (
        "reason",
        "note",
        "note-file-name",
        "note-picture-content",
        "history",
        "retracted",
        "unsent",
        "infected",
    )
    hidden = {f"desk-only-{name}-{part}" for name in planting.HANDLED for part in handled}
    hidden |= {f"desk-only-{part}" for part in ("agent", "lead", "owner", "team", "spam", "refusal")}
    hidden |= {f"desk-only-{part}" for part in ("quarantined", "unread", "quoted", "message-id")}

    assert hidden - planting.all_words() == set()


def test_an_agent_sees_the_desks_words_in_the_console(planted, at_work, rui):
    ticket = planted["mail"]
    page = at_work(rui)
    pages = [page.get(console(ticket, part)).answer.content.decode() for part in ("change", "history")]
    words = words_in("".join(pages))

    expected = ("note", "note-file-name", "retracted", "unsent", "reason")
    assert {f"desk-only-mail-{part}" for part in expected} - words == set()


def test_the_collector_sees_what_each_may_read(collect):
    got = seen(collect(["bruno-only-subject", "bruno-only-chat-answer"]))

    assert {"bruno-only-subject", "bruno-only-question", "bruno-only-chat"} <= got["bruno", "page"]
    assert {"bruno-only-mail-answer", "bruno-only-mail-answer-name", "bruno-only-mailbox"} <= got[
        "ana", "page"
    ]
    assert {"bruno-only-file-content", "bruno-only-picture-content"} <= got["bruno", "file"]
    assert {"bruno-only-mail-answer-content", "bruno-only-chat-answer-content"} <= got["ana", "file"]
    assert {"bruno-only-question", "bruno-only-mail-answer", "bruno-only-file-name"} <= got["bruno", "api"]
    assert {"bruno-only-subject", "bruno-only-chat-answer"} <= got["ana", "search"]
    assert {"bruno-only-mail-answer", "bruno-only-mailbox"} <= got["bruno", "mail"]
    assert {"bruno-only-mail-answer-content"} <= got["bruno", "mail file"]
    assert {"bruno-only-chat-answer"} <= got["bruno", "chat"]
    assert {"zoe-only-linked"} <= got["zoe", "page"] & got["ana", "page"]
    assert {"chloe-only-subject", "chloe-only-other-answer"} <= got["chloe", "page"] & got["chloe", "api"]
    assert {"chloe-only-other-answer"} <= got["chloe", "mail"] & got["chloe", "row"]
    assert {who for who, way in got if way == "refusal"} == set(FAMILIES)
    codes = OutboundMessage.objects.filter(kind="sign_in", state="sent", to__in=ADDRESSES)
    assert set(codes.values_list("to", flat=True)) == set(ADDRESSES)


def test_once_the_undo_time_is_over_the_same_words_are_found_everywhere(collect, clock, beat):
    clock.on(seconds=15)
    beat()
    word = "desk-only-mail-unsent"
    got = seen(collect([word]))

    assert {way for way in ("page", "api", "search", "mail", "row") if word in got["bruno", way]} == {
        "page",
        "api",
        "search",
        "mail",
        "row",
    }
    assert {f"{word}-content"} <= got["bruno", "file"] & got["bruno", "mail file"]
    assert {"desk-only-chat-unsent"} <= got["bruno", "chat"]

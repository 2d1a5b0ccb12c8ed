"""Mail in to reply out: from a customer's first word to the closed ticket.

Each stage is a fixture that stands on the one before, and a test that says what holds then.
"""

import re
from datetime import UTC, datetime

import pytest

from contracts.models import Charge
from helpdesk.models import OutboundMessage, Ticket
from sla.models import Clock
from sla.rebuild import rebuild
from tests.doors import answering, body_of, console, written

pytestmark = pytest.mark.django_db

BRUNO, RUI = "bruno@azenha.example", "rui@lumiar.example"
FIRST, SECOND = "<first@azenha.example>", "<second@azenha.example>"
HOUR = 3600


def march(day, hour, minute=0, second=0):
    return datetime(2026, 3, day, hour, minute, second, tzinfo=UTC)


def clocks_of(ticket):
    """Each clock's state, with when it was met, is due, or else how many seconds are left."""
    rows = Clock.objects.filter(clock_set=ticket.clock_set_id)
    return {row.metric: (row.state, row.met_at or row.due_at or row.remaining_seconds) for row in rows}


# --- Tuesday, ten o'clock: Bruno writes ---------------------------------------------------------


@pytest.fixture
def asked(in_order, pipe) -> Ticket:
    pipe(written(f"Bruno Braga <{BRUNO}>", "The printer smokes.", Message_ID=FIRST))
    return Ticket.objects.get()


def test_a_mail_becomes_a_charged_and_clocked_ticket(in_order, pipe):
    line = pipe(written(f"Bruno Braga <{BRUNO}>", "The printer smokes.", Message_ID=FIRST))

    ticket = Ticket.objects.get()
    assert line == {"inbound": line["inbound"], "state": "done", "ticket": ticket.pk, "reason": ""}
    assert (ticket.entitlement, ticket.status, ticket.priority.key) == ("inside", "new", "medium")
    assert list(Charge.objects.values_list("kind", "units", "ticket_uid")) == [("debit", -1, ticket.uid)]
    assert clocks_of(ticket) == {
        "first_response": ("running", march(11, 21)),
        "resolution": ("running", march(12, 10)),
    }


def test_it_is_acknowledged_once_in_the_senders_language_as_an_answer_to_their_mail(asked, beat, mailbox):
    beat()
    beat()

    (acknowledgement,) = mailbox(BRUNO)
    assert acknowledgement["Subject"] == f"Re: Printer [#{asked.pk}]"
    assert "Obrigado" in body_of(acknowledgement)
    assert acknowledgement["Auto-Submitted"] == "auto-replied"
    assert acknowledgement["In-Reply-To"] == acknowledgement["References"] == FIRST


# --- eleven o'clock: Rui asks something back ----------------------------------------------------


@pytest.fixture
def console_of_rui(asked, clock, beat, at_work, rui):
    beat()
    clock.at(march(10, 11))
    return at_work(rui)


@pytest.fixture
def asked_back(asked, console_of_rui) -> Ticket:
    page = console_of_rui.get(console(asked))
    page.send(console(asked, "reply"), press=("then", "waiting_customer"), text="Which one, Bruno?")
    assert (page.status, page.address.split("?")[0]) == (200, console(asked))
    assert page.address.endswith("#latest")
    return asked


@pytest.fixture
def mails(asked_back, clock, beat, mailbox):
    """What Bruno has got so far: the acknowledgement and the answer."""
    clock.at(march(10, 11, 0, 15))
    beat()
    return mailbox(BRUNO)


@pytest.fixture
def answer(mails):
    return mails[1]


def test_the_queue_shows_it_to_the_agent(asked, console_of_rui):
    queue = console_of_rui.get("/admin/helpdesk/ticket/")
    assert (queue.status, "Printer" in queue.text) == (200, True)
    assert console(asked) in queue.links


def test_the_answer_meets_the_first_response_and_the_other_clock_waits_for_the_customer(asked_back):
    assert clocks_of(asked_back) == {
        "first_response": ("met", march(10, 11)),
        "resolution": ("paused", 23 * HOUR),
    }


def test_the_answer_leaves_after_the_undo_time_and_not_before(asked_back, clock, beat, mailbox):
    mailbox(BRUNO)
    left = []
    for second in (0, 14, 15, 16):
        clock.at(march(10, 11, 0, second))
        beat()
        left.append(len(mailbox(BRUNO)))
    assert left == [0, 0, 1, 0]


def test_an_answer_taken_back_in_time_never_leaves(asked_back, console_of_rui, clock, beat, mailbox):
    mailbox(BRUNO)
    clock.at(march(10, 11, 0, 10))
    page = console_of_rui.get(console(asked_back)).send(console(asked_back, "take_back"))
    clock.at(march(10, 12))
    beat()

    assert "Which one, Bruno?" in page.tree.xpath("//textarea[@name='text']")[0].text
    assert mailbox(BRUNO) == []
    assert clocks_of(asked_back)["first_response"] == ("running", march(11, 21))


def test_the_answer_threads_names_a_person_and_shows_no_private_address(asked_back, mails):
    acknowledgement, answer = mails
    assert "Which one, Bruno?" in body_of(answer)
    assert answer["From"] == "Rui Costa – Support <support@desk.example>"
    assert answer["Subject"] == f"Re: Printer [#{asked_back.pk}]"
    assert answer["In-Reply-To"] == acknowledgement["Message-ID"]
    assert answer["References"] == f"{FIRST} {acknowledgement['Message-ID']}"
    assert re.fullmatch(r"support\+[a-z2-7]{42}@desk\.example", answer["Reply-To"])
    assert answer["Auto-Submitted"] is None
    assert RUI not in answer.as_string()


# --- two o'clock: Bruno answers that mail -------------------------------------------------------


@pytest.fixture
def told(asked_back, answer, clock, pipe) -> Ticket:
    clock.at(march(10, 14))
    line = pipe(answering(answer, BRUNO, "The big one, second floor.", message_id=SECOND))
    assert (line["state"], line["ticket"]) == ("done", asked_back.pk)
    asked_back.refresh_from_db()
    return asked_back


def test_his_answer_is_on_the_same_ticket_and_debit_and_the_clock_goes_on(told):
    assert told.status == "open"
    assert list(told.messages.values_list("kind", "text")) == [
        ("customer", "The printer smokes."),
        ("agent", "Which one, Bruno?"),
        ("customer", "The big one, second floor."),
    ]
    assert (Ticket.objects.count(), Charge.objects.count()) == (1, 1)
    assert clocks_of(told)["resolution"] == ("running", march(12, 13))


def test_a_stranger_who_answers_the_same_mail_opens_a_ticket_of_their_own(told, answer, pipe):
    line = pipe(answering(answer, "eve@elsewhere.example", "Me too.", message_id="<eve@elsewhere.example>"))

    opened = Ticket.objects.get(pk=line["ticket"])
    assert (opened.follows, opened.entitlement, told.messages.count()) == (told, "unverified", 3)


# --- three o'clock: solved; a week later: closed ------------------------------------------------


@pytest.fixture
def solved(told, console_of_rui, clock, beat) -> Ticket:
    clock.at(march(10, 15))
    page = console_of_rui.get(console(told))
    page.send(console(told, "reply"), press=("then", "solved"), text="Paper jam, gone.")
    clock.on(seconds=15)
    beat()
    told.refresh_from_db()
    return told


def test_the_solution_meets_the_goal_and_says_until_when_it_can_be_reopened(solved, mailbox, answer):
    solution = mailbox(BRUNO)[-1]
    assert clocks_of(solved)["resolution"] == ("met", march(10, 15))
    assert (solved.status, solved.solved_at, solved.closes_at) == ("solved", march(10, 15), march(17, 15))
    assert "Paper jam, gone." in body_of(solution)
    assert "17 de março de 2026" in body_of(solution)
    assert [SECOND in solution["References"], answer["Message-ID"] in solution["References"]] == [True, True]


def test_beat_closes_it_a_week_later_and_everything_agrees(solved, clock, beat):
    states = []
    for instant in (march(17, 14, 59, 59), march(17, 15), march(17, 16)):
        clock.at(instant)
        beat()
        solved.refresh_from_db()
        states.append((solved.status, solved.closed_at))

    assert states == [("solved", None), ("closed", march(17, 15)), ("closed", march(17, 15))]
    assert set(OutboundMessage.objects.values_list("state", flat=True)) == {"sent"}
    assert rebuild(at=march(17, 16), is_dry=True).differences == []


def test_an_answer_to_a_closed_ticket_opens_another_that_follows_it(solved, answer, clock, beat, pipe):
    clock.at(march(18, 10))
    beat()
    line = pipe(answering(answer, BRUNO, "It smokes again.", message_id="<third@azenha.example>"))

    again = Ticket.objects.get(pk=line["ticket"])
    assert (again.follows, again.status, again.entitlement) == (solved, "new", "inside")
    assert Charge.objects.filter(kind="debit").count() == 2
    assert clocks_of(again)["first_response"] == ("running", march(19, 21))

"""API in, reply seen in the portal."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from rest_framework.test import APIClient

from contracts.models import Charge
from helpdesk.models import Ticket
from tests.doors import console

pytestmark = pytest.mark.django_db

ANA, BRUNO, CHLOE = "ana@azenha.example", "bruno@azenha.example", "chloe@bellecour.example"
TICKETS = "/api/v1/tickets/"
MANUAL = b"%PDF-1.4 press the green button"


@pytest.fixture
def program(in_order, capsys) -> APIClient:
    """Azenha's own software, with a token that an admin issued for Bruno."""
    call_command("issue_token", BRUNO, "--name", "front desk")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {capsys.readouterr().out.strip()}")
    return client


@pytest.fixture
def asked(program) -> Ticket:
    program.post(TICKETS, {"subject": "Door", "text": "It does not open.", "impact": "blocked"})
    return Ticket.objects.get()


@pytest.fixture
def answered(asked, clock, at_work, rui) -> Ticket:
    """An hour later; the answer has not left yet."""
    clock.at(datetime(2026, 3, 10, 11, tzinfo=UTC))
    page = at_work(rui).get(console(asked))
    manual = SimpleUploadedFile("manual.pdf", MANUAL, "application/pdf")
    page.send(console(asked, "reply"), press=("then", ""), text="Here is the manual.", files=manual)
    asked.refresh_from_db()
    return asked


def test_a_program_opens_one_ticket_however_often_it_asks(program):
    new = {"subject": "Door", "text": "It does not open.", "impact": "blocked"}
    answers = [program.post(TICKETS, new, headers={"Idempotency-Key": "door-1"}) for _ in range(3)]

    ticket = Ticket.objects.get()
    assert [answer.status_code for answer in answers] == [201] * 3
    assert {answer["Location"] for answer in answers} == {f"{TICKETS}{ticket.pk}/"}
    assert (ticket.channel, ticket.impact, ticket.priority.key) == ("api", "blocked", "medium")
    assert Charge.objects.count() == 1


def test_the_portal_shows_the_answer_once_it_has_left(answered, clock, at_home):
    customer = at_home(BRUNO)
    address = f"/tickets/{answered.pk}/"
    before = customer.get(address).text
    clock.on(seconds=15)
    after = customer.get(address).text

    assert ["Here is the manual." in text for text in (before, after)] == [False, True]
    assert "It does not open." in before
    assert "Rui Costa" in after
    assert "rui@lumiar.example" not in after


def test_the_list_in_the_portal_leads_there(asked, at_home):
    assert f"/tickets/{asked.pk}/" in at_home(BRUNO).get("/tickets/").links


def test_the_file_that_came_along_can_be_had_and_acts_nowhere(answered, clock, at_home):
    clock.on(seconds=15)
    page = at_home(BRUNO).get(f"/tickets/{answered.pk}/")
    (link,) = {link for link in page.links if link.startswith("/files/")}

    file = page.client.get(link)

    assert b"".join(file.streaming_content) == MANUAL
    assert file["Content-Disposition"] == 'attachment; filename="manual.pdf"'
    assert file["Content-Type"] == "application/octet-stream"


def test_the_program_reads_it_too(answered, program, clock):
    clock.on(seconds=15)
    shown = program.get(f"{TICKETS}{answered.pk}/").json()
    assert [(said["author"], said["text"]) for said in shown["messages"]] == [
        ("Bruno Braga", "It does not open."),
        ("Rui Costa", "Here is the manual."),
    ]
    assert [file["name"] for file in shown["messages"][1]["attachments"]] == ["manual.pdf"]


def test_the_manager_sees_it_and_another_customer_does_not(answered, clock, at_home):
    clock.on(seconds=15)
    address = f"/tickets/{answered.pk}/"
    assert "Here is the manual." in at_home(ANA).get(address).text
    assert at_home(CHLOE).get(address).status == 404


def test_what_is_written_in_the_portal_is_read_by_program_and_agent(answered, program, at_home, at_work, rui):
    page = at_home(BRUNO).get(f"/tickets/{answered.pk}/")
    page.send(f"/tickets/{answered.pk}/reply/", text="It works, thank you.")
    page.send(f"/tickets/{answered.pk}/solve/")

    shown = program.get(f"{TICKETS}{answered.pk}/").json()
    assert (shown["status"], shown["messages"][-1]["text"]) == ("solved", "It works, thank you.")
    assert "It works, thank you." in at_work(rui).get(console(answered)).text

"""Writing as a customer in the demonstration, and reading what comes back."""

import pytest

from channels_inbound import demo_mailbox
from channels_inbound.models import InboundMessage
from helpdesk import handling
from helpdesk.models import Ticket
from helpdesk.notifications import outbox
from sla.timekeeping import now

pytestmark = pytest.mark.django_db

WRITE = "/demo/write/"


@pytest.fixture
def mailbox(settings, tmp_path):
    settings.MAIL_DIR = tmp_path
    settings.EMAIL_BACKEND = "config.mailbox.EmlFolder"


def mail(**fields):
    return {
        "sender": "bruno@azenha.example",
        "subject": "The till",
        "text": "It prints nothing.\nBruno",
    } | fields


def test_a_mail_written_in_the_browser_becomes_a_ticket(client, desk, bruno):
    answer = client.post(WRITE, mail())

    inbound = InboundMessage.objects.get()
    ticket = Ticket.objects.get()
    assert (answer.status_code, answer.url) == (302, "/demo/write/?as=bruno%40azenha.example")
    assert (inbound.source, inbound.state, inbound.ticket) == ("demo", "done", ticket)
    assert (ticket.requester, ticket.subject, ticket.channel) == (bruno, "The till", "email")


@pytest.mark.django_db(transaction=True)
def test_an_answer_from_the_mailbox_stays_on_the_ticket(client, desk, bruno, rui, mailbox):
    client.post(WRITE, mail())
    ticket = Ticket.objects.get()
    handling.reply(ticket, text="Which till?", by=rui, at=now())
    outbox.send_due(at=now().replace(year=now().year + 1))

    came = demo_mailbox.mails_to("Bruno@azenha.example")
    reply = next(each for each in came if "Which till?" in each.text)
    client.post(WRITE, mail(text="The left one.", answers=reply.message_id, reply_to=reply.reply_to))

    assert Ticket.objects.count() == 1
    assert ticket.messages.filter(kind="customer").latest("id").text == "The left one."


def test_the_mailbox_shows_only_what_is_for_that_address(client, desk, mailbox, settings):
    from django.core.mail import send_mail

    send_mail("For Ana", "one", None, ["ana@azenha.example"])
    send_mail("For another Ana", "two", None, ["joana@azenha.example"])

    assert [each.subject for each in demo_mailbox.mails_to("ana@azenha.example")] == ["For Ana"]
    page = client.get(WRITE, {"as": "ana@azenha.example"}).content.decode()
    assert ("For Ana" in page, "For another Ana" in page) == (True, False)


@pytest.mark.parametrize(
    "fields", [{"sender": "nobody"}, {"sender": ""}, {"text": ""}, {"text": "\0"}, {"subject": "x" * 300}]
)
def test_what_is_no_mail_is_said_beside_the_field(client, desk, fields):
    answer = client.post(WRITE, mail(**fields))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, list(fields))
    assert InboundMessage.objects.count() == 0


def test_headers_cannot_be_written_into_the_mail(client, desk):
    client.post(
        WRITE, mail(subject="Hello\r\nBcc: victim@example.org", answers="<a@b>\r\nBcc: x@example.org")
    )

    ticket = Ticket.objects.get()
    assert ticket.subject == "Hello Bcc: victim@example.org"


def test_outside_a_demonstration_there_is_no_such_page(client, desk, settings):
    settings.DEMO = False

    assert (client.get(WRITE).status_code, client.post(WRITE, mail()).status_code) == (404, 404)
    assert InboundMessage.objects.count() == 0
    assert "Demonstration" not in client.get("/").content.decode()


def test_the_first_look_lists_the_sample_people(client, desk):
    page = client.get(WRITE).content.decode()

    assert all(name in page for name in ("Ana Azevedo", "Bruno Braga", "Chloé Caron"))

"""Opening tickets and answering on them."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contracts.models import Charge, Contract
from helpdesk import handling, lifecycle
from helpdesk.models import Attachment, Message, Ticket
from sla.timekeeping import now
from tests.cast import by_portal, rewrite, take_in

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


def ticket_form(**fields):
    return {
        "subject": "The till prints nothing",
        "text": "Since this morning.",
        "key": str(uuid.uuid4()),
    } | fields


@pytest.fixture
def customer(desk, as_person, bruno):
    return as_person(bruno)


@pytest.fixture
def ticket(desk, bruno) -> Ticket:
    return take_in(by_portal(bruno), at=now() - timedelta(minutes=30)).ticket


def test_a_new_ticket_is_charged_clocked_and_shown(customer, bruno, azenha):
    answer = customer.post("/tickets/new/", ticket_form(impact="blocked"), follow=True)

    ticket = Ticket.objects.get()
    assert answer.redirect_chain == [(f"/tickets/{ticket.pk}/", 302)]
    assert (ticket.requester, ticket.organisation, ticket.channel, ticket.impact, ticket.entitlement) == (
        bruno,
        azenha,
        "portal",
        "blocked",
        "inside",
    )
    assert ticket.messages.values_list("text", flat=True)[0] == "Since this morning."
    assert Charge.objects.filter(ticket_uid=ticket.uid, kind="debit").count() == 1
    assert [goal.standing for goal in answer.context["goals"]] == ["running", "running"]
    assert f"#{ticket.pk}" in answer.content.decode()


def test_sending_the_same_form_twice_makes_one_ticket(customer):
    form = ticket_form()
    answers = [customer.post("/tickets/new/", form) for _ in range(3)]

    assert len({answer.url for answer in answers}) == 1
    assert (Ticket.objects.count(), Message.objects.filter(kind="customer").count()) == (1, 1)
    assert Charge.objects.count() == 1


def test_other_words_in_the_same_form_are_not_lost(customer, ticket):
    form = {"text": "First.", "key": str(uuid.uuid4())}
    customer.post(f"/tickets/{ticket.pk}/reply/", form)
    customer.post(f"/tickets/{ticket.pk}/reply/", form)
    customer.post(f"/tickets/{ticket.pk}/reply/", form | {"text": "Second."})

    texts = list(ticket.messages.order_by("id").values_list("text", flat=True))
    assert texts[1:] == ["First.", "Second."]


def test_the_same_key_in_other_hands_is_another_message(customer, ticket, as_person, chloe):
    form = ticket_form()
    customer.post("/tickets/new/", form)
    as_person(chloe).post("/tickets/new/", form)

    assert set(Ticket.objects.exclude(pk=ticket.pk).values_list("requester__name", flat=True)) == {
        "Bruno Braga",
        "Chloé Caron",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", ""),
        ("subject", "   "),
        ("subject", "x" * 1_000_000),
        ("subject", "bell\x07"),
        ("subject", "nul\0"),
        ("text", ""),
        ("text", "x" * 100_001),
        ("text", "\x1b[2J"),
        ("impact", "the sky is falling"),
        ("key", "no uuid"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(customer, field, value):
    form = ticket_form(subject="A subject to keep", text="A text to keep") | {field: value}
    answer = customer.post("/tickets/new/", form)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    page = answer.content.decode()
    kept = (
        {"A subject to keep", "A text to keep"}
        - {form.get(field)}
        - {"A subject to keep" if field == "subject" else "", "A text to keep" if field == "text" else ""}
    )
    assert all(words in page for words in kept)
    assert 'role="alert"' in page
    assert Ticket.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.txt", b""), ("tool.EXE", b"MZ"), ("big.bin", b"x" * (25 * 1024 * 1024 + 1))],
)
def test_a_file_that_is_refused_stores_nothing_and_keeps_the_text(customer, name, content):
    form = ticket_form(text="A text to keep") | {"attached": [SimpleUploadedFile(name, content)]}
    answer = customer.post("/tickets/new/", form)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["attached"])
    assert "A text to keep" in answer.content.decode()
    assert (Ticket.objects.count(), Attachment.objects.count()) == (0, 0)


def test_eleven_files_are_too_many(customer):
    files = [SimpleUploadedFile(f"{number}.txt", b"x") for number in range(11)]

    assert customer.post("/tickets/new/", ticket_form() | {"attached": files}).status_code == 422


def test_files_are_served_to_be_saved_and_never_to_be_run(customer, as_person, chloe):
    page = SimpleUploadedFile("../../evil.html", b"<script>alert(1)</script>", "text/html")
    customer.post("/tickets/new/", ticket_form() | {"attached": [page]})
    file = Attachment.objects.get()
    answer = customer.get(f"/files/{file.uid}/")

    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "/" not in answer.headers["Content-Disposition"].replace("%2F", "")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert customer.get(f"/files/{file.uid}/picture/").status_code == 404
    assert as_person(chloe).get(f"/files/{file.uid}/").status_code == 404
    assert customer.get(f"/files/{uuid.uuid4()}/").status_code == 404


def test_a_picture_is_known_by_its_content(customer):
    files = [
        SimpleUploadedFile("a.png", PNG, "image/png"),
        SimpleUploadedFile("b.png", b"<svg onload=", "image/png"),
    ]
    customer.post("/tickets/new/", ticket_form() | {"attached": files})
    real, fake = Attachment.objects.order_by("name")

    answer = customer.get(f"/files/{real.uid}/picture/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert customer.get(f"/files/{fake.uid}/picture/").status_code == 404


def test_an_infected_file_is_not_served(customer):
    customer.post("/tickets/new/", ticket_form() | {"attached": [SimpleUploadedFile("a.txt", b"x")]})
    Attachment.objects.update(scan="infected")

    assert customer.get(f"/files/{Attachment.objects.get().uid}/").status_code == 404
    assert "a.txt" not in customer.get(f"/tickets/{Ticket.objects.get().pk}/").content.decode()


def test_a_file_on_a_note_is_nobodys(customer, ticket, rui):
    from helpdesk.incoming import IncomingFile

    files = (IncomingFile("canary.txt", "text/plain", b"x"),)
    handling.add_note(ticket, text="See this.", attached=files, by=rui, at=now())

    assert customer.get(f"/files/{Attachment.objects.get().uid}/").status_code == 404


def test_an_answer_takes_the_ticket_out_of_waiting(customer, ticket, rui):
    handling.reply(
        ticket, text="Which one?", then="waiting_customer", by=rui, at=now() - timedelta(minutes=9)
    )
    customer.post(f"/tickets/{ticket.pk}/reply/", {"text": "The left one.", "key": str(uuid.uuid4())})

    ticket.refresh_from_db()
    assert (ticket.status, ticket.messages.filter(kind="customer").count()) == ("open", 2)
    assert ticket.clock_set.clocks.get(metric="resolution").state == "running"


def test_an_answer_opens_a_solved_ticket_again_and_takes_no_quota(customer, ticket, rui):
    handling.reply(ticket, text="Done.", then="solved", by=rui, at=now() - timedelta(minutes=9))
    customer.post(f"/tickets/{ticket.pk}/reply/", {"text": "It is back.", "key": str(uuid.uuid4())})

    ticket.refresh_from_db()
    assert (ticket.status, Charge.objects.count()) == ("open", 1)


def test_an_answer_on_a_closed_ticket_opens_a_linked_one_as_the_page_announces(customer, ticket, rui):
    long_ago = now() - timedelta(days=9)
    Ticket.objects.filter(pk=ticket.pk).update(received_at=long_ago - timedelta(days=1))
    handling.reply(ticket, text="Done.", then="solved", by=rui, at=long_ago)
    lifecycle.close_solved(at=now())
    page = customer.get(f"/tickets/{ticket.pk}/")
    assert page.context["quota"].line.used == 1

    customer.post(f"/tickets/{ticket.pk}/reply/", {"text": "Once more.", "key": str(uuid.uuid4())})

    follower = Ticket.objects.exclude(pk=ticket.pk).get()
    assert (follower.follows, follower.subject) == (ticket, ticket.subject)
    assert Charge.objects.filter(kind="debit").count() == 2


def test_an_empty_answer_is_refused_on_the_tickets_page(customer, ticket):
    answer = customer.post(f"/tickets/{ticket.pk}/reply/", {"text": " \n"})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["text"])
    assert ticket.messages.count() == 1


# --- the quota line -----------------------------------------------------------------------------


def quota_words(customer) -> str:
    page = customer.get("/tickets/new/?lang=en").content.decode()
    return (
        " ".join(page.split("This month")[1].split("</section>")[0].split()) if "This month" in page else ""
    )


def test_the_quota_is_said_before_a_ticket_is_spent(customer, ticket):
    assert "1 of 15 used, resets 1 " in quota_words(customer)
    assert "(Lisbon)" in quota_words(customer)


def test_unlimited_says_so(customer, plus):
    rewrite(plus, units=None)

    assert "unlimited" in quota_words(customer)


def test_over_quota_says_what_happens_next_and_the_ticket_is_taken(customer, ticket, plus):
    rewrite(plus, units=1)

    assert "beyond your quota. It is accepted and flagged" in quota_words(customer)
    customer.post("/tickets/new/", ticket_form())
    assert Ticket.objects.exclude(pk=ticket.pk).get().entitlement == "flagged"


def test_without_a_contract_the_page_says_so(customer, contract):
    Contract.objects.filter(pk=contract.pk).update(ends_at=now() - timedelta(days=1))

    assert "No contract of your organisation is in force." in quota_words(customer)


def test_figures_that_cannot_be_had_hinder_nobody(customer, contract):
    Contract.objects.filter(pk=contract.pk).update(zone="Nowhere/Atall")

    assert "unavailable just now" in quota_words(customer)


def test_whoever_belongs_nowhere_sees_no_quota(desk, as_person):
    from tests.cast import person

    stranger = person("Sam Stray", "sam@stray.example", None)

    assert quota_words(as_person(stranger)) == ""

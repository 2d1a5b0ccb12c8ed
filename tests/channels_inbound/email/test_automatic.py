"""Whether a person wrote it, and what a mail server reports."""

import pytest

from channels_inbound.email.automatic import BounceFacts, Failure, Kind, bounce_facts, classify
from channels_inbound.email.parsing import look_at, read_mail
from helpdesk.notifications.headers import LOOP_MARKER


def kind_of(*fields, sender="Ana <ana@acme.example>", subject="It closes"):
    lines = [f"From: {sender}", f"Subject: {subject}", *fields]
    return classify(look_at("\n".join([*lines, "", "It closes."]).encode()))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("plain", Kind.HUMAN),
        ("reply_above_marker", Kind.HUMAN),
        ("forwarded_as_file", Kind.HUMAN),
        ("out_of_office", Kind.AUTO_REPLY),
        ("newsletter", Kind.LIST),
        ("own", Kind.OWN),
        ("bounce", Kind.BOUNCE),
        ("bounce_in_words", Kind.BOUNCE),
        ("complaint", Kind.COMPLAINT),
    ],
)
def test_a_mail_is_of_one_kind(read, name, kind):
    assert classify(read(name)) is kind


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: auto-generated",
        "Auto-Submitted: auto-replied (vacation)",
        "X-Auto-Response-Suppress: DR, OOF, AutoReply",
        "X-Auto-Response-Suppress: All",
        "X-Autoreply: yes",
        "X-Autorespond: out",
        "Precedence: auto_reply",
        "Precedence: junk",
        "Return-Path: <>",
    ],
)
def test_a_field_says_that_no_person_sent_it(field):
    assert kind_of(field) is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "field",
    [
        "List-Id: <a.example>",
        "List-Unsubscribe: <mailto:u@a.example>",
        "Precedence: bulk",
        "Precedence: list",
    ],
)
def test_a_list_is_known_by_its_fields(field):
    assert kind_of(field) is Kind.LIST


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: no",
        "X-Auto-Response-Suppress: DR, RN, NRN",
        "Precedence: first-class",
        "Return-Path: <ana@acme.example>",
        "Content-Type: multipart/mixed; report-type=delivery-status",
    ],
)
def test_a_person_stays_a_person(field):
    assert kind_of(field) is Kind.HUMAN


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("Automatic reply: It closes", Kind.AUTO_REPLY),
        ("Out of office", Kind.AUTO_REPLY),
        ("Resposta automática: férias", Kind.AUTO_REPLY),
        ("Réponse automatique : absence", Kind.AUTO_REPLY),
        ("Respuesta automática: vacaciones", Kind.AUTO_REPLY),
        ("Out of office hours, whom do I call?", Kind.HUMAN),
        ("Automatic replies do not work", Kind.HUMAN),
        ("Undelivered parcel", Kind.HUMAN),
    ],
)
def test_a_subject_is_a_hint_only_when_it_is_the_usual_phrase(subject, kind):
    assert kind_of(subject=subject) is kind


def test_only_machines_write_from_a_no_reply_address():
    assert kind_of(sender="Shop <no-reply@shop.example>") is Kind.AUTO_REPLY
    assert kind_of(sender="Noreen Reply <noreen@shop.example>") is Kind.HUMAN


def test_a_postmaster_who_writes_himself_is_a_person():
    postmaster = "Postmaster <postmaster@acme.example>"

    assert kind_of(sender=postmaster, subject="Please whitelist us") is Kind.HUMAN
    assert kind_of(sender=postmaster, subject="Undeliverable: It closes") is Kind.BOUNCE


def test_a_person_who_passes_a_report_on_is_a_person():
    mail = look_at(
        b"From: ana@acme.example\nSubject: what is this?\nContent-Type: multipart/mixed; boundary=b\n\n"
        b"--b\n\nI got this.\n"
        b"--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; x@y.example\n--b--"
    )

    assert classify(mail) is Kind.HUMAN


def test_our_own_mail_is_known_by_the_field_that_it_carries():
    assert kind_of(f"{LOOP_MARKER}: desk.example", "Auto-Submitted: auto-replied") is Kind.OWN


def test_the_envelope_counts_more_than_return_path():
    mail = look_at(b"From: ana@acme.example\nReturn-Path: <ana@acme.example>\n\nhi")

    assert classify(mail, envelope_sender="") is Kind.AUTO_REPLY
    assert classify(mail, envelope_sender="ana@acme.example") is Kind.HUMAN


def test_only_a_person_is_not_automatic():
    assert [kind for kind in Kind if not kind.is_automatic] == [Kind.HUMAN]


def test_a_bounce_tells_whom_it_missed_and_which_mail(read):
    facts = bounce_facts(read("bounce"))

    assert facts == BounceFacts(
        (Failure("ana@acme.example", "5.1.1", "failed", "550 5.1.1 No such user"),), "ours.1042@desk.example"
    )
    assert (facts.recipient, facts.is_permanent, facts.diagnosis) == (
        "ana@acme.example",
        True,
        "550 5.1.1 No such user",
    )


def test_a_bounce_in_words_tells_the_same(read):
    facts = bounce_facts(read("bounce_in_words"))

    assert facts == BounceFacts((Failure("ana@acme.example", "4.2.2"),), "ours.1042@desk.example")
    assert not facts.is_permanent


def test_a_complaint_names_who_complained(read):
    facts = bounce_facts(read("complaint"))

    assert (facts.recipient, facts.original_message_id) == ("ana@acme.example", "ours.1042@desk.example")


def test_a_delay_is_not_permanent():
    assert not Failure("a@b.example", "4.4.7", "delayed").is_permanent
    assert not Failure("a@b.example", "", "delayed").is_permanent
    assert Failure("a@b.example", "", "failed").is_permanent


def test_a_persons_mail_is_about_no_failure(read):
    facts = bounce_facts(read("plain"))

    assert (facts.failures, facts.recipient, facts.is_permanent, facts.diagnosis) == ((), "", False, "")


def test_a_report_without_a_sender_is_read_all_the_same(raw):
    assert read_mail(raw("bounce_in_words")).sender.address == ""

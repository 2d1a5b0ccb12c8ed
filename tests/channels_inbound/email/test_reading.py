"""What a person would see of a mail."""

from datetime import UTC, datetime

import pytest

from channels_inbound.email.mail import Mailbox, Reason, Unreadable
from channels_inbound.email.parsing import look_at, read_mail

ANA = Mailbox("ana@acme.example", "Ana Gonçalves")


def test_a_plain_mail_is_read_whole(read):
    mail = read("plain")

    assert mail.subject == "Não consigo entrar na aplicação"
    assert mail.sender == ANA
    assert mail.to == (Mailbox("support@desk.example"),)
    assert mail.cc == (Mailbox("rui@acme.example", "Silva, Rui"), Mailbox("marta@acme.example"))
    assert mail.recipients == ("support@desk.example", "rui@acme.example", "marta@acme.example")
    assert mail.date == datetime(2026, 1, 12, 10, tzinfo=UTC)
    assert mail.message_id == "plain@acme.example"
    assert mail.in_reply_to == "first@desk.example"
    assert mail.references == ("zero@desk.example", "first@desk.example")
    assert mail.language == "pt-PT"
    assert mail.text == (
        'Bom dia,\n\na aplicação fecha quando carrego em "Entrar". Já a instalei duas vezes.\n\nAna'
    )
    assert (mail.html, mail.attachments, mail.problems) == ("", (), ())


def test_only_the_words_above_our_marker_are_new(read):
    assert read("reply_above_marker").visible_text == "Obrigada, já funciona."


def test_html_alone_is_read_without_what_is_hidden_in_it(read):
    mail = read("html_only")

    assert mail.visible_text == "The app closes – again.\n\nVersion  4.1\nPhone    Pixel"
    assert mail.text.endswith(
        "On Mon, 12 Jan 2026 at 09:00, Support <support@desk.example> wrote:\n> Which version?"
    )
    assert "<script>alert(1)</script>" in mail.html, "kept as it came; `sanitise_html` is for showing"


def test_an_image_in_the_html_is_a_file_with_its_content_id(read):
    mail = read("inline_image")

    assert mail.text == "See the picture."
    assert mail.html == '<p>See the picture. <img src="cid:shot@acme"></p>'
    assert [(file.name, file.cid, file.inline) for file in mail.attachments] == [
        ("shot.png", "shot@acme", True)
    ]


@pytest.mark.parametrize(
    ("name", "subject", "text"),
    [
        ("eight_bit_undeclared", "A aplicação não abre", "Olá, não abre desde terça-feira."),
        ("japanese", "アプリが開きません", "昨日から開きません。"),
        ("cyrillic", "Не открывается приложение", "Здравствуйте, приложение не открывается."),
        ("unknown_charset", "The app closes", "It closes – again."),
        ("nul", "The app closes", "It closes."),
    ],
)
def test_every_charset_becomes_words(read, name, subject, text):
    mail = read(name)

    assert (mail.subject, mail.text) == (subject, text)


def test_a_repair_is_told(read):
    assert read("unknown_charset").problems == ("unknown charset x-martian",)
    assert read("wrong_boundary").problems == ("wrong or missing boundary",)
    assert read("cut_short").problems == ("missing closing boundary",)


def test_broken_mime_keeps_its_text_and_its_file(read):
    for name, file in (("wrong_boundary", "log.txt"), ("cut_short", "a.png")):
        mail = read(name)
        assert (mail.text, [one.name for one in mail.attachments]) == ("It closes.", [file])


def test_wrapped_paragraphs_are_joined_again(read):
    assert read("flowed").text == (
        "This is one long paragraph that the program of the sender wrapped.\n"
        "From here on, stuffed.\n\n> quoted words that go on\n--\nAna"
    )


def test_what_is_forwarded_is_shown(read):
    mail = read("forwarded_below")

    assert mail.visible_text == mail.text
    assert mail.text.endswith("It says error 500.")


def test_a_long_subject_is_cut_for_display(read):
    assert read("long_subject").subject == "x" * 254 + "…"


def test_signed_and_encrypted_parts_are_kept(read):
    assert read("signed").text == "It closes."
    assert [file.name for file in read("signed").attachments] == ["signature.asc"]
    assert [file.name for file in read("encrypted").attachments] == ["pgp-version.txt", "encrypted.asc"]


def test_a_calendar_part_is_a_file(read):
    mail = read("invitation")

    assert (mail.text, [file.name for file in mail.attachments]) == ("Call at 15:00.", ["invitation.ics"])


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("empty", Reason.EMPTY),
        ("no_from", Reason.NO_SENDER),
        ("garbage", Reason.NO_SENDER),
        ("several_from", Reason.SEVERAL_SENDERS),
        ("two_from_fields", Reason.SEVERAL_SENDERS),
        ("nothing_readable", Reason.NOTHING_READABLE),
    ],
)
def test_what_cannot_become_a_message_says_why(raw, name, reason):
    with pytest.raises(Unreadable) as refusal:
        read_mail(raw(name))

    assert refusal.value.reason is reason
    assert str(refusal.value).startswith("The mail ")


def test_a_mail_over_the_limit_is_refused_and_one_at_the_limit_is_not(raw):
    plain = raw("plain")
    assert read_mail(plain, max_bytes=len(plain)).sender == ANA

    with pytest.raises(Unreadable) as refusal:
        read_mail(plain, max_bytes=len(plain) - 1)
    assert refusal.value.reason is Reason.TOO_LARGE


def test_blank_bytes_are_no_mail():
    with pytest.raises(Unreadable) as refusal:
        look_at(b"\x00\r\n \x00")
    assert refusal.value.reason is Reason.EMPTY


def test_a_mail_without_a_sender_can_still_be_looked_at(raw):
    assert look_at(raw("no_from")).text == "Guess who."


def test_sender_settles_which_of_several_authors_sent_it(read):
    assert read("several_from_with_sender").sender == Mailbox("rui@acme.example", "Rui")


def test_the_same_from_twice_is_one_sender():
    mail = read_mail(b"From: Ana <ana@acme.example>\nFrom: <ANA@acme.example>\nSubject: hi\n\nhi")

    assert mail.sender == Mailbox("ana@acme.example", "Ana")


def test_no_message_id_is_not_an_error(read):
    assert read("no_message_id").message_id == ""


def test_a_mail_that_is_only_a_subject_is_read():
    assert read_mail(b"From: ana@acme.example\nSubject: Call me\n\n").subject == "Call me"


def test_mbox_lines_stray_lines_and_blanks_before_colons_are_tolerated():
    mail = read_mail(
        b"From ana Mon Jan 12\nFrom : ana@acme.example\nthis is no field\nSubject\t: hi\n folded\n\nhi"
    )

    assert (mail.sender.address, mail.subject, mail.text) == ("ana@acme.example", "hi folded", "hi")


def test_lines_that_end_in_carriage_returns_alone_are_lines():
    mail = read_mail(b"From: ana@acme.example\rSubject: hi\r\rone\rtwo")

    assert (mail.subject, mail.text) == ("hi", "one\ntwo")


def test_delivery_fields_name_the_address_that_got_it():
    mail = read_mail(
        b"Delivered-To: support+token@desk.example\nFrom: ana@acme.example\nTo: support@desk.example\n\nhi"
    )

    assert mail.recipients == ("support@desk.example", "support+token@desk.example")


def test_words_in_a_header_cannot_break_a_line():
    mail = read_mail(b"From: ana@acme.example\nSubject: =?utf-8?q?a=0D=0ABcc:_b?= =?utf-8?b?AAECAw==?=\n\nhi")

    assert mail.subject == "a Bcc: b"


def test_long_text_is_read_from_its_beginning():
    mail = read_mail(b"From: ana@acme.example\n\n" + b"word word\n" * 200_000)

    assert len(mail.text) <= 1024 * 1024
    assert len(mail.visible_text) <= 100_000
    assert mail.problems == ("text cut after 1 MB",)


def test_nesting_and_parts_are_bounded():
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (at, at) for at in range(5000)
    )
    many = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: image/png\n\nx\n" * 5000
    start = b"From: ana@acme.example\nSubject: hi\n"

    assert "nested too deeply" in read_mail(start + deep).problems
    wide = read_mail(start + many)
    assert len(wide.attachments) == 200
    assert "too many parts" in wide.problems

"""Files under names that are safe to show."""

import pytest

from channels_inbound.email.attachments import safe_name


def names(mail):
    return [file.name for file in mail.attachments]


def test_names_are_read_in_every_way_that_mail_writes_them(read):
    assert names(read("names")) == [
        "captura de ecrã.png",
        "relatório de janeiro.png",
        "ecrã.png",
        "my invoice.pdf",
        "attachment-5.csv",
    ]


def test_names_carry_no_path_and_nothing_invisible(read):
    assert names(read("hostile_names")) == [
        "x",
        "log.txt",
        "photogpj.exe",
        "a X-Evil_ 1.txt",
        "attachment-5.txt",
        "long" * 36 + "lo.txt",
    ]


def test_content_is_what_was_sent(read):
    assert [file.content for file in read("hostile_names").attachments][:2] == [b"one", b"two"]
    assert {file.content[:8] for file in read("names").attachments[:3]} == {b"\x89PNG\r\n\x1a\n"}


def test_a_forwarded_mail_is_a_file_named_after_its_subject(read):
    (file,) = read("forwarded_as_file").attachments

    assert (file.name, file.content_type) == ("Invoice 7.eml", "message/rfc822")
    assert file.content.startswith(b"From: shop@elsewhere.example")


def test_outlooks_winmail_is_unpacked(read):
    mail = read("winmail")

    assert [(file.name, file.content) for file in mail.attachments] == [
        ("relatório de janeiro.txt", b"all is well"),
        ("log.txt", b"a log"),
    ]
    assert mail.problems == ("unpacked winmail.dat",)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("report.pdf", "report.pdf"),
        ("/etc/passwd", "passwd"),
        ("a/b\\c.txt", "c.txt"),
        ("...", "file"),
        ("", "file"),
        (" .. ", "file"),
        (".htaccess", "htaccess"),
        ("a\x00b\r\nc.txt", "a_b__c.txt"),
        ('a<b>:"|?*.txt', "a_b______.txt"),
        ("cafe\u0301.txt", "café.txt"),
        ("x" * 300, "x" * 150),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ("x" * 10 + "." + "y" * 300, "x" * 10 + "." + "y" * 139),
    ],
)
def test_a_name_is_made_safe(given, shown):
    assert safe_name(given, "file") == shown

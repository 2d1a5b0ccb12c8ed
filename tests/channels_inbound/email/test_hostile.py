"""For any bytes at all: a mail or a named reason, in bounded time and memory, the same every time."""

import os
import random
import resource
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels_inbound.email import authenticity
from channels_inbound.email.automatic import bounce_facts, classify
from channels_inbound.email.html_text import html_to_text
from channels_inbound.email.mail import MAX_MAIL_BYTES, Unreadable
from channels_inbound.email.parsing import look_at, read_mail
from channels_inbound.email.visible import visible_text
from helpdesk.sanitise import sanitise_html

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "mail"
SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "mail"
BITS = [
    b"\0", b"\r", b"\n", b"\r\n\r\n", b"\x1b$B", b"\xff\xfe", b"+2AA-",
    b"=?utf-8?q?", b"?=", b"=?x?b?", b'"', b"<", b">", b"(", b"@", b";", b"--", b"boundary=",
    b"From: ", b"filename*0*=utf-8''%00", b"charset=utf-7", b"charset=utf-16",
    b"Content-Type: multipart/mixed; boundary=b\r\n",
    b"Content-Type: text/html\r\n",
    b"Content-Type: message/rfc822\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: x-uuencode\r\n",
    b"<blockquote>", b"<table>", b"##- x -##",
]  # fmt: skip


def everything_about(raw):
    """All that can be asked of a mail; only Unreadable may come of it."""
    mail = look_at(raw)
    with suppress(Unreadable):
        read_mail(raw)
    verdict = authenticity.read(mail, authserv_id="mx.desk.example")
    return mail, classify(mail), bounce_facts(mail), verdict, sanitise_html(mail.html)


def texts_of(mail, facts):
    for box in (mail.sender, *mail.to, *mail.cc, *mail.reply_to):
        yield from (box.address, box.name)
    for file in mail.attachments:
        yield from (file.name, file.content_type, file.cid)
    for failure in facts.failures:
        yield from (failure.recipient, failure.status, failure.action, failure.diagnostic)
    for pair in mail.headers:
        yield from pair
    yield from (mail.subject, mail.text, mail.visible_text, mail.html, mail.message_id, mail.in_reply_to)
    yield from (*mail.references, *mail.problems, *mail.recipients, mail.language, facts.original_message_id)


def check(raw):
    """Read it twice: the same result, of which every text can be stored."""
    try:
        first = everything_about(raw)
    except Unreadable:
        return
    assert everything_about(raw) == first
    for text in texts_of(first[0], first[2]):
        assert "\0" not in text
        text.encode()


@given(st.binary(max_size=2000))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_mail_or_a_reason(raw):
    check(raw)


@given(st.lists(st.sampled_from(BITS) | st.binary(max_size=8), max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_mixture_of_mail_words_is_a_mail_or_a_reason(bits):
    check(b"From: a@b.example\r\n" + b"".join(bits))


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_any_text_has_visible_words_and_any_html_has_text(text):
    assert visible_text(text).strip() or not visible_text(text)
    html_to_text(text)
    sanitise_html(text)


def mutated(raw, dice):
    """Cut, repeat, swap and overwrite pieces of a mail."""
    out = bytearray(raw)
    for _ in range(dice.randint(1, 8)):
        at, length = dice.randrange(len(out) + 1), dice.randint(0, 40)
        piece = dice.choice(
            [b"", dice.choice(BITS), dice.randbytes(dice.randint(1, 6)), bytes(out[at : at + 200])]
        )
        out[at : at + length] = piece
    return bytes(out)


def test_broken_copies_of_real_mails_are_mails_or_reasons():
    dice = random.Random(1042)
    files = [*SAMPLES.glob("*.eml"), *SHARED.glob("*/*.eml"), *SHARED.glob("*/*.txt")]
    for file in sorted(files, key=lambda file: file.name):
        raw = file.read_bytes()[:20_000]
        for _ in range(3):
            check(mutated(raw, dice))


HEAD = b"From: a@b.example\nSubject: hi\n"
MULTIPART = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
HTML = HEAD + b"Content-Type: text/html\n\n"
PIECES = {
    "blank lines": (HEAD + b"\n", b"\n"),
    "carriage returns": (HEAD + b"\n", b"\r"),
    "quote signs": (HEAD + b"\n", b"> \n"),
    "attributions": (HEAD + b"\n", b"On 1.1.2026 a@b wrote:\n"),
    "labels": (HEAD + b"\n", b"From:\n"),
    "signatures": (HEAD + b"\nx\n", b"--\n"),
    "one line": (HEAD + b"\nOn ", b"a b "),
    "nested parts": (HEAD, b"Content-Type: multipart/mixed; boundary=b\n\n--b\n"),
    "tiny parts": (MULTIPART, b"--b\n\nx\n"),
    "near delimiters": (MULTIPART, b"--bb\n"),
    "header fields": (HEAD, b"X: y\n"),
    "folded lines": (HEAD + b"X: y\n", b" y\n"),
    "base64": (HEAD + b"Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n", b"QUJD"),
    "uuencoding": (HEAD + b"Content-Type: image/png\nContent-Transfer-Encoding: x-uue\n\n", b"!!\n"),
    "wrapped lines": (HEAD + b"Content-Type: text/plain; format=flowed\n\n", b"a \n"),
    "undeclared bytes": (HEAD + b"\n", b"\xe9\xff\xfe"),
    "UTF-16": (HEAD + b"Content-Type: text/plain; charset=utf-16\n\n", b"\xd8\x00"),
    "ISO-2022": (HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\n\n", b"\x1b$B$"),
    "paragraphs": (HTML, b"<p>x</p>"),
    "angle brackets": (HTML, b"<"),
    "deep elements": (HTML, b"<div>"),
    "deep quotes": (HTML, b"<blockquote>"),
    "deep formatting": (HTML + b"".join(b"<font size=%d>" % at for at in range(2000)), b"<p>x"),
    "attributes": (HTML + b"<a ", b"b=1 c=2 d=3 "),
    "table rows": (HTML + b"<table><tr><td>" + b"a" * 8000, b"<tr><td>x"),
    "line breaks": (HTML, b"<br>"),
    "entities": (HTML, b"&"),
    "delivery reports": (
        MULTIPART + b"--b\nContent-Type: message/delivery-status\n\n",
        b"Action: failed\n\n",
    ),
}


@pytest.mark.parametrize("name", PIECES)
def test_the_largest_hostile_mail_costs_under_ten_seconds_and_200_mb(name):
    start, piece = PIECES[name]
    raw = start + piece * ((MAX_MAIL_BYTES - len(start)) // len(piece))

    seconds, megabytes = cost_in_a_process_of_its_own(raw)

    assert seconds < 10
    assert megabytes < 200


def cost_in_a_process_of_its_own(raw):
    """Read a mail once, as the inbox does; returns seconds of processor and the growth of memory in MB."""
    receive, send = os.pipe()
    child = os.fork()
    if not child:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.process_time()
        with suppress(Unreadable):
            mail = read_mail(raw)
            classify(mail)
            bounce_facts(mail)
            sanitise_html(mail.html)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        os.write(send, f"{time.process_time() - began} {grown / 1024}".encode())
        os._exit(0)
    os.close(send)
    with os.fdopen(receive) as answer:
        told = answer.read().split()
    os.waitpid(child, 0)
    assert told, "the process died"
    return tuple(float(word) for word in told)

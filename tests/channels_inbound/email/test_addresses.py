"""Whom a field names."""

import time

import pytest

from channels_inbound.email.addresses import is_address, read_mailboxes
from channels_inbound.email.mail import Mailbox


@pytest.mark.parametrize(
    ("field", "boxes"),
    [
        ("ana@acme.example", [("ana@acme.example", "")]),
        ("Ana <ana@acme.example>", [("ana@acme.example", "Ana")]),
        ('"Silva, Ana" <ana@acme.example>', [("ana@acme.example", "Silva, Ana")]),
        (r'"Ana \"A\" Silva" <ana@acme.example>', [("ana@acme.example", 'Ana "A" Silva')]),
        ("ana@acme.example (Ana (Silva))", [("ana@acme.example", "Ana (Silva)")]),
        ("=?UTF-8?B?Rm9vLCBCYXI=?= <ana@acme.example>", [("ana@acme.example", "Foo, Bar")]),
        ('"=?UTF-8?Q?Jo=C3=A3o?=" <joao@acme.example>', [("joao@acme.example", "João")]),
        ("'ana@acme.example' <ana@acme.example>", [("ana@acme.example", "ana@acme.example")]),
        ("João <joão@acme.example>", [("joão@acme.example", "João")]),
        ("a@x.example, B <b@x.example>; c@x.example", [
            ("a@x.example", ""), ("b@x.example", "B"), ("c@x.example", ""),
        ]),
        ("Team: a@x.example, b@x.example;", [("a@x.example", ""), ("b@x.example", "")]),
        ("undisclosed-recipients:;", []),
        (", , a@x.example", [("a@x.example", "")]),
        ("MAILER-DAEMON <>", [("", "MAILER-DAEMON")]),
        ("Whomever", [("", "Whomever")]),
        ("jdoe@machine(comment).  example", [("jdoe@machine.example", "comment")]),
        ("<@relay.example,@b.example:ana@acme.example>", [("ana@acme.example", "")]),
        ("mailto:ana@acme.example", [("ana@acme.example", "")]),
        ('"Ana <ana@acme.example>', [("ana@acme.example", "Ana")]),
        ("Ana <ana@acme.example", [("ana@acme.example", "Ana")]),
        ("ana@[192.0.2.1]", [("ana@[192.0.2.1]", "")]),
    ],
)  # fmt: skip
def test_a_field_is_read_as_it_is_meant(field, boxes):
    assert read_mailboxes(field.encode()) == tuple(Mailbox(*box) for box in boxes)


@pytest.mark.parametrize(
    "field",
    [
        '"victim@acme.example x"@evil.example',
        "a@b@evil.example",
        "ana@@acme.example",
        "@",
        "<ana@acme.example x>",
        "x" * 65 + "@acme.example",
        "ana@" + "x" * 300,
    ],
)
def test_what_is_not_plainly_one_address_is_none(field):
    assert [box.address for box in read_mailboxes(field.encode()) if box.address] == []


def test_an_address_in_the_name_is_only_a_name():
    assert read_mailboxes(b'"boss@acme.example" <evil@elsewhere.example>') == (
        Mailbox("evil@elsewhere.example", "boss@acme.example"),
    )


def test_two_addresses_without_a_comma_are_two():
    assert [box.address for box in read_mailboxes(b"<a@x.example> <b@x.example>")] == [
        "a@x.example",
        "b@x.example",
    ]


def test_names_carry_nothing_invisible():
    name = read_mailboxes("=?utf-8?b?{}?= <a@x.example>".format("4oCuZ3BqLmV4ZQ==").encode())[0].name

    assert name == "gpj.exe"


@pytest.mark.parametrize(
    "piece", [b"(", b"<", b'"', b"(a", b"@:", b",", b'"\\', b"((a)", b"a@b ", b". @ ", b" "]
)
def test_hostile_fields_cost_no_more_than_their_length(piece):
    field = b"a@b" + piece * (60_000 // len(piece)) + b"x"

    # The best of three: a busy machine makes a second of processor time longer, not the work.
    assert min(_processor_seconds(field) for _ in range(3)) < 1


def _processor_seconds(field):
    start = time.process_time()
    read_mailboxes(field)
    return time.process_time() - start


def test_an_address_has_a_local_part_and_a_domain():
    assert is_address("ana@acme.example")
    assert not is_address("ana")
    assert not is_address("@acme.example")
    assert not is_address("ana@")
    assert not is_address("ana@acme example")

"""Whether the border's mail server vouches for the domain of From."""

import pytest

from channels_inbound.email.authenticity import Authenticity, read
from channels_inbound.email.parsing import look_at

BORDER = "mx.desk.example"


def judged(*results, sender="ana@acme.example", authserv_id=BORDER):
    fields = [f"Authentication-Results: {result}" for result in results]
    mail = look_at("\n".join([*fields, f"From: {sender}", "Subject: hi", "", "hi"]).encode())
    return read(mail, authserv_id=authserv_id)


def test_a_border_that_passes_everything_is_believed(raw):
    assert read(look_at(raw("authenticated")), authserv_id=BORDER) == Authenticity(
        dkim="pass", spf="pass", dmarc="pass", authenticated=True
    )


def test_a_forged_verdict_below_the_borders_is_ignored(raw):
    assert read(look_at(raw("forged_authentication")), authserv_id=BORDER) == Authenticity(
        dkim="none", spf="fail", dmarc="fail", authenticated=False
    )


def test_nobody_is_believed_without_a_configured_border():
    verdict = f"{BORDER}; dmarc=pass header.from=acme.example"

    assert judged(verdict, authserv_id="") == Authenticity()
    assert judged(verdict, authserv_id="mx.elsewhere.example") == Authenticity()
    assert judged() == Authenticity()


def test_another_servers_verdict_above_hides_nothing():
    assert judged(
        "filter.elsewhere.example; dmarc=fail header.from=acme.example",
        f"{BORDER}; dmarc=pass header.from=acme.example",
    ).authenticated


@pytest.mark.parametrize(
    ("result", "authenticated"),
    [
        ("dmarc=pass header.from=acme.example", True),
        ("dmarc=pass header.from=elsewhere.example", False),
        ("dkim=pass header.d=acme.example", True),
        ("dkim=pass header.i=@ACME.example", True),
        ("dkim=pass header.d=elsewhere.example", False),
        ("dkim=pass header.d=evil.acme.example", False),
        ("dkim=pass header.d=notacme.example", False),
        ("dkim=pass header.d=example", False),
        ("dkim=fail header.d=acme.example", False),
        ("spf=pass smtp.mailfrom=bounce@acme.example", True),
        ("spf=pass smtp.mailfrom=acme.example", True),
        ("spf=pass smtp.mailfrom=elsewhere.example", False),
        ("spf=pass smtp.helo=acme.example", False),
        ("dkim=pass header.d=acme.example; dmarc=fail header.from=acme.example", False),
        ("dmarc=fail header.from=acme.example; dmarc=pass header.from=acme.example", False),
        ("none", False),
        ("", False),
        ('spf=fail smtp.mailfrom="a; dmarc=pass header.from=acme.example "@evil.example', False),
        ("spf=fail (says; dmarc=pass header.from=acme.example) smtp.mailfrom=evil.example", False),
        ("spf=fail (a \\) ; dkim=pass header.d=acme.example) smtp.mailfrom=evil.example", False),
        ("spf=fail (never closed; dkim=pass header.d=acme.example", False),
        ('spf=fail smtp.mailfrom="never closed; dkim=pass header.d=acme.example', False),
        ("x-dkim=pass header.d=acme.example", False),
    ],
)
def test_a_verdict_counts_for_the_domain_that_it_is_about(result, authenticated):
    assert judged(f"{BORDER}; {result}").authenticated is authenticated


def test_a_domain_may_vouch_for_one_below_it():
    assert judged(f"{BORDER}; dkim=pass header.d=acme.example", sender="ana@mail.acme.example").authenticated


def test_a_passing_signature_among_failing_ones_is_the_verdict():
    found = judged(f"{BORDER} 1; dkim=fail header.d=list.example; dkim=pass header.d=acme.example")

    assert (found.dkim, found.authenticated) == ("pass", True)


def test_a_mail_without_a_sender_is_not_authentic():
    assert not judged(f"{BORDER}; dmarc=pass header.from=", sender="Somebody").authenticated

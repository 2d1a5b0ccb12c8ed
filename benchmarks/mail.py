"""Mails a second: through the inbox and every rule, and through Postmark's webhook."""

import base64
import json
from datetime import timedelta
from email.message import EmailMessage

from benchmarks.measuring import Figures, hundred_customers, measure, own_database

TIMES = 300


def main(_tickets: int = 0) -> None:
    """Print them beside what peers reach on a machine like this (design targets in docs/benchmarks.md)."""
    with own_database():
        from django.conf import settings

        from sla import timekeeping

        settings.SECURE_SSL_REDIRECT = False
        domains = hundred_customers(timekeeping.now())
        _print("new ticket by mail", _rule(domains, b""), "django-helpdesk 48, RT 2.8; aim 120")
        _print("the same with 200 KB attached", _rule(domains, b"x" * 200_000), "django-helpdesk 31; aim 60")
        _print("webhook: kept and acknowledged", _webhook(domains), "")


def _print(what: str, figures: Figures, peers: str) -> None:
    rates = f"{figures.each_second:6.0f} a second ({figures.each_processor_second:.0f} a processor second)"
    print(f"{what:<34}{rates}, {figures.statements} statements   {peers}")


def _mail(domain: str, index: int, attached: bytes) -> bytes:
    mail = EmailMessage()
    mail["From"] = f"Person {index % 7} <person{index % 7}@{domain}>"
    mail["To"] = "support@desk.example"
    mail["Subject"] = f"Printer {index}"
    mail["Message-ID"] = f"<{index}.{len(attached)}@{domain}>"
    mail.set_content("It does not print.\nSince this morning.\n\n-- \nPerson\nCustomer Ltd\n")
    if attached:
        mail.add_attachment(attached, maintype="application", subtype="octet-stream", filename="log.bin")
    return mail.as_bytes()


def _rule(domains: list[str], attached: bytes) -> Figures:
    from channels_inbound import ingest
    from sla import timekeeping

    mails = [_mail(domains[index % 100], index, attached) for index in range(TIMES + 2)]
    # Beyond their quota customers cause notices; spread over months, all stay inside it.
    start = timekeeping.now() - timedelta(days=360)

    def work(index: int) -> None:
        at = start + timedelta(hours=28 * index)
        inbound, _ = ingest.store(
            source="pipe", provider_id="", raw=mails[index], at=min(at, timekeeping.now())
        )
        done = ingest.process(inbound.pk, at=at)
        if done is None or done.state != "done":
            raise RuntimeError(f"the mail was not taken: {done and done.reason}")

    return measure(work, TIMES)


def _webhook(domains: list[str]) -> Figures:
    from django.test import Client

    secret = base64.b64encode(b"postmark:bench").decode()
    client = Client(headers={"Authorization": f"Basic {secret}"})

    def work(index: int) -> None:
        event = {
            "MessageID": f"pm-{index}",
            "RawEmail": _mail(domains[index % 100], 10_000 + index, b"").decode(),
        }
        answer = client.post("/anymail/postmark/inbound/", json.dumps(event), content_type="application/json")
        if answer.status_code != 200:  # noqa: PLR2004 - HTTP's word for yes
            raise RuntimeError(f"the webhook said {answer.status_code}")

    return measure(work, TIMES)

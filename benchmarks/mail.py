"""Mails a second through the inbox and every rule, through Postmark's webhook, and tickets by the API."""

import base64
import json
import multiprocessing
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage

from benchmarks.measuring import Figures, hundred_customers, measure, own_database

TIMES = 100
PROCESSES = 2


def main(_tickets: int = 0) -> None:
    """Print them beside what peers reach on a machine like this (design targets in docs/benchmarks.md)."""
    with own_database():
        from django.conf import settings

        from sla import timekeeping

        settings.SECURE_SSL_REDIRECT = False
        domains = hundred_customers(timekeeping.now())
        first = measure(_taking(domains, b"", "first"), TIMES)
        _print("mail of somebody new, new month", first, "django-helpdesk 48, RT 2.8; aim 120")
        _print("mail of somebody known", measure(_taking(domains, b"", "again", people=1), TIMES), "the same")
        large = measure(_taking(domains, b"x" * 200_000, "large"), TIMES)
        _print("new, with 200 KB attached", large, "django-helpdesk 31; aim 60")
        _print("reply by mail", _replies(domains), "django-helpdesk 43-57, RT 5.3; aim 120")
        _print("webhook: kept and acknowledged", _webhook(domains), "")
        _print("API create", _api(domains), "django-helpdesk 31-64, RT 5-7, 8 clients; aim 130")
        _print_ratio(domains)


def _print(what: str, figures: Figures, peers: str) -> None:
    rates = f"{figures.each_second:6.0f} a second ({figures.each_processor_second:.0f} a processor second)"
    print(f"{what:<34}{rates}, {figures.statements} statements   {peers}")


def _mail(domain: str, name: str, attached: bytes = b"", *, writer: int = 0, to: str = "") -> bytes:
    mail = EmailMessage()
    mail["From"] = f"Person {writer} <person{writer}@{domain}>"
    mail["To"] = to or "support@desk.example"
    mail["Subject"] = f"Printer {name}"
    mail["Message-ID"] = f"<{name}.{len(attached)}@{domain}>"
    mail.set_content("It does not print.\nSince this morning.\n\n-- \nPerson\nCustomer Ltd\n")
    if attached:
        mail.add_attachment(attached, maintype="application", subtype="octet-stream", filename="log.bin")
    return mail.as_bytes()


def _taking(domains: list[str], attached: bytes, name: str, people: int = 7) -> Callable[[int], None]:
    """Takes in the mail of that index: each 28 hours after the one before, by one of `people` a customer.

    Beyond their quota customers cause notices; spread over months, all stay inside it.
    """
    from sla import timekeeping

    start = timekeeping.now() - timedelta(days=360)
    step = timedelta(hours=28) if people > 1 else timedelta(minutes=10)

    def work(index: int) -> None:
        mail = _mail(domains[index % 100], f"{name}.{index}", attached, writer=index % people)
        _take(mail, start + step * index)

    if people == 1:
        for index in range(100):
            _take(_mail(domains[index], f"{name}.before.{index}"), start)
    return work


def _take(mail: bytes, at: datetime) -> None:
    from channels_inbound import ingest

    inbound, _ = ingest.store(source="pipe", provider_id="", raw=mail, at=at)
    done = ingest.process(inbound.pk, at=at)
    if done is None or done.state != "done":
        raise RuntimeError(f"the mail was not taken: {done and done.reason}")


def _replies(domains: list[str]) -> Figures:
    """To the signed address of the ticket that each customer's first person opened."""
    from helpdesk.models import Ticket
    from helpdesk.notifications import reply_address
    from sla import timekeeping

    address = f"person0@{domains[0]}"
    ticket = Ticket.objects.filter(requester__addresses__value=address).latest("received_at")
    to, start = reply_address.make(ticket, address), timekeeping.now()
    return measure(
        lambda index: _take(_mail(domains[0], f"reply.{index}", to=to), start + timedelta(seconds=index)),
        TIMES,
    )


def _webhook(domains: list[str]) -> Figures:
    from django.test import Client

    secret = base64.b64encode(b"postmark:bench").decode()
    client = Client(headers={"Authorization": f"Basic {secret}"})

    def work(index: int) -> None:
        event = {
            "MessageID": f"pm-{index}",
            "RawEmail": _mail(domains[index % 100], f"webhook.{index}").decode(),
        }
        answer = client.post("/anymail/postmark/inbound/", json.dumps(event), content_type="application/json")
        if answer.status_code != 200:  # noqa: PLR2004 - HTTP's word for yes
            raise RuntimeError(f"the webhook said {answer.status_code}")

    return measure(work, TIMES)


def _api(domains: list[str]) -> Figures:
    from django.test import Client

    from contracts.models import Account, Organisation, Person
    from helpdesk.api.authentication import SCOPES, issue_token

    clients = []
    for domain in domains:
        account = Account.objects.create_user(email=f"program@{domain}", password=None)
        organisation = Organisation.objects.get(mail_domains__domain=domain)
        Person.objects.create(name="Program", account=account, organisation=organisation)
        token = issue_token(account, name="bench", scopes=list(SCOPES), lives=None)
        clients.append(Client(headers={"Authorization": f"Bearer {token}"}))

    def work(index: int) -> None:
        answer = clients[index % 100].post(
            "/api/v1/tickets/",
            {"subject": f"Lift {index}", "text": "It is stuck."},
            content_type="application/json",
            headers={"Idempotency-Key": f"bench-{index}"},
        )
        if answer.status_code != 201:  # noqa: PLR2004 - HTTP's word for made
            raise RuntimeError(f"the API said {answer.status_code}: {answer.content!r}")

    return measure(work, TIMES)


def _print_ratio(domains: list[str]) -> None:
    """How much more two workers do than one."""
    from django.db import connection

    if connection.vendor != "postgresql":
        print("two workers beside each other: only on PostgreSQL, since SQLite has one writer")
        return
    rates = [_together(domains, processes, f"ratio{processes}") for processes in (1, PROCESSES)]
    print(
        f"{PROCESSES} workers beside each other     {rates[1]:6.0f} a second, "
        f"{rates[1] / rates[0]:.2f} times one   aim 1.7"
    )


def _together(domains: list[str], processes: int, name: str) -> float:
    """Mails a second of so many processes that begin at once, each for customers of its own."""
    from django.db import connection

    connection.close()  # each process needs its own
    fork = multiprocessing.get_context("fork")
    together = fork.Barrier(processes + 1)

    def worker(number: int) -> None:
        mine = domains[number * 50 : number * 50 + 50] * 2
        work = _taking(mine, b"", f"{name}.{number}")
        work(TIMES)
        together.wait()
        for index in range(TIMES):
            work(index)
        together.wait()

    children = [fork.Process(target=worker, args=(number,), daemon=True) for number in range(processes)]
    for child in children:
        child.start()
    together.wait(60)
    began = time.perf_counter()
    together.wait(120)
    seconds = time.perf_counter() - began
    for child in children:
        child.join()
    return TIMES * processes / seconds

"""The agents' queue, a ticket's page and the portal's list, with many tickets in the database."""

from datetime import datetime, timedelta

from benchmarks.measuring import hundred_customers, measure, own_database

TIMES = 40
MESSAGES = 50
CLOSED_OF_TEN = 7


def main(tickets: int = 10_000) -> None:
    """Print p50 / p95 and statements beside what peers reach."""
    with own_database():
        from django.test import Client

        from contracts.models import Account
        from sla import timekeeping

        now = timekeeping.now()
        hundred_customers(now)
        pk = _fill(tickets, now)
        print(f"{tickets} tickets")
        agent, customer = Client(), Client()
        agent.force_login(Account.objects.get(email="rui@lumiar.example"))
        customer.force_login(Account.objects.get(email="ana@azenha.example"))
        rows = (
            (
                agent,
                "/admin/helpdesk/ticket/",
                "queue, 50 rows",
                "django-helpdesk 197 / 252, 139 st.; aim 60 / 100, 12",
            ),
            (
                agent,
                f"/admin/helpdesk/ticket/{pk}/change/",
                "ticket with 50 messages",
                "235-350 / 381-410, 163 st.; aim 80 / 130, 15",
            ),
            (agent, "/admin/", "dashboard", "3200-3455 at 100,000; aim 150 / 250"),
            (customer, "/tickets/", "portal, my tickets", ""),
        )
        for client, path, what, peers in rows:
            print(measure(lambda _, c=client, p=path: _get(c, p), TIMES).line(what, peers))


def _get(client: object, path: str) -> None:
    answer = client.get(path)  # type: ignore[attr-defined]  # Django's test client
    if answer.status_code != 200:  # noqa: PLR2004 - HTTP's word for yes
        raise RuntimeError(f"{path} said {answer.status_code}")


def _is_live(number: int) -> bool:
    """Three of ten are still worked on."""
    return number % 10 >= CLOSED_OF_TEN


def _fill(tickets: int, now: datetime) -> int:
    """Tickets as the rules would leave them, written in bulk; gives one with 50 messages."""
    from contracts.models import Account, ContractVersion, Organisation, Person
    from helpdesk.models import Message, RequestType, Ticket
    from sla.models import Calendar, Clock, ClockEvent, ClockSet, PolicyVersion, Priority

    calendar, version = Calendar.objects.get(), PolicyVersion.objects.get(status="active")
    organisations = list(Organisation.objects.filter(slug__startswith="customer-"))
    rows = ContractVersion.objects.select_related("contract", "plan_version")
    agreed = {row.contract.organisation_id: row for row in rows}
    people = Person.objects.bulk_create(
        Person(name=f"Person {i}", organisation=organisations[i % 100]) for i in range(500)
    )
    priorities, agents = list(Priority.objects.all()), list(Account.objects.filter(is_staff=True))
    kind = RequestType.objects.get(is_default=True)
    numbers = range(tickets)
    received = [now - timedelta(minutes=7 * (tickets - number)) for number in numbers]
    sets = ClockSet.objects.bulk_create(
        (
            ClockSet(calendar=calendar, policy_version=version, terms={}, started_at=received[n])
            for n in numbers
        ),
        batch_size=2000,
    )
    statuses = ("closed",) * CLOSED_OF_TEN + ("new", "open", "waiting_customer")
    Clock.objects.bulk_create(
        (
            Clock(
                clock_set=sets[n],
                calendar=calendar,
                metric=metric,
                started_at=received[n],
                target_amount=1,
                target_unit="days",
                due_at=received[n] + timedelta(days=2),
                state="running" if _is_live(n) else "met",
                met_at=None if _is_live(n) else received[n],
            )
            for n in numbers
            for metric in ("first_response", "resolution")
        ),
        batch_size=2000,
    )
    ClockEvent.objects.bulk_create(
        (
            ClockEvent(
                clock_set=sets[n], at=received[n], kind="created", by="system:bench", priority="medium"
            )
            for n in numbers
        ),
        batch_size=2000,
    )
    rows = Ticket.objects.bulk_create(
        (
            Ticket(
                subject=f"Printer {n} does not print",
                status=statuses[n % 10],
                request_type=kind,
                channel="email",
                requester=people[n % 500],
                organisation=people[n % 500].organisation,
                contract=agreed[people[n % 500].organisation_id].contract,
                contract_version=agreed[people[n % 500].organisation_id],
                plan_version=agreed[people[n % 500].organisation_id].plan_version,
                entitlement="inside",
                priority=priorities[n % 4],
                assignee=agents[n % 4] if n % 3 else None,
                clock_set=sets[n],
                next_due_at=received[n] + timedelta(days=2) if _is_live(n) else None,
                next_due_metric="first_response" if _is_live(n) else "",
                received_at=received[n],
                updated_at=received[n],
                solved_at=received[n] if not _is_live(n) else None,
                closed_at=received[n] if not _is_live(n) else None,
            )
            for n in numbers
        ),
        batch_size=1000,
    )
    talk = rows[-1]
    spoken = [(talk, n) for n in range(MESSAGES)] + [(row, 0) for row in rows[:-1]]
    Message.objects.bulk_create(
        (
            Message(
                ticket=row,
                kind="agent" if n % 2 else "customer",
                person=None if n % 2 else row.requester,
                account=agents[0] if n % 2 else None,
                channel="email",
                text="It does not print. " * 20,
                at=row.received_at + timedelta(minutes=n),
                visible_at=row.received_at + timedelta(minutes=n),
            )
            for row, n in spoken
        ),
        batch_size=2000,
    )
    return talk.pk

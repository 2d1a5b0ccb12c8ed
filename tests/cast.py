"""The cast: a small desk on which every story plays.

Lumiar makes software and supports it from Lisbon, 9:00-21:00 on working days. Azenha (Portuguese) has
the Plus plan with 15 tickets a month and a manager, Ana; Bellecour (French) is another customer, whose
Chloé must never see what is Azenha's. Rui and Inês answer; Marta leads. The stories happen in March 2026.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model

from contracts import agreements
from contracts.models import (
    Account,
    Address,
    Contract,
    ContractVersion,
    MailDomain,
    Organisation,
    Person,
    Plan,
    PlanVersion,
)
from helpdesk import intake
from helpdesk.incoming import Incoming, Sender
from helpdesk.intake import Receipt
from helpdesk.models import RequestType, Team, Ticket
from sla import calendars, policies, versions
from sla.append_only import triggers_lifted
from sla.hours import calendar_from_json
from sla.models import Calendar, LadderStep, Policy, PolicyVersion, Priority, TargetCell

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
"""When the desk's calendar and policy begin."""

TUESDAY_10 = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
"""A quiet Tuesday morning, ten o'clock in Lisbon too: support is open."""

WORKING_WEEK = {day: [["09:00", "21:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}

FIRST_RESPONSE = {
    "urgent": ("business_hours", 4),
    "high": ("business_hours", 12),
    "medium": ("business_days", 1),
    "low": ("business_days", 2),
}


@pytest.fixture
def tuesday() -> datetime:
    return TUESDAY_10


@pytest.fixture
def priorities(db) -> dict[str, Priority]:
    names = (("urgent", "Urgent"), ("high", "High"), ("medium", "Medium"), ("low", "Low"))
    return {
        key: Priority.objects.create(key=key, name=name, rank=rank)
        for rank, (key, name) in enumerate(names, start=1)
    }


@pytest.fixture
def calendar(db) -> Calendar:
    """Lisbon, 9-21, Monday to Friday, Portuguese holidays."""
    calendar = Calendar.objects.create(key="lisbon", name="Lisbon 9-21")
    holidays = calendars.public_holidays("PT", "", range(2024, 2030))
    spec = calendar_from_json(
        {"tz": "Europe/Lisbon", "week": WORKING_WEEK, "holidays": [day.isoformat() for day in holidays]}
    )
    calendars.publish_version(
        calendar,
        spec=spec,
        valid_from=LONG_AGO,
        holiday_names={day.isoformat(): name for day, name in holidays.items()},
        holiday_country="PT",
    )
    calendars.build(calendar, at=TUESDAY_10)
    return calendar


@pytest.fixture
def policy_version(calendar, priorities) -> PolicyVersion:
    """The published numbers: 4 and 12 business hours, 1 and 2 business days, 24 hours to resolve."""
    policy = Policy.objects.create(key="support", name="Support policy")
    version = PolicyVersion.objects.create(
        policy=policy,
        number=1,
        valid_from=LONG_AGO,
        calendar=calendar,
        pausing_statuses=["waiting_customer"],
    )
    for key, (unit, amount) in FIRST_RESPONSE.items():
        _cell(version, "first_response", priorities[key], unit, amount)
        _cell(version, "resolution", priorities[key], "business_hours", 24)
    for percent in (50, 75, 90, 100, 150):
        LadderStep.objects.create(version=version, percent=percent, tell=["assignee", "lead"])
    policies.publish(version, at=LONG_AGO)
    version.refresh_from_db()
    return version


def _cell(version, metric, priority, unit, amount):
    TargetCell.objects.create(version=version, metric=metric, priority=priority, unit=unit, amount=amount)


@pytest.fixture
def plus(policy_version, priorities) -> PlanVersion:
    """Fifteen tickets a month, all four priorities, every channel."""
    plan = Plan.objects.create(key="plus", name="Plus")
    version = PlanVersion.objects.create(
        plan=plan,
        number=1,
        policy=policy_version.policy,
        units=15,
        channels=["portal", "email", "whatsapp", "in_app", "api"],
        valid_from=LONG_AGO,
    )
    version.offered_priorities.set(priorities.values())
    versions.publish(version, at=LONG_AGO)
    return version


@pytest.fixture
def request_type(db) -> RequestType:
    return RequestType.objects.create(key="support", name="Support", is_default=True)


@pytest.fixture
def team(marta, rui, ines) -> Team:
    team = Team.objects.create(name="Care", key="care", lead=marta)
    team.members.set([marta, rui, ines])
    return team


@pytest.fixture
def rui(db) -> Account:
    """An agent."""
    return Account.objects.create_user("rui@lumiar.example", name="Rui Costa", is_staff=True)


@pytest.fixture
def ines(db) -> Account:
    """Another agent."""
    return Account.objects.create_user("ines@lumiar.example", name="Inês Prata", is_staff=True)


@pytest.fixture
def marta(db) -> Account:
    """The lead."""
    return Account.objects.create_user("marta@lumiar.example", name="Marta Reis", is_staff=True, is_lead=True)


@pytest.fixture
def owner(db) -> Account:
    """Who looks after the contracts."""
    return Account.objects.create_user("vera@lumiar.example", name="Vera Lima", is_staff=True)


@pytest.fixture
def azenha(owner) -> Organisation:
    organisation = Organisation.objects.create(
        name="Azenha Hotels", slug="azenha", language="pt-pt", account_owner=owner
    )
    MailDomain.objects.create(organisation=organisation, domain="azenha.example")
    return organisation


@pytest.fixture
def bellecour(owner) -> Organisation:
    organisation = Organisation.objects.create(
        name="Clinique Bellecour", slug="bellecour", language="fr", account_owner=owner
    )
    MailDomain.objects.create(organisation=organisation, domain="bellecour.example")
    return organisation


def contract_for(organisation: Organisation, plan_version: PlanVersion, **fields) -> Contract:
    """A contract in force, whose only version says `fields`."""
    given = {"reference": f"C-{organisation.slug}", "starts_at": LONG_AGO} | fields
    return agreements.sign(
        organisation=organisation, plan_version=plan_version, at=given["starts_at"], **given
    )


def agreed(contract: Contract) -> ContractVersion:
    """What that contract says: its last version."""
    return contract.versions.latest("number")


def rewrite(row: Model, **fields) -> None:
    """Let a published row say otherwise, as if it had been published so."""
    with triggers_lifted(connection):
        type(row).objects.filter(pk=row.pk).update(**fields)
    row.refresh_from_db()


@pytest.fixture
def contract(azenha, plus) -> Contract:
    return contract_for(azenha, plus)


@pytest.fixture
def other_contract(bellecour, plus) -> Contract:
    return contract_for(bellecour, plus)


def unfrozen(change: Callable[[], Any]) -> Any:
    """Do what the database refuses to do to published rows, as if they had been published so."""
    with triggers_lifted(connection):
        return change()


def agree(contract: Contract, metric: str, priority: Priority, **said) -> None:
    """Let a contract in force say that cell otherwise."""
    with triggers_lifted(connection):
        agreed(contract).cells.create(metric=metric, priority=priority, **said)


def offer(plan_version: PlanVersion, priorities: Iterable[Priority]) -> None:
    """Let a published plan offer those priorities."""
    with triggers_lifted(connection):
        plan_version.offered_priorities.set(priorities)


def plan_like(
    version: PlanVersion, key: str = "like", *, offered: Iterable[str] = (), **fields
) -> PlanVersion:
    """Another published plan under the same policy, with the same priorities unless some are named."""
    plan = Plan.objects.create(key=key, name=key.title())
    other = PlanVersion.objects.create(
        plan=plan, number=1, policy=version.policy, valid_from=version.valid_from, **fields
    )
    priorities = version.offered_priorities.all()
    other.offered_priorities.set(priorities.filter(key__in=offered) if offered else priorities)
    versions.publish(other, at=version.valid_from)
    return other


def person(name: str, email: str, organisation: Organisation | None, **fields) -> Person:
    account = Account.objects.create_user(email, name=name)
    who = Person.objects.create(name=name, organisation=organisation, account=account, **fields)
    Address.objects.create(person=who, kind="email", value=email)
    return who


@pytest.fixture
def ana(azenha) -> Person:
    """Azenha's manager."""
    return person("Ana Azevedo", "ana@azenha.example", azenha, is_manager=True, language="pt-pt")


@pytest.fixture
def bruno(azenha) -> Person:
    """Azenha's receptionist, who writes the most."""
    return person("Bruno Braga", "bruno@azenha.example", azenha, language="pt-pt")


@pytest.fixture
def chloe(bellecour) -> Person:
    """Another customer."""
    return person("Chloé Caron", "chloe@bellecour.example", bellecour, is_manager=True, language="fr")


@pytest.fixture
def desk(contract, other_contract, request_type, team, ana, bruno, chloe) -> None:
    """Everybody in place."""


def by_mail(sender: str, *, subject: str = "Printer", text: str = "It does not print.", **fields) -> Incoming:
    """A mail as the reading half gives it to the desk."""
    return Incoming(
        channel=Ticket.Channel.EMAIL, sender=Sender("email", sender), subject=subject, text=text, **fields
    )


def by_whatsapp(number: str, text: str, **fields) -> Incoming:
    """A WhatsApp message; Twilio's signature vouches for the number."""
    sender = Sender("whatsapp", number, "A profile name")
    return Incoming(
        channel=Ticket.Channel.WHATSAPP, sender=sender, text=text, is_authenticated=True, **fields
    )


def by_portal(
    who: Person, *, subject: str = "Printer", text: str = "It does not print.", **fields
) -> Incoming:
    """What a signed-in customer sends."""
    return Incoming(channel=Ticket.Channel.PORTAL, person=who, subject=subject, text=text, **fields)


def take_in(incoming: Incoming, at: datetime = TUESDAY_10) -> Receipt:
    """The desk receives a message."""
    return intake.receive(incoming, at=at, by="system:test")

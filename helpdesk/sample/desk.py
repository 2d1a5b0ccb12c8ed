"""Sets the sample desk up: calendar, policy, plans, customers, agents.

Every number of the policy is real; every name is invented.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from contracts import agreements
from contracts.models import (
    Account,
    Address,
    MailDomain,
    Organisation,
    Person,
    Plan,
    PlanVersion,
)
from helpdesk import request_types, roles
from helpdesk.models import RequestType, Team
from sla import calendars, policies, versions
from sla.hours import calendar_from_json
from sla.models import Calendar, LadderStep, Policy, PolicyVersion, Priority, TargetCell

LISBON: Final = ZoneInfo("Europe/Lisbon")
WORKING_DAY: Final = [["09:00", "21:00"]]
WEEK: Final = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), WORKING_DAY)
LADDER: Final = (50, 75, 90, 100, 150)

PRIORITIES: Final = (("urgent", "Urgent"), ("high", "High"), ("medium", "Medium"), ("low", "Low"))

Numbers = Mapping[str, tuple[str, int]]

PUBLISHED: Final[Numbers] = {
    "urgent": ("business_hours", 4),
    "high": ("business_hours", 12),
    "medium": ("business_days", 1),
    "low": ("business_days", 2),
}
"""First response of the policy in force since 1 January 2025."""

SUPERSEDED: Final[Numbers] = {
    "urgent": ("business_hours", 1),
    "high": ("business_hours", 2),
    "medium": ("business_hours", 3),
    "low": ("business_hours", 3),
}
"""First response of the policy before it."""

RESOLUTION_HOURS: Final = 24

PLANS: Final = (
    ("essential", "Essential", 5, ("high", "medium", "low")),
    ("plus", "Plus", 15, ("urgent", "high", "medium", "low")),
    ("premium", "Premium", None, ("urgent", "high", "medium", "low")),
)
CHANNELS: Final = ["portal", "in_app", "email", "whatsapp", "api"]

CUSTOMERS: Final = (
    ("azenha", "Azenha Hotels", "pt-pt", "Europe/Lisbon", "plus", False),
    ("bellecour", "Clinique Bellecour", "fr", "Europe/Paris", "essential", False),
    ("harbour", "Harbour & Finch", "en", "Europe/London", "premium", True),
)
"""Key, name, language, zone, plan, and whether the contract pins the superseded policy."""

AGREED: Final[dict[str, dict[str, Any]]] = {"bellecour": {"named_contacts_max": 5}}
"""What a contract says besides its plan."""

PEOPLE: Final = (
    ("ana", "Ana Azevedo", "azenha", "pt-pt", True, ""),
    ("bruno", "Bruno Braga", "azenha", "pt-pt", False, "+351910000101"),
    ("carla", "Carla Nogueira", "azenha", "pt-br", False, "+5511900000102"),
    ("diego", "Diego Ferrer", "azenha", "es", False, ""),
    ("elena", "Elena Rubio", "azenha", "es", False, "+34600000104"),
    ("chloe", "Chloé Caron", "bellecour", "fr", True, ""),
    ("denis", "Denis Moreau", "bellecour", "fr", False, "+33600000106"),
    ("farida", "Farida Benali", "bellecour", "fr", False, ""),
    ("grace", "Grace Finch", "harbour", "en", True, ""),
    ("harry", "Harry Osei", "harbour", "en", False, "+447700900109"),
    ("isla", "Isla Grant", "harbour", "en", False, ""),
    ("joao", "João Prado", "harbour", "pt-br", False, ""),
)
"""Key, name, customer, language, whether a manager, WhatsApp number."""

AGENTS: Final = (
    ("rui", "Rui Costa", "pt-pt", False),
    ("ines", "Inês Prata", "en", False),
    ("marta", "Marta Reis", "en", True),
    ("vera", "Vera Lima", "en", False),
)
"""Key, name, language, whether a lead. Vera looks after the contracts."""

VENDOR_DOMAIN: Final = "lumiar.example"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who is there when the stories begin."""

    calendar: Calendar
    agents: Mapping[str, Account]
    people: Mapping[str, Person]


def set_up(*, at: datetime) -> tuple[Desk, list[dict[str, str]]]:
    """Make the desk as it stands at `at`; gives it, and the logins that open it.

    Staff get random passwords, told this once; customers sign in by a code sent by mail.
    """
    calendar = _calendar(at)
    priorities = {
        key: Priority.objects.create(key=key, name=name, rank=rank)
        for rank, (key, name) in enumerate(PRIORITIES, start=1)
    }
    old, policy = _policies(calendar, priorities)
    agents, logins = _agents()
    _request_types()
    plans = _plans(policy, priorities)
    customers = _customers(plans, old, agents["vera"])
    people = {row[0]: _person(row, customers[row[2]]) for row in PEOPLE}
    logins += [_customers_login(person) for person in people.values() if person.is_manager]
    return Desk(calendar, agents, people), logins


# --- support hours and targets ------------------------------------------------------------------


def _calendar(at: datetime) -> Calendar:
    calendar = Calendar.objects.create(key="support", name="Support hours")
    holidays = calendars.public_holidays("PT", "", range(at.year - 2, at.year + 4))
    spec = calendar_from_json(
        {"tz": "Europe/Lisbon", "week": WEEK, "holidays": [day.isoformat() for day in holidays]}
    )
    calendars.publish_version(
        calendar,
        spec=spec,
        valid_from=datetime(at.year - 2, 1, 1, tzinfo=LISBON).astimezone(UTC),
        holiday_names={day.isoformat(): name for day, name in holidays.items()},
        holiday_country="PT",
    )
    calendars.build(calendar, at=at)
    return calendar


def _policies(calendar: Calendar, priorities: Mapping[str, Priority]) -> tuple[PolicyVersion, Policy]:
    """The published policy and its predecessor; gives the predecessor's version."""
    policy = Policy.objects.create(key="support", name="Support policy")
    old = _policy_version(policy, 1, "before 2025", datetime(2023, 1, 1, tzinfo=LISBON), calendar)
    _cells(old, SUPERSEDED, priorities)
    new = _policy_version(policy, 2, "as of 1 January 2025", datetime(2025, 1, 1, tzinfo=LISBON), calendar)
    _cells(new, PUBLISHED, priorities)
    for version in (old, new):
        policies.publish(version, at=version.valid_from)
    return old, policy


def _policy_version(
    policy: Policy, number: int, label: str, valid_from: datetime, calendar: Calendar
) -> PolicyVersion:
    return PolicyVersion.objects.create(
        policy=policy,
        number=number,
        label=label,
        valid_from=valid_from,
        calendar=calendar,
        pausing_statuses=["waiting_customer"],
    )


def _cells(version: PolicyVersion, numbers: Numbers, priorities: Mapping[str, Priority]) -> None:
    for key, (unit, amount) in numbers.items():
        cell = {"version": version, "priority": priorities[key]}
        TargetCell.objects.create(metric="first_response", unit=unit, amount=amount, **cell)
        hours = {"unit": "business_hours", "amount": RESOLUTION_HOURS}
        TargetCell.objects.create(metric="resolution", **hours, **cell)
    for percent in LADDER:
        LadderStep.objects.create(version=version, percent=percent, tell=["assignee", "lead"])


# --- what is sold, and to whom ------------------------------------------------------------------


def _request_types() -> None:
    RequestType.objects.create(key="support", name="Support", is_default=True)
    for kind in (RequestType.Kind.BUG, RequestType.Kind.FEEDBACK, RequestType.Kind.TECHNICAL):
        request_types.of_kind(kind)


def _plans(policy: Policy, priorities: Mapping[str, Priority]) -> dict[str, PlanVersion]:
    published = {}
    for key, name, units, offered in PLANS:
        plan = Plan.objects.create(key=key, name=name, is_sample=True)
        version = PlanVersion.objects.create(
            plan=plan,
            number=1,
            policy=policy,
            units=units,
            channels=CHANNELS,
            valid_from=datetime(2023, 1, 1, tzinfo=LISBON),
        )
        version.offered_priorities.set([priorities[each] for each in offered])
        versions.publish(version, at=version.valid_from)
        published[key] = version
    return published


def _customers(
    plans: Mapping[str, PlanVersion], old: PolicyVersion, owner: Account
) -> dict[str, Organisation]:
    customers = {}
    for key, name, language, zone, plan, is_pinned in CUSTOMERS:
        customer = Organisation.objects.create(
            name=name, slug=key, language=language, zone=zone, account_owner=owner
        )
        MailDomain.objects.create(organisation=customer, domain=f"{key}.example")
        starts_at = datetime(2024, 1, 1, tzinfo=ZoneInfo(zone))
        agreements.sign(
            reference=f"LUM-{key.upper()}",
            organisation=customer,
            plan_version=plans[plan],
            pinned_policy_version=old if is_pinned else None,
            starts_at=starts_at,
            at=starts_at,
            **AGREED.get(key, {}),
        )
        customers[key] = customer
    return customers


def _person(row: tuple[str, str, str, str, bool, str], customer: Organisation) -> Person:
    key, name, customer_key, language, is_manager, number = row
    email = f"{key}@{customer_key}.example"
    person = Person.objects.create(
        name=name,
        organisation=customer,
        language=language,
        zone=customer.zone,
        is_manager=is_manager,
        account=Account.objects.create_user(email, name=name, language=language),
    )
    Address.objects.create(person=person, kind=Address.Kind.EMAIL, value=email)
    if number:
        Address.objects.create(person=person, kind=Address.Kind.WHATSAPP, value=number)
    return person


# --- who answers --------------------------------------------------------------------------------


def _agents() -> tuple[dict[str, Account], list[dict[str, str]]]:
    agents, logins = {}, []
    for key, name, language, is_lead in AGENTS:
        password = secrets.token_urlsafe(9)
        email = f"{key}@{VENDOR_DOMAIN}"
        fields = {"name": name, "language": language, "is_staff": True, "is_lead": is_lead}
        agents[key] = Account.objects.create_user(email, password, is_superuser=key == "marta", **fields)
        roles.give(agents[key], roles.LEAD if is_lead else roles.ADMIN if key == "vera" else roles.AGENT)
        role = "lead and administrator" if is_lead else "account manager" if key == "vera" else "agent"
        logins.append({"where": "/admin/", "email": email, "password": password, "who": f"{name}, {role}"})
    team = Team.objects.create(name="Customer care", key="care", lead=agents["marta"])
    team.members.set(agents.values())
    return agents, logins


def _customers_login(person: Person) -> dict[str, str]:
    email = person.account.email if person.account else ""
    who = f"{person.name}, manager at {person.organisation}"
    return {"where": "/", "email": email, "password": "(a code by mail: see Sent mail)", "who": who}


BEFORE: Final = timedelta(days=45)
"""How far the sample's stories go back."""

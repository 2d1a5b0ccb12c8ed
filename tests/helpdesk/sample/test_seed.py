"""The sample desk is what the rules make of 45 days."""

import json
import stat
from collections import Counter

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from contracts import quota
from contracts.models import Account, ContractVersion, Organisation, Person
from helpdesk.models import OutboundMessage, Ticket
from sla import rebuild, timekeeping

pytestmark = pytest.mark.django_db


def test_the_sample_desk_is_what_the_rules_make_of_45_days(capsys, client):
    """One test, because playing it takes seconds."""
    call_command("seed_sample", "--json")

    assert json.loads(capsys.readouterr().out)["organisations"] == 3
    shows_every_kind_of_ticket()
    pins_the_superseded_policy_once_and_marks_its_plans()
    balances_its_books_and_derives_its_clocks_again()
    leaves_nothing_of_the_past_to_send()
    keeps_its_logins_random_and_secret(client)


def shows_every_kind_of_ticket():
    tickets = Ticket.objects.all()
    channels = Counter(tickets.values_list("channel", flat=True))
    languages = Counter(tickets.values_list("language", flat=True))
    entitlements = Counter(tickets.values_list("entitlement", flat=True))

    assert Organisation.objects.count() == 3
    assert 50 <= tickets.count() <= 70
    assert Account.objects.filter(is_staff=True).count() == 4
    assert Person.objects.exclude(organisation=None).count() == 12
    assert set(channels) == {"email", "portal", "whatsapp", "api"}
    assert set(languages) == {"en", "fr", "es", "pt-pt", "pt-br"}
    assert set(entitlements) == {"inside", "flagged", "unverified"}
    assert tickets.filter(is_breached=True).count() >= 5
    assert set(tickets.values_list("status", flat=True)) >= {"new", "open", "waiting_customer", "closed"}


def pins_the_superseded_policy_once_and_marks_its_plans():
    pinned = ContractVersion.objects.get(pinned_policy_version__isnull=False)
    cells = pinned.pinned_policy_version.cells.filter(metric="first_response")
    numbers = {cell.priority.key: (cell.unit, cell.amount) for cell in cells}
    assert pinned.pinned_policy_version.status == "superseded"
    assert numbers == {
        "urgent": ("business_hours", 1),
        "high": ("business_hours", 2),
        "medium": ("business_hours", 3),
        "low": ("business_hours", 3),
    }
    assert all(said.plan_version.plan.is_sample for said in ContractVersion.objects.all())


def balances_its_books_and_derives_its_clocks_again():
    report = rebuild.rebuild(at=timekeeping.now(), is_dry=True)
    assert quota.verify() == []
    assert report.drifted == 0


def leaves_nothing_of_the_past_to_send():
    assert OutboundMessage.objects.filter(state="queued", send_after__lte=timekeeping.now()).count() == 0


def keeps_its_logins_random_and_secret(client):
    path = settings.DATA_DIR / "sample-logins.json"
    logins = json.loads(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    staff = [login for login in logins if login["where"] == "/admin/"]
    assert len({login["password"] for login in staff}) == 4
    assert all(client.login(email=login["email"], password=login["password"]) for login in staff)


def test_it_is_refused_where_there_are_customers(azenha):
    with pytest.raises(CommandError):
        call_command("seed_sample")
    assert list(Organisation.objects.all()) == [azenha]

"""Accounts in the console: nobody makes or alters somebody stronger."""

import pytest
from django.contrib.auth.models import Group

from contracts import accounts
from contracts.models import Account, Address, MailDomain
from helpdesk import roles
from tests.helpdesk.admin.conftest import console_of

pytestmark = pytest.mark.django_db

FORM = {"language": "en", "is_active": "on", "is_staff": "on"}


@pytest.fixture
def root(db) -> Account:
    return Account.objects.create_superuser("root@lumiar.example", "x" * 12, name="Root")


@pytest.fixture
def as_vera(owner):
    return console_of(owner, roles.ADMIN)


def address(account: Account) -> str:
    return f"/admin/contracts/account/{account.pk}/change/"


def group(name: str) -> Group:
    return Group.objects.get(name=name)


def test_an_admin_makes_an_agent_who_has_no_password_to_guess(as_vera):
    fields = {**FORM, "email": " Nuno@Lumiar.example ", "name": "Nuno", "groups": [group(roles.AGENT).pk]}

    as_vera.post("/admin/contracts/account/add/", fields)

    made = Account.objects.get(email="nuno@lumiar.example")
    assert (made.is_staff, made.is_superuser, made.has_usable_password()) == (True, False, False)
    assert [role.name for role in made.groups.all()] == [roles.AGENT]


def test_a_superuser_cannot_be_altered_by_an_admin_not_even_when_inactive(as_vera, root):
    for is_active in (True, False):
        Account.objects.filter(pk=root.pk).update(is_active=is_active)
        answer = as_vera.post(address(root), {**FORM, "email": "mine@lumiar.example", "name": "Mine"})
        root.refresh_from_db()
        assert (answer.status_code, root.email) == (403, "root@lumiar.example")


def test_a_form_has_no_field_that_makes_a_superuser(as_vera, rui):
    as_vera.post(address(rui), {**FORM, "email": rui.email, "name": "Rui", "is_superuser": "on"})

    rui.refresh_from_db()
    assert (rui.name, rui.is_superuser) == ("Rui", False)


def test_nobody_gives_a_role_that_may_do_more_than_they(rui, ines):
    group(roles.AGENT).permissions.add(*group(roles.ADMIN).permissions.filter(codename__endswith="_account"))
    browser = console_of(rui, roles.AGENT)
    fields = {**FORM, "email": ines.email, "name": "Inês"}

    refused = browser.post(address(ines), {**fields, "groups": [group(roles.ADMIN).pk]})
    given = browser.post(address(ines), {**fields, "groups": [group(roles.AGENT).pk]})

    assert "You cannot give a role that may do more than you." in refused.content.decode()
    assert given.status_code == 302
    assert [role.name for role in ines.groups.all()] == [roles.AGENT]


def test_an_admin_is_out_of_reach_of_an_agent_who_may_change_accounts(rui, owner):
    roles.give(owner, roles.ADMIN)
    group(roles.AGENT).permissions.add(*group(roles.ADMIN).permissions.filter(codename__endswith="_account"))
    browser = console_of(rui, roles.AGENT)

    answer = browser.post(address(owner), {**FORM, "email": "mine@lumiar.example", "name": "Mine"})

    owner.refresh_from_db()
    assert (answer.status_code, owner.email) == (403, "vera@lumiar.example")


def test_who_may_alter_whom(rui, ines, owner, root):
    roles.give(rui, roles.AGENT)
    roles.give(owner, roles.ADMIN)

    found = {
        (by.name, whom.name): accounts.may_alter(by, whom)
        for by in (rui, owner, root)
        for whom in (ines, rui, owner, root)
    }

    assert [pair for pair, may in found.items() if not may] == [
        ("Rui Costa", "Vera Lima"),
        ("Rui Costa", "Root"),
        ("Vera Lima", "Root"),
    ]


# --- addresses and domains are kept in one form -----------------------------------------------------


def rows(prefix: str, *made: dict[str, str]) -> dict[str, str]:
    fields = {f"{prefix}-TOTAL_FORMS": str(len(made)), f"{prefix}-INITIAL_FORMS": "0"}
    for number, row in enumerate(made):
        fields |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return fields


def test_a_persons_addresses_are_normalised(as_vera):
    typed = (
        {"kind": "email", "value": "Nuno@Azenha.EXAMPLE"},
        {"kind": "whatsapp", "value": "+351 912 345 678"},
    )

    as_vera.post("/admin/contracts/person/add/", {"name": "Nuno", **rows("addresses", *typed)})

    assert set(Address.objects.values_list("kind", "value")) == {
        ("email", "nuno@azenha.example"),
        ("whatsapp", "+351912345678"),
    }


def test_an_address_that_is_none_is_refused_with_a_sentence(as_vera):
    typed = {"kind": "whatsapp", "value": "call me"}

    answer = as_vera.post("/admin/contracts/person/add/", {"name": "Nuno", **rows("addresses", typed)})

    assert "That is not a phone number with its country code." in answer.content.decode()
    assert Address.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "kept", "sentence"),
    [
        ("Porto.EXAMPLE", ["porto.example"], ""),
        ("gmail.com", [], "belongs to a public mail provider"),
        ("no domain", [], "That is not a mail domain."),
    ],
)
def test_a_customers_mail_domain_is_normalised_or_refused(as_vera, typed, kept, sentence):
    fields = {"name": "Porto", "slug": "porto", "language": "en", "zone": "Europe/Lisbon"}

    answer = as_vera.post(
        "/admin/contracts/organisation/add/", {**fields, **rows("mail_domains", {"domain": typed})}
    )

    assert list(MailDomain.objects.values_list("domain", flat=True)) == kept
    assert sentence in answer.content.decode()


def test_a_plan_version_that_was_signed_is_frozen(as_vera, contract, plus):
    answer = as_vera.post(f"/admin/contracts/planversion/{plus.pk}/change/", {"units": "1"})

    plus.refresh_from_db()
    assert (answer.status_code, plus.units) == (403, 15)

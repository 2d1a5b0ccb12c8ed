"""Who may do what in the console."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from contracts.models import Account
from helpdesk import roles
from helpdesk.models import Ticket
from sla.models import Heartbeat
from tests.helpdesk.admin.conftest import console_of

pytestmark = pytest.mark.django_db

PAGE = "/admin/helpdesk/ticket/1/change/"


def lists() -> list[str]:
    """The list of every model of the console."""
    names = [f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry]
    return [reverse(f"admin:{name}_changelist") for name in names]


def test_a_stranger_is_led_to_the_one_door_for_agents(ticket):
    answer = Client().get("/admin/helpdesk/ticket/", follow=True)

    assert answer.redirect_chain[-1][0] == "/accounts/login/?next=/admin/helpdesk/ticket/"
    assert b'name="password"' in answer.content


def test_a_password_is_not_asked_for_in_the_console_itself(rui):
    answer = Client().post("/admin/login/", {"username": rui.email, "password": "guess"})

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/admin/")


def test_a_customer_who_is_signed_in_stays_outside(ticket, ana):
    browser = console_of(ana.account)

    for address in (*lists(), "/admin/", PAGE):
        assert browser.get(address, follow=True).status_code == 403


def test_a_member_of_staff_without_a_role_sees_nothing_of_the_desk(ticket, rui):
    browser = console_of(rui)

    assert {browser.get(address).status_code for address in (*lists(), PAGE)} == {403}
    assert b"Printer" not in browser.get("/admin/").content


def test_an_agent_sees_everything_of_the_desk(ticket, as_rui):
    assert {address: as_rui.get(address).status_code for address in lists()} == dict.fromkeys(lists(), 200)


@pytest.mark.parametrize(
    ("role", "may_add"),
    [
        (roles.AGENT, {"person"}),
        (roles.LEAD, {"person", "organisation", "tag", "oncallshift", "backlogperiod"}),
        (
            roles.ADMIN,
            {
                "person",
                "organisation",
                "team",
                "requesttype",
                "account",
                "contract",
                "contractversion",
                "plan",
                "planversion",
                "servicecategory",
                "priority",
                "policy",
                "policyversion",
                "calendar",
                "calendarversion",
                "tag",
                "oncallshift",
                "webhook",
                "backlogperiod",
            },
        ),
    ],
)
def test_each_role_may_add_what_is_its_own_and_no_more(desk, rui, role, may_add):
    browser = console_of(rui, role)
    added = {}
    for model in admin.site._registry:
        name = model._meta.model_name
        added[name] = browser.get(reverse(f"admin:{model._meta.app_label}_{name}_add")).status_code

    assert {name for name, status in added.items() if status == 200} == may_add
    assert set(added.values()) <= {200, 403}


def test_who_may_only_look_cannot_act(ticket, rui):
    looker = Group.objects.create(name="auditor")
    looker.permissions.set(
        [
            right
            for right in Group.objects.get(name=roles.AGENT).permissions.all()
            if right.codename[:5] == "view_"
        ]
    )
    rui.groups.add(looker)
    browser = console_of(rui)
    address = f"/admin/helpdesk/ticket/{ticket.pk}/"
    before = Ticket.objects.values().get()

    seen = browser.get(f"{address}change/")
    verbs = ("reply", "note", "take_back", "assign", "priority", "status", "spam", "link")
    acted = [browser.post(f"{address}{verb}/", {"text": "Hello"}).status_code for verb in verbs]
    browser.post(
        "/admin/helpdesk/ticket/",
        {"action": "assign", "index": "0", "to": rui.pk, "_selected_action": [ticket.pk]},
    )

    assert (seen.status_code, b"<textarea" in seen.content) == (200, False)
    assert acted == [403] * len(verbs)
    assert Ticket.objects.values().get() == before


def test_the_roles_are_there_after_every_migration_and_can_be_repaired(db):
    Group.objects.get(name=roles.AGENT).permissions.clear()

    roles.establish()

    held = {role.name: role.permissions.count() for role in Group.objects.all()}
    assert set(held) == {roles.AGENT, roles.LEAD, roles.ADMIN}
    assert 0 < held[roles.AGENT] < held[roles.LEAD] < held[roles.ADMIN]


def test_nobody_but_a_superuser_deletes_people_or_changes_history(db):
    rights = {
        f"{right.content_type.app_label}.{right.codename}"
        for role in Group.objects.all()
        for right in role.permissions.select_related("content_type")
    }

    assert not {
        right
        for right in rights
        if right.endswith(("_charge", "_clockevent", "_ticketevent")) and "view" not in right
    }
    assert "contracts.delete_person" not in rights
    assert "contracts.delete_account" not in rights


# --- what a GET does ------------------------------------------------------------------------------------


def test_looking_at_everything_changes_no_row(ticket, rui):
    Account.objects.filter(pk=rui.pk).update(is_superuser=True)
    browser = console_of(Account.objects.get(pk=rui.pk))
    addresses = [
        *lists(),
        "/admin/",
        "/admin/search/?s=print&extended=1&page=x",
        PAGE.replace("1", str(ticket.pk)),
    ]
    for model in admin.site._registry:
        name, row = f"admin:{model._meta.app_label}_{model._meta.model_name}", model._default_manager.first()
        addresses += [reverse(f"{name}_add")]
        addresses += (
            [reverse(f"{name}_change", args=(row.pk,)), reverse(f"{name}_history", args=(row.pk,))]
            if row
            else []
        )
    before = _everything()

    statuses = {browser.get(address).status_code for address in addresses}

    assert statuses <= {200, 403}
    assert _everything() == before


@pytest.mark.parametrize(
    "verb", ["reply", "note", "take_back", "assign", "priority", "status", "spam", "link"]
)
def test_a_verb_does_nothing_on_get(ticket, as_rui, verb):
    before = _everything()

    answer = as_rui.get(f"/admin/helpdesk/ticket/{ticket.pk}/{verb}/", {"text": "Hello", "to": "1"})

    assert answer.status_code == 405
    assert _everything() == before


def test_a_verb_needs_the_forms_token(ticket, rui):
    roles.give(rui, roles.AGENT)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(rui, backend="django.contrib.auth.backends.ModelBackend")

    assert browser.post(f"/admin/helpdesk/ticket/{ticket.pk}/spam/").status_code == 403
    assert Ticket.objects.get().status == "new"


def _everything() -> dict[str, list]:
    """Every row of ours, as it stands."""
    from django.apps import apps

    ours = [
        model
        for label in ("sla", "contracts", "helpdesk", "channels_inbound")
        for model in apps.get_app_config(label).get_models()
    ]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in ours}


# --- the first page ---------------------------------------------------------------------------------


def test_the_first_page_says_how_the_desk_stands(ticket, as_rui, clock):
    from lxml import html

    now = clock.on(days=2)
    Heartbeat.objects.create(name="beat", at=now)

    tree = html.fromstring(as_rui.get("/admin/").content.decode())
    figures = {
        figure.xpath("string(.//span[1])"): figure.xpath("string(.//strong)")
        for figure in tree.xpath("//ul[@id='pz-figures']/li")
    }
    row = " ".join(tree.xpath("//section[@id='pz-next']//li")[0].text_content().split())

    assert figures == {
        "Late now": "1",
        "Breaching": "1",
        "Due today": "0",
        "Unassigned": "1",
        "Mine": "0",
        "Waiting": "0",
        "Over quota": "0",
        "Appeals": "0",
        "No policy": "0",
        "Quarantined": "0",
        "Oldest unsent mail": "2 d",
        "Not delivered": "0",
        "Heartbeat": "alive",
    }
    assert row == (
        f"13 h late #{ticket.pk} Printer Bruno Braga · Azenha Hotels first response, yesterday 21:00"
    )


def test_the_first_page_costs_the_same_with_thirty_tickets(tickets, as_rui):
    from tests.helpdesk.admin.conftest import statements

    tickets(1)
    for_one = statements(as_rui, "/admin/")
    tickets(29)

    assert statements(as_rui, "/admin/") == for_one

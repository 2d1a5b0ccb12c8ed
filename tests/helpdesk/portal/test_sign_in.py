"""Customers sign in by a code; strangers learn nothing."""

import re
from urllib.parse import quote

import pytest
from django.urls import reverse

from contracts.models import Account, Address, Person
from helpdesk.models import OutboundMessage

pytestmark = pytest.mark.django_db

ASK = "/accounts/login/code/"
CONFIRM = "/accounts/login/code/confirm/"


def ask(client, address):
    return client.post(ASK, {"email": address})


def code_in(outbound: OutboundMessage) -> str:
    return re.search(r"\b\d{4}-\d{4}\b", outbound.text).group()


def only_code() -> str:
    return code_in(OutboundMessage.objects.get(kind="sign_in"))


def test_a_customer_signs_in_with_the_code_from_the_mail(client, desk, ana):
    answer = ask(client, "Ana@Azenha.example")
    assert (answer.status_code, answer.url) == (302, CONFIRM)

    outbound = OutboundMessage.objects.get()
    assert (outbound.kind, outbound.channel, outbound.to, outbound.state) == (
        "sign_in",
        "email",
        "ana@azenha.example",
        "queued",
    )
    answer = client.post(CONFIRM, {"action": "verify", "code": only_code()})

    assert answer.status_code == 302
    assert client.get(reverse("portal:tickets")).status_code == 200
    assert client.session["_auth_user_id"] == str(ana.account.pk)


def test_a_wrong_code_is_refused_and_the_third_ends_the_try(client, desk, ana):
    ask(client, "ana@azenha.example")
    code = only_code()

    first = client.post(CONFIRM, {"action": "verify", "code": "0000-0000"})
    assert (first.status_code, b"id_code_error" in first.content) == (200, True)
    for _ in range(2):
        client.post(CONFIRM, {"action": "verify", "code": "0000-0000"})
    client.post(CONFIRM, {"action": "verify", "code": code})

    assert "_auth_user_id" not in client.session


def test_a_code_counts_only_in_the_browser_that_asked(client, desk, ana):
    ask(client, "ana@azenha.example")
    code = only_code()
    other = type(client)()
    ask(other, "ana@azenha.example")

    other.post(CONFIRM, {"action": "verify", "code": code})

    assert "_auth_user_id" not in other.session


def test_known_and_unknown_addresses_get_the_same_answer(desk, ana, client):
    pages = []
    for address in ("ana@azenha.example", "nobody@azenha.example"):
        browser = type(client)()
        answer = ask(browser, address)
        page = browser.get(CONFIRM).content.decode().replace(address, "…").replace(quote(address), "…")
        pages.append((answer.status_code, answer.url, re.sub(r'value="[A-Za-z0-9]{64}"', "", page)))

    assert pages[0] == pages[1]
    assert OutboundMessage.objects.values_list("to", flat=True).get() == "ana@azenha.example"
    assert not Account.objects.filter(email="nobody@azenha.example").exists()


@pytest.mark.parametrize("address", ["rui@lumiar.example", "stranger@somewhere.example"])
def test_agents_and_strangers_get_no_code(client, desk, rui, address):
    Address.objects.create(
        person=Person.objects.create(name="A stranger"), kind="email", value="stranger@somewhere.example"
    )
    ask(client, address)

    assert OutboundMessage.objects.count() == 0
    assert not Account.objects.filter(email="stranger@somewhere.example").exists()


def test_a_known_person_gets_an_account_at_the_first_request(client, desk, azenha):
    duarte = Person.objects.create(name="Duarte Dias", organisation=azenha)
    Address.objects.create(person=duarte, kind="email", value="duarte@azenha.example")

    ask(client, "duarte@azenha.example")
    ask(client, "DUARTE@azenha.example")

    account = Account.objects.get(email="duarte@azenha.example")
    duarte.refresh_from_db()
    assert (duarte.account, account.name, account.is_staff, account.has_usable_password()) == (
        account,
        "Duarte Dias",
        False,
        False,
    )
    codes = {code_in(outbound) for outbound in OutboundMessage.objects.all()}
    assert len(codes) == 2


def test_a_closed_account_gets_no_code(client, desk, ana):
    Account.objects.filter(pk=ana.account.pk).update(is_active=False)

    assert ask(client, "ana@azenha.example").status_code == 302
    assert OutboundMessage.objects.count() == 0


def test_asking_too_often_is_refused_for_known_and_unknown_alike(client, desk, ana):
    refusals = []
    for address in ("ana@azenha.example", "nobody@azenha.example"):
        answers = [ask(type(client)(), address) for _ in range(4)]
        refusals.append([answer.status_code for answer in answers])

    assert refusals == [[302, 302, 302, 200]] * 2


@pytest.mark.parametrize("address", ["", "no address", "a@b\0.example", "x" * 400 + "@azenha.example"])
def test_what_is_no_address_is_an_error_beside_the_field(client, desk, address):
    answer = ask(client, address)

    assert (answer.status_code, b"id_email_error" in answer.content) == (200, True)


def test_every_answer_takes_as_long(client, desk, ana, settings):
    settings.SIGN_IN_SECONDS = 0.6
    import time

    took = []
    for address in ("ana@azenha.example", "nobody@azenha.example"):
        begun = time.monotonic()
        ask(type(client)(), address)
        took.append(time.monotonic() - begun)

    assert all(0.6 <= seconds < 1.2 for seconds in took)


def test_signing_out_needs_a_post(client, desk, ana, as_person):
    browser = as_person(ana)

    assert browser.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in browser.session
    browser.post("/accounts/logout/")
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("path", ["signup/", "email/", "password/reset/", "password/change/"])
def test_nobody_signs_up_or_changes_addresses(client, db, path):
    assert client.get(f"/accounts/{path}").status_code == 404


def test_the_way_back_after_signing_in_stays_with_us(client, desk):
    answer = client.post(ASK + "?next=https://evil.example/", {"email": "ana@azenha.example"})

    assert "evil" not in answer.url


def test_an_account_without_a_person_is_told_so(client, db):
    account = Account.objects.create_user("lone@azenha.example")
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get("/tickets/").status_code == 403


def test_everybody_else_is_sent_to_sign_in(client, db):
    answer = client.get("/tickets/12/")

    assert (answer.status_code, answer.url) == (302, "/accounts/login/code/?next=/tickets/12/")


def test_an_agent_signs_in_with_a_password_and_is_led_to_the_console(client, rui):
    rui.set_password("a long enough password")
    rui.save()
    answer = client.post("/accounts/login/", {"login": rui.email, "password": "a long enough password"})

    assert (answer.status_code, answer.url) == (302, "/admin/")
    refused = [
        type(client)()
        .post("/accounts/login/", {"login": login, "password": "another"})
        .context["form"]
        .errors
        for login in (rui.email, "nobody@lumiar.example")
    ]
    assert refused[0] == refused[1]
    assert list(refused[0]) == ["__all__"]


def test_a_customer_has_no_password_to_guess(client, desk, ana):
    answer = client.post("/accounts/login/", {"login": "ana@azenha.example", "password": ""})

    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session

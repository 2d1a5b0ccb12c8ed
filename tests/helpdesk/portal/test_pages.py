"""What holds on every page: the policy against foreign scripts, profiles, errors."""

import re

import pytest

from contracts.models import Account

pytestmark = pytest.mark.django_db

PUBLIC = ("/", "/support-policy/", "/accounts/login/", "/accounts/login/code/", "/nowhere/")
CUSTOMERS = ("/tickets/", "/tickets/new/", "/profile/")


@pytest.mark.parametrize("path", PUBLIC + CUSTOMERS)
def test_pages_are_strict_and_need_nothing_from_elsewhere(desk, as_person, client, ana, path):
    browser = as_person(ana) if path in CUSTOMERS else client
    answer = browser.get(path)
    page = answer.content.decode()
    rules = answer.headers["Content-Security-Policy"]

    assert "unsafe" not in rules
    assert "frame-ancestors 'none'" in rules
    assert not re.search(
        r"""(?:src|href)=["']?(?:https?:)?//(?!localhost)""", page.replace("https://wa.me", "")
    )
    assert not re.search(r"\son[a-z]+=|<style|\sstyle=|javascript:", page)
    assert '"allowEval": false' in page
    assert page.count("<h1") == 1
    assert '<a class="skip" href="#content">' in page


def test_a_profile_is_changed_and_nonsense_is_not(desk, as_person, ana):
    browser = as_person(ana)
    browser.post("/profile/", {"name": "Ana A.", "language": "fr", "zone": "Europe/Paris", "is_manager": ""})
    ana.refresh_from_db()
    assert (ana.name, ana.language, ana.zone, ana.is_manager) == ("Ana A.", "fr", "Europe/Paris", True)

    answer = browser.post("/profile/", {"name": "Ana", "language": "xx", "zone": "Nowhere"})
    ana.refresh_from_db()
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"language", "zone"})
    assert (ana.name, ana.zone) == ("Ana A.", "Europe/Paris")


def test_a_page_that_does_not_exist_says_so_kindly(client):
    answer = client.get("/nowhere/")

    assert (answer.status_code, "There is nothing here" in answer.content.decode()) == (404, True)


def test_a_form_without_its_token_is_refused_kindly(desk):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/accounts/login/code/", {"email": "ana@azenha.example"})

    assert (answer.status_code, "out of date" in answer.content.decode()) == (403, True)


def test_agents_are_shown_the_way_to_the_console(client, rui):
    client.force_login(Account.objects.get(pk=rui.pk), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/tickets/")

    assert (answer.status_code, "/admin/" in answer.content.decode()) == (403, True)


def test_a_request_that_is_too_large_is_told_so_in_a_page(client, settings):
    settings.MAX_REQUEST_BYTES = 1000
    answer = client.post("/tickets/new/", {"text": "x" * 2000}, headers={"Accept": "text/html"})

    assert (answer.status_code, "That is too large" in answer.content.decode()) == (413, True)


def test_too_many_passwords_are_told_so_in_a_page(client, db):
    answers = [client.post("/accounts/login/", {"login": "rui@lumiar.example"}) for _ in range(31)]

    assert {answer.status_code for answer in answers[:30]} == {200}
    assert (answers[30].status_code, "A little too fast" in answers[30].content.decode()) == (429, True)


def test_nobody_keeps_what_a_customer_reads(desk, as_person, ana):
    assert as_person(ana).get("/tickets/").headers["Cache-Control"] == "private, no-store"


def test_an_error_of_ours_shows_nothing_from_inside(desk, as_person, ana, monkeypatch):
    browser = as_person(ana)
    browser.raise_request_exception = False
    monkeypatch.setattr("helpdesk.portal.listing.page_of", lambda *_: 1 / 0)
    answer = browser.get("/tickets/?lang=en")

    page = answer.content.decode()
    assert (answer.status_code, "Something broke on our side" in page) == (500, True)
    assert "ZeroDivisionError" not in page

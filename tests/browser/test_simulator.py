"""The simulator, a draft's dry run and the customer's explanation, in a real browser."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.browser.test_loop import PHONE, look, sign_in_as_agent, sign_in_as_customer

READERS = {
    ("desktop", "light"): "harry@harbour.example",
    ("desktop", "dark"): "bruno@azenha.example",
    ("phone", "light"): "denis@bellecour.example",
    ("phone", "dark"): "carla@azenha.example",
}
"""One each: codes for one address are rationed."""

BEFORE_EASTER = {"date": "2027-03-25", "time": "18:30", "priority": "low", "contract": "", "calendar": ""}
"""Maundy Thursday: Good Friday, which is a holiday, and a weekend follow."""


def window(visit, size, scheme):
    return visit(scheme=scheme, **(PHONE if size == "phone" else {"width": 1280}))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_an_admin_sees_what_a_business_day_would_mean(desk, visit, keep, size, scheme):
    page = window(visit, size, scheme)
    sign_in_as_agent(page, desk)
    page.goto("/admin/simulator/")
    of = page.locator("select[name=of] option").first.get_attribute("value")

    look(
        page, f"/admin/simulator/?{urlencode(BEFORE_EASTER | {'of': of})}", f"simulator-{size}-{scheme}", keep
    )

    first = page.locator("main section").first
    expect(first.locator("tbody tr")).to_have_count(5)
    expect(first.locator("tr.pz-own")).to_contain_text("in force")
    expect(first).to_contain_text("Fri 26 Mar 2027: closed, Sexta-feira Santa")


def test_the_form_is_sent_by_pressing_its_button_and_names_what_is_wrong(desk, visit):
    page = visit(width=1280)
    sign_in_as_agent(page, desk)
    page.goto("/admin/simulator/")
    page.locator("input[name=contract]").fill("nobody's")
    page.get_by_role("button", name="Simulate").click()

    expect(page.locator("main")).to_contain_text("There is no contract nobody's.")
    expect(page.locator("main section")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_customer_reads_why_and_an_agent_reads_more(desk, visit, keep, size, scheme):
    customer, agent = window(visit, size, scheme), window(visit, size, scheme)
    sign_in_as_customer(customer, desk, READERS[size, scheme])
    customer.goto("/tickets/?show=all")
    customer.locator("#tickets a[href^='/tickets/']").first.click()
    customer.locator("a[href$='/why/']").click()
    number = re.search(r"/tickets/(\d+)/why/", customer.url)[1]
    look(customer, customer.url, f"portal-why-{size}-{scheme}", keep)

    sign_in_as_agent(agent, desk)
    look(agent, f"/admin/helpdesk/ticket/{number}/explain/", f"console-why-{size}-{scheme}", keep)
    expect(agent.locator("main")).to_contain_text("What happened to the clocks")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_what_would_move_is_listed_by_ticket(desk, visit, keep, size):
    page = window(visit, size, "light")
    sign_in_as_agent(page, desk)
    page.goto("/admin/sla/policyversion/")
    href = page.locator("a[href*='/change/']").last.get_attribute("href")

    look(page, href.split("?")[0].replace("/change/", "/moves/"), f"moves-{size}", keep)

    expect(page.locator("main")).to_contain_text("Publishing it moves nothing")

"""The whole loop in a real browser: a customer asks, an agent answers, the customer reads it."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import wait_until

GRACE = "grace@harbour.example"
RUI = "rui@lumiar.example"
PHONE = {"width": 390, "height": 844, "device_scale_factor": 2}
NOTE = "CANARY between us colleagues"
SERIOUS = {"serious", "critical"}

READERS = {
    ("desktop", "light"): "harry@harbour.example",
    ("desktop", "dark"): "bruno@azenha.example",
    ("phone", "light"): "denis@bellecour.example",
    ("phone", "dark"): "carla@azenha.example",
}
"""One each: codes for one address are rationed."""


def sign_in_as_customer(page, desk, address=GRACE):
    known = len(desk.mails_to(address))
    page.goto("/accounts/login/code/")
    page.locator("#id_email").fill(address)
    page.locator("main form button[type=submit]").first.click()
    page.locator("#id_code").fill(desk.code_for(address, known))
    page.locator("main form button[type=submit]").first.click()
    expect(page).to_have_url(re.compile(r"/tickets/$"))


def sign_in_as_agent(page, desk, email=RUI):
    page.goto("/admin/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(desk.password(email))
    page.locator("main form button[type=submit]").click()
    expect(page).to_have_url(re.compile(r"/admin/$"))


def test_a_customer_asks_an_agent_answers_and_the_note_stays_inside(desk, visit, keep):
    customer, agent = visit(), visit(width=1440)
    sign_in_as_customer(customer, desk)

    customer.goto("/tickets/new/")
    customer.locator("#id_subject").fill("The lift will not stop")
    customer.locator("#id_text").fill("It has passed us three times.")
    keep(customer, "portal-new-ticket")
    customer.locator("main form:has(#id_subject) button[type=submit]").click()
    expect(customer.get_by_role("heading", name="The lift will not stop")).to_be_visible()
    number = re.search(r"/tickets/(\d+)/", customer.url)[1]
    expect(customer.locator("main")).to_contain_text("not a guarantee")

    sign_in_as_agent(agent, desk)
    keep(agent, "console-dashboard")
    agent.goto("/admin/helpdesk/ticket/")
    expect(agent.get_by_role("link", name="The lift will not stop")).to_be_visible()
    keep(agent, "console-queue", whole=False)
    agent.get_by_role("link", name="The lift will not stop").click()
    agent.locator("#pz-tab-note").click()
    agent.locator("#pz-note-text").fill(NOTE)
    keep(agent, "console-note")
    agent.get_by_role("button", name="Add internal note").click()
    expect(agent.locator("main")).to_contain_text(NOTE)

    agent.locator("#pz-tab-reply").click()
    agent.locator("#pz-reply-text").fill("Somebody is on the way, Grace.")
    agent.get_by_role("button", name="Send and wait").click()
    expect(agent.get_by_role("button", name="Take back")).to_be_visible()
    keep(agent, "console-ticket")

    wait_until(lambda: any("on the way" in str(mail) for mail in desk.mails_to(GRACE)))
    customer.goto(f"/tickets/{number}/")
    expect(customer.locator("#thread")).to_contain_text("Somebody is on the way, Grace.")
    keep(customer, "portal-ticket")
    assert NOTE not in customer.content()
    assert all(NOTE not in str(mail) for mail in desk.mails_to(GRACE))

    customer.locator("#id_text").fill("It has stopped. Thank you!")
    customer.get_by_role("button", name="Send", exact=True).click()
    expect(customer.locator("#thread")).to_contain_text("It has stopped.")
    agent.reload()
    expect(agent.locator("main")).to_contain_text("It has stopped.")
    agent.locator("#pz-reply-text").fill("Good. Then I close this.")
    agent.get_by_role("button", name="Send and solve").click()
    expect(agent.locator("#pz-state")).to_contain_text("solved")


def test_an_answer_can_be_taken_back(desk, visit):
    agent = visit(width=1440)
    sign_in_as_agent(agent, desk)
    agent.goto("/admin/helpdesk/ticket/")
    agent.locator("#pz-queue a[href*='/change/']").first.click()
    agent.locator("#pz-reply-text").fill("Too early to say this")
    agent.get_by_role("button", name="Send", exact=True).click()
    agent.get_by_role("button", name="Take back").click()
    expect(agent.locator("main")).to_contain_text(re.compile("taken back", re.IGNORECASE))
    assert not any("Too early" in path.read_text() for path in (desk.folder / "mail").glob("*.eml"))


def test_a_stranger_writes_in_the_demonstration_and_reads_the_answer(desk, visit, keep):
    page = visit()
    page.goto("/demo/write/")
    page.locator("input[name=sender]").fill("zoe@nowhere.example")
    page.locator("input[name=subject]").fill("Trial")
    page.locator("textarea[name=text]").fill("Do you have one?")
    page.locator("main form:has(textarea) button[type=submit]").click()
    wait_until(lambda: desk.mails_to("zoe@nowhere.example"))
    assert "Do you have one?" not in str(desk.mails_to("zoe@nowhere.example")[0])
    keep(page, "demo-write")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_portal_is_readable_and_accessible(desk, visit, keep, scheme, size):
    page = visit(scheme=scheme, **(PHONE if size == "phone" else {}))
    for name, path in (("home", "/"), ("policy", "/support-policy/"), ("sign-in", "/accounts/login/code/")):
        look(page, path, f"portal-{name}-{size}-{scheme}", keep)
    sign_in_as_customer(page, desk, READERS[size, scheme])
    look(page, "/tickets/?show=all", f"portal-list-{size}-{scheme}", keep)
    page.locator("#tickets a[href^='/tickets/']").first.click()
    look(page, page.url, f"portal-ticket-{size}-{scheme}", keep)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_console_is_readable_and_accessible(desk, visit, keep, scheme, size):
    page = visit(scheme=scheme, **(PHONE if size == "phone" else {"width": 1440}))
    sign_in_as_agent(page, desk)
    look(page, "/admin/", f"console-dashboard-{size}-{scheme}", keep)
    look(page, "/admin/helpdesk/ticket/", f"console-queue-{size}-{scheme}", keep)
    page.locator("#pz-queue a[href*='/change/']").first.click()
    look(page, page.url, f"console-ticket-{size}-{scheme}", keep)


def look(page, path, name, keep):
    """Open a page, keep it, and hold it to the rules: nothing too wide, nothing that axe finds grave."""
    page.goto(path)
    hold(page, name, keep)


def hold(page, name, keep):
    """Hold the page that is open to the same rules."""
    keep(page, name)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is {wide} px too wide"
    found = Axe().run(page).response["violations"]
    grave = [f"{rule['id']}: {rule['nodes'][0]['target']}" for rule in found if rule["impact"] in SERIOUS]
    assert grave == [], name

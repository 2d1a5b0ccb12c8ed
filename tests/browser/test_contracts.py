"""Contracts in a real browser: published, amended, used up, and a technical service quoted and accepted.

Pictures of each step are kept in build/screens.
"""

import re
from datetime import UTC, datetime

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.test_loop import PHONE, SERIOUS, sign_in_as_agent, sign_in_as_customer

VERA, RUI = "vera@lumiar.example", "rui@lumiar.example"
CHLOE = "chloe@bellecour.example"


def sound(page):
    """No serious fault for who reads with a screen reader or a keyboard."""
    found = [one["id"] for one in Axe().run(page).response["violations"] if one["impact"] in SERIOUS]
    assert found == [], page.url


def fits(page):
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), (
        page.url
    )


def publish(page):
    """Confirm what the linter warns of, where it does."""
    page.get_by_role("link", name="Publish…").click()
    if page.locator("#pz-confirm").count():
        page.locator("#pz-confirm").fill("publish")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("body")).to_contain_text("is published.")


def test_a_plan_and_an_amendment_are_published_and_the_customer_reads_them(desk, visit, keep):
    vera = visit(width=1440)
    sign_in_as_agent(vera, desk, VERA)
    vera.goto("/admin/contracts/planversion/")
    vera.get_by_role("link", name="Essential").first.click()
    plan = vera.locator("select[name=plan], input[name=plan]").count()
    assert plan in {0, 1}, "what is published is only read"

    vera.goto("/admin/contracts/contract/")
    vera.get_by_role("link", name="LUM-BELLECOUR").click()
    vera.get_by_role("link", name="Add a version").click()
    vera.locator("select[name=plan_version]").select_option(label="Essential v1")
    tomorrow = datetime.now(UTC)
    vera.locator("input[name=valid_from_0]").fill(f"{tomorrow:%Y-%m-%d}")
    vera.locator("input[name=valid_from_1]").fill("23:59:00")
    vera.locator("select[name=units_source]").select_option("own")
    vera.locator("input[name=units]").fill("2")
    keep(vera, "console-amendment")
    vera.get_by_role("button", name="Save and continue editing").click()
    vera.get_by_role("link", name="Publish…").click()
    keep(vera, "console-findings")
    sound(vera)
    vera.go_back()
    publish(vera)
    keep(vera, "console-amendment-published")

    chloe = visit(**PHONE)
    sign_in_as_customer(chloe, desk, CHLOE)
    chloe.goto("/my/terms/?lang=fr")
    expect(chloe.locator("main")).to_contain_text("LUM-BELLECOUR")
    keep(chloe, "portal-terms-phone")
    sound(chloe)
    fits(chloe)


def test_a_technical_service_from_the_switch_to_the_accepted_pdf(desk, visit, keep):
    manager = visit()
    sign_in_as_customer(manager, desk, "grace@harbour.example")
    manager.goto("/tickets/new/")
    manager.locator("#id_subject").fill("All prices up by three per cent")
    manager.locator("#id_text").fill("For 240 rooms, please.")
    manager.locator("main form:has(#id_subject) button[type=submit]").click()
    number = re.search(r"/tickets/(\d+)/", manager.url)[1]

    rui = visit(width=1440)
    sign_in_as_agent(rui, desk, RUI)
    rui.goto(f"/admin/helpdesk/ticket/{number}/technical/")
    keep(rui, "console-technical")
    sound(rui)
    rui.get_by_role("radio", name=re.compile("Bulk updates")).check()
    rui.get_by_role("button", name="The whole ticket is a technical service").click()
    expect(rui.locator("#pz-kind")).to_contain_text("Bulk updates")
    keep(rui, "console-technical-ticket")

    rui.locator("#pz-kind").get_by_role("link", name=re.compile("Quote")).click()
    rui.get_by_label("Description 1").fill("Prices of 240 rooms")
    rui.get_by_label("Quantity 1").fill("4")
    rui.get_by_label("Unit price 1").fill("85")
    rui.get_by_role("button", name="Keep").click()
    expect(rui.locator("body")).to_contain_text("418.20")
    keep(rui, "console-quote")
    sound(rui)
    rui.get_by_role("button", name="Send it").click()
    expect(rui.locator("body")).to_contain_text("is sent")

    manager.goto(f"/tickets/{number}/")
    keep(manager, "portal-technical")
    sound(manager)
    manager.locator(".technical a").click()
    expect(manager.locator("main")).to_contain_text("418.20")
    keep(manager, "portal-quote")
    sound(manager)
    with manager.expect_download() as file:
        manager.get_by_role("link", name="Download (PDF)").click()
    assert file.value.path().read_bytes().startswith(b"%PDF-")
    manager.locator("#id_name").fill("Grace Finch")
    manager.get_by_role("button", name="Accept the quote").dblclick()
    expect(manager.locator("main")).to_contain_text("Digest of the document")
    keep(manager, "portal-quote-accepted")

    rui.reload()
    expect(rui.locator("body")).to_contain_text("Grace Finch")
    for scheme in ("light", "dark"):
        phone = visit(**PHONE, scheme=scheme)
        phone.context.add_cookies(manager.context.cookies())
        for address, name in (("/quotes/", "quotes"), (manager.url, "quote")):
            phone.goto(address)
            keep(phone, f"portal-{name}-phone-{scheme}")
            sound(phone)
            fits(phone)


def open_ticket(page, subject):
    page.goto("/tickets/new/?lang=en")
    page.locator("#id_subject").fill(subject)
    page.locator("#id_text").fill("It stopped this morning.")
    page.locator("main form:has(#id_subject) button[type=submit]").click()
    expect(page).to_have_url(re.compile(r"/tickets/\d+/"))
    page.goto(f"{page.url}?lang=en")


def test_the_last_unit_is_taken_and_the_next_ticket_is_beyond_the_quota(desk, visit, keep):
    chloe, vera = visit(), visit(width=1440)
    sign_in_as_customer(chloe, desk, CHLOE)
    sign_in_as_agent(vera, desk, VERA)
    chloe.goto("/tickets/new/?lang=en")
    used, units = map(int, re.search(r"(\d+) of (\d+) used", chloe.locator("main").inner_text()).groups())
    vera.goto("/admin/contracts/contract/")
    vera.get_by_role("link", name="LUM-BELLECOUR").click()
    contract = vera.url.removesuffix("change/")
    vera.get_by_role("link", name="Give or correct units…").click()
    vera.locator("select[name=kind]").select_option("adjustment")
    vera.locator("input[name=units]").fill(str(used + 1 - units))
    vera.locator("input[name=reason]").fill("One ticket is left, for this story.")
    vera.get_by_role("button", name="Write it").click()

    open_ticket(chloe, "The last one of the month")
    expect(chloe.locator("main")).to_contain_text("Inside your plan")
    chloe.goto("/tickets/new/?lang=en")
    expect(chloe.locator("main")).to_contain_text("would be beyond your quota")
    keep(chloe, "portal-quota-used-up")
    open_ticket(chloe, "One too many")
    expect(chloe.locator("main")).to_contain_text("Beyond your quota")
    keep(chloe, "portal-beyond-quota")

    chloe.goto("/my/contacts/?lang=en")
    chloe.locator("#id_email").fill("Luc@Bellecour.example")
    chloe.locator("#id_name").fill("Luc Aubert")
    chloe.get_by_role("button", name="Name this person").click()
    expect(chloe.locator("main")).to_contain_text("Luc Aubert")
    for scheme in ("light", "dark"):
        phone = visit(**PHONE, scheme=scheme)
        phone.context.add_cookies(chloe.context.cookies())
        for address, name in (("/my/usage/", "usage"), ("/my/contacts/", "contacts")):
            phone.goto(f"{address}?lang=fr")
            keep(phone, f"portal-{name}-phone-{scheme}")
            sound(phone)
            fits(phone)
    for link, name in (
        ("What is used", "usage"),
        ("What it said, as of…", "as-of"),
        ("Named contacts…", "contacts"),
    ):
        vera.goto(f"{contract}change/")
        vera.get_by_role("link", name=link).click()
        keep(vera, f"console-{name}")
        sound(vera)

"""Clocks by hand in a real browser: an agent proposes and sets, a lead decides and reads the list."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.test_loop import PHONE, SERIOUS, sign_in_as_agent

MARTA = "marta@lumiar.example"
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": PHONE}


def first_open_ticket(page) -> str:
    page.goto("/admin/helpdesk/ticket/?tab=open")
    page.locator("[data-rows] .pz-subject").first.click()
    expect(page.locator("#pz-clocks")).to_be_visible()
    return re.search(r"/ticket/(\d+)/", page.url)[1]


def tool(page, verb: str):
    """The last clock's form for a verb, opened."""
    details = page.locator(f"#pz-clocks .pz-clock details:has(form[action$='/{verb}/'])").last
    details.locator("summary").click()
    return details


def serious(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in SERIOUS]


def test_an_agent_and_a_lead_work_on_clocks(desk, visit, keep):
    agent, lead = visit(**SIZES["desktop"]), visit(**SIZES["desktop"])
    sign_in_as_agent(agent, desk)
    number = first_open_ticket(agent)
    agent.locator("#pz-reply-text").fill("Which one is it?")
    agent.get_by_role("button", name="Send and wait").click()
    expect(agent.locator(".pz-thread")).to_contain_text("Which one is it?")
    due = tool(agent, "due")
    due.locator("input[name=due_at]").fill("2099-01-05T10:00")
    due.locator("input[name=reason]").fill("They asked for January.")
    due.get_by_role("button", name="Set").click()
    expect(agent.locator("#pz-clocks")).to_contain_text("set by hand")

    caveat = tool(agent, "excuse")
    caveat.locator("select").select_option("third_party")
    caveat.locator("input[name=text]").fill("The maker of the printer is closed until Thursday.")
    caveat.get_by_role("button", name="Propose").click()
    expect(agent.locator("#pz-clocks")).to_contain_text("Excuse proposed")
    expect(agent.get_by_role("button", name="Refuse")).to_have_count(0)

    sign_in_as_agent(lead, desk, MARTA)
    lead.goto(f"/admin/helpdesk/ticket/{number}/change/")
    expect(lead.get_by_role("button", name="Refuse")).to_be_visible()
    for size, fields in SIZES.items():
        for scheme in ("light", "dark"):
            page = visit(**{**fields, "scheme": scheme})
            page.context.add_cookies(lead.context.cookies())
            page.goto(f"/admin/helpdesk/ticket/{number}/change/")
            page.locator("#pz-clocks details").first.locator("summary").click()
            keep(page, f"clock-doors-ticket-{size}-{scheme}")
            assert serious(page) == []
            page.goto(f"/admin/helpdesk/ticket/{number}/clocks/")
            page.locator(".pz-events details").first.locator("summary").click()
            keep(page, f"clock-doors-events-{size}-{scheme}")
            assert serious(page) == []
            page.goto(f"/admin/helpdesk/ticket/{number}/merge/")
            keep(page, f"clock-doors-merge-{size}-{scheme}")
            page.goto("/admin/helpdesk/ticket/by_hand/")
            keep(page, f"clock-doors-by-hand-{size}-{scheme}")
            assert serious(page) == []

    lead.locator("#pz-clocks .pz-excuse input[name=text]").first.fill("They were open.")
    lead.get_by_role("button", name="Refuse").click()
    expect(lead.locator("#pz-clocks")).to_contain_text("Excuse refused")
    lead.goto("/admin/helpdesk/ticket/by_hand/")
    expect(lead.locator("tbody")).to_contain_text("refused an excuse")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_lead_looks_at_backlog_periods(desk, visit, keep, size, scheme):
    lead = visit(**{**SIZES[size], "scheme": scheme})
    sign_in_as_agent(lead, desk, MARTA)
    lead.goto("/admin/sla/backlogperiod/add/")
    keep(lead, f"clock-doors-backlog-{size}-{scheme}")
    expect(lead.locator("textarea[name=text_pt_br]")).to_be_visible()

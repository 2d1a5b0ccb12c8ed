"""An admin writes a split week with a Saturday half and a night shift, looks at it, and publishes."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_loop import PHONE, hold, look, sign_in_as_agent

VERA = "vera@lumiar.example"
SPLIT = (("09:00", "13:00"), ("14:00", "18:00"))


def write(page, day, *intervals):
    """Type a day's hours, with the button for another interval where more are needed."""
    for number, (opens, closes) in enumerate(intervals):
        if page.locator(f"[name={day}_from]").count() <= number:
            page.locator(f"[value=add-{day}]").click()
        page.locator(f"[name={day}_from]").nth(number).fill(opens)
        page.locator(f"[name={day}_to]").nth(number).fill(closes)


def write_a_week(page):
    for day in ("mon", "tue", "wed", "thu", "fri"):
        write(page, day, ("", ""))
    write(page, "mon", *SPLIT)
    page.locator("[name=do][value=copy]").click()
    expect(page.locator("[name=fri_to]").nth(1)).to_have_value("18:00")
    write(page, "fri", *SPLIT, ("22:00", "02:00"))
    write(page, "sat", ("09:00", "13:00"))


def of_calendar(page):
    page.goto("/admin/sla/calendar/")
    page.get_by_role("link", name="Support hours").click()


def test_an_admin_publishes_a_split_week_with_a_saturday_half_and_a_night_shift(desk, visit, keep):
    page = visit()
    sign_in_as_agent(page, desk, VERA)
    of_calendar(page)
    keep(page, "calendar-before")
    page.get_by_role("link", name="Add a version").click()

    write_a_week(page)
    page.get_by_label("at once").check()
    page.locator("#pz-subdivision").select_option("13")
    page.get_by_role("button", name="List holidays").click()
    expect(page.locator("#pz-holidays")).to_contain_text("São João")
    page.locator("[name=special_date]").first.fill("2027-12-24")
    page.locator("[name=special_label]").first.fill("Christmas Eve")
    page.locator("[name=special_hours]").first.fill("09:00-12:00")
    keep(page, "calendar-editor")
    page.get_by_role("button", name="Preview").last.click()

    preview = page.locator("main")
    expect(preview).to_contain_text("preview, nothing is stored")
    expect(preview).to_contain_text("22:00–02:00 next day")
    expect(preview.locator(".pz-changes")).to_contain_text("09:00–13:00, 14:00–18:00")
    keep(page, "calendar-preview")
    page.get_by_role("button", name="Back to the form").click()
    expect(page.locator("[name=special_label]").first).to_have_value("Christmas Eve")
    page.get_by_role("button", name="Preview").last.click()
    page.get_by_role("button", name="Publish").click()

    expect(page).to_have_url(re.compile(r"/admin/sla/calendar/\d+/change/$"))
    expect(page.locator("main")).to_contain_text("is published")
    expect(page.locator(".pz-versions > li").first).to_contain_text("in force")
    keep(page, "calendar-after")


def test_a_refused_week_says_why_at_the_day_and_keeps_every_word(desk, visit, keep):
    page = visit()
    sign_in_as_agent(page, desk, VERA)
    of_calendar(page)
    page.get_by_role("link", name="Add a version").click()
    page.locator("[name=mon_from]").first.fill("25:00")
    page.locator("[name=wed_to]").first.fill("")
    page.get_by_role("button", name="Preview").last.click()

    expect(page.locator("#pz-error-mon")).to_contain_text("25:00")
    expect(page.locator("#pz-error-wed")).to_contain_text("opening and a closing time")
    expect(page.locator("[name=mon_from]").first).to_have_value("25:00")
    keep(page, "calendar-refused")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_calendars_pages_are_readable_and_accessible(desk, visit, keep, scheme, size):
    page = visit(scheme=scheme, **(PHONE if size == "phone" else {}))
    sign_in_as_agent(page, desk, VERA)
    of_calendar(page)
    look(page, page.url, f"calendar-{size}-{scheme}", keep)
    page.locator(".pz-versions a").first.click()
    look(page, page.url, f"calendar-version-{size}-{scheme}", keep)
    of_calendar(page)
    page.get_by_role("link", name="Copy this calendar").click()
    look(page, page.url, f"calendar-copy-{size}-{scheme}", keep)
    of_calendar(page)
    page.get_by_role("link", name="Add a version").click()
    look(page, page.url, f"calendar-editor-{size}-{scheme}", keep)
    write_a_week(page)
    page.get_by_role("button", name="Preview").last.click()
    expect(page.locator("main")).to_contain_text("nothing is stored")
    hold(page, f"calendar-preview-{size}-{scheme}", keep)

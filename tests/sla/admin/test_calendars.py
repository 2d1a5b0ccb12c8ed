"""Calendars in the console: the week editor, its preview, its refusals, a copy."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from lxml import html

from helpdesk import roles
from sla import calendars, clocks, holidays, hours, policies
from sla.models import Calendar, CalendarDraft, CalendarVersion, Clock
from tests.cast import TUESDAY_10, WORKING_WEEK, by_portal, take_in
from tests.helpdesk.admin.conftest import console_of

pytestmark = pytest.mark.django_db

EDITOR = "/admin/sla/calendarversion/add/"
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")


@pytest.fixture(autouse=True)
def _on_tuesday(clock):
    """Ten o'clock, 10 March 2026."""


@pytest.fixture
def as_vera(owner):
    return console_of(owner, roles.ADMIN)


@pytest.fixture
def porto(db) -> Calendar:
    return Calendar.objects.create(key="porto", name="Porto")


def week(**days) -> dict[str, list[str]]:
    """The form's fields of a week: `week(mon=["09:00-13:00", "14:00-18:00"])`."""
    fields = {}
    for day, intervals in days.items():
        pairs = [one.split("-") for one in intervals]
        fields |= {f"{day}_from": [pair[0] for pair in pairs], f"{day}_to": [pair[1] for pair in pairs]}
    return fields


def every(days, interval: str) -> dict[str, list[str]]:
    return {day: [interval] for day in days}


def typed(calendar: Calendar, **more) -> dict:
    """What somebody types for a first version: Porto's hours, two intervals on Monday, a night on Friday."""
    return {
        "calendar": str(calendar.pk),
        "starts": "date",
        "date": "2026-03-16",
        "time": "00:00",
        "zone": "WET",
        **week(mon=["09:00-13:00", "14:00-18:00"], fri=["22:00-02:00"]),
        "country": "PT",
        "subdivision": "13",
        "categories": ["public"],
        **more,
    }


def tree(answer):
    return html.fromstring(answer.content.decode())


def text_of(answer) -> str:
    (main,) = tree(answer).xpath("//main")
    return " ".join(" ".join(main.itertext()).split())


def shown(answer, name: str) -> list[str]:
    """The values that the fields of a name have."""
    return [str(value) for value in tree(answer).xpath(f"//input[@name='{name}']/@value")]


def ticked(answer, name: str) -> list[str]:
    return [str(value) for value in tree(answer).xpath(f"//input[@name='{name}'][@checked]/@value")]


def publish(browser, form: dict):
    """Preview, then publish what the preview carries, as a browser does."""
    preview = browser.post(EDITOR, {**form, "do": "preview"})
    carried: dict[str, list[str]] = {}
    for field in tree(preview).xpath("//main//form//input[@type='hidden']"):
        carried.setdefault(field.get("name"), []).append(field.get("value"))
    return browser.post(EDITOR, {**carried, "do": "publish"})


# --- publishing -----------------------------------------------------------------------------------


def test_a_preview_shows_what_would_be_and_stores_nothing(as_vera, porto):
    answer = as_vera.post(EDITOR, {**typed(porto), "do": "preview"})

    words = text_of(answer)
    assert "In force from Mon 16 Mar 2026 00:00" in words
    assert "Mon 16 Mar 09:00–13:00 14:00–18:00" in words
    assert "Fri 20 Mar 22:00–02:00 next day" in words
    assert "Sun 29 Mar closed clock goes 60 min forward" in words
    assert "Fri 3 Apr 2026 Sexta-feira Santa closed PT, holidays" in words
    assert "Wed 24 Jun 2026 Dia de São João closed PT 13, holidays" in words
    assert not CalendarVersion.objects.exists()


def test_what_was_previewed_is_published_and_built_at_once(as_vera, porto):
    form = typed(
        porto,
        struck=["2026-06-24"],
        own_date=["2026-06-29", ""],
        own_name=["São Pedro", ""],
        special_date=["2026-12-24", "2026-12-31"],
        special_label=["Christmas Eve", "Stocktaking"],
        special_hours=["9-12, 13:00-14:00", ""],
    )

    answer = publish(as_vera, form)

    version = CalendarVersion.objects.get()
    assert answer["Location"] == f"/admin/sla/calendar/{porto.pk}/change/"
    assert (version.zone, version.valid_from) == ("Europe/Lisbon", datetime(2026, 3, 16, tzinfo=UTC))
    assert version.week == {"mon": [["09:00", "13:00"], ["14:00", "18:00"]], "fri": [["22:00", "02:00"]]}
    assert version.overrides == {
        "2026-12-24": [["09:00", "12:00"], ["13:00", "14:00"]],
        "2026-12-31": [],
    }
    rows = {row.date: row for row in holidays.rows_of(version)}
    assert rows[date(2026, 6, 24)].is_struck
    assert rows[date(2026, 6, 29)].is_own
    assert version.holiday_names["2026-12-31"] == "Stocktaking"
    assert holidays.place_of(version) == holidays.Place("PT", "13")
    porto.refresh_from_db()
    assert calendars.is_open(porto, at=datetime(2026, 3, 21, 1, tzinfo=UTC)), "the night shift of Friday"


def test_hours_hold_at_once_when_that_is_asked_for(as_vera, calendar):
    publish(as_vera, typed(calendar, starts="now", date="", time=""))

    latest = calendar.versions.last()
    assert (latest.valid_from, calendar.versions.count()) == (TUESDAY_10, 2)


def test_running_clocks_follow_the_new_hours(as_vera, calendar, policy_version):
    terms = policies.terms_of(policy_version)
    clock_set = clocks.start(
        terms=terms,
        calendar=calendar,
        policy_version=policy_version,
        priority="high",
        at=TUESDAY_10,
        by="system:test",
    )
    due = Clock.objects.get(clock_set=clock_set, metric="first_response")
    assert due.due_at == datetime(2026, 3, 11, 10, tzinfo=UTC)

    publish(
        as_vera,
        typed(calendar, starts="now", **week(**every(WORKDAYS, "09:00-13:00"))),
    )

    due.refresh_from_db()
    assert due.due_at == datetime(2026, 3, 13, 10, tzinfo=UTC)


def test_the_preview_says_what_changes(as_vera, calendar):
    form = typed(calendar, **week(**every(WORKDAYS, "09:00-21:00"), sat=["09:00-13:00"]))

    words = text_of(as_vera.post(EDITOR, {**form, "do": "preview"}))

    assert "Saturday closed 09:00–13:00" in words
    assert "Holidays of PT PT 13" in words
    assert "Wed 24 Jun 2026 Dia de São João as in the week closed" in words
    assert "Monday" not in words


def test_the_preview_names_the_tickets_that_would_be_due_at_another_time(as_vera, calendar, desk, bruno):
    ticket = take_in(by_portal(bruno), at=datetime(2026, 3, 13, 20, tzinfo=UTC)).ticket
    form = typed(calendar, **week(**every(WORKDAYS, "10:00-16:00")))

    words = text_of(as_vera.post(EDITOR, {**form, "do": "preview"}))

    assert "2 of 2 live clocks would be due at another time." in words
    assert f"#{ticket.pk} Printer First response Mon 16 Mar" in words


def test_another_categorys_observances_are_warned_of(as_vera, porto):
    form = typed(porto, categories=["public", "optional"])

    words = text_of(as_vera.post(EDITOR, {**form, "do": "preview"}))

    assert "optional holidays are mostly observances" in words
    assert "Tue 17 Mar" in words


def test_a_calendar_without_holidays_is_warned_of(as_vera, porto):
    words = text_of(as_vera.post(EDITOR, {**typed(porto, country=""), "do": "preview"}))

    assert "No public holidays are listed: support is open on all of them." in words


def test_years_that_the_list_does_not_know_are_warned_of(as_vera, porto, monkeypatch):
    known = holidays.generate
    monkeypatch.setattr(
        holidays, "generate", lambda where, years: known(where, [year for year in years if year < 2028])
    )

    words = text_of(as_vera.post(EDITOR, {**typed(porto), "do": "preview"}))

    assert "No holidays are listed for 2028. No holidays are listed for 2029." in words


def test_what_changed_since_the_preview_is_shown_again_first(as_vera, calendar):
    preview = as_vera.post(EDITOR, {**typed(calendar), "do": "preview"})
    seen = shown(preview, "seen")[0]
    spec = calendars.spec_of(calendar.versions.get())
    calendars.publish(calendar, spec=spec, valid_from=datetime(2026, 3, 12, tzinfo=UTC))

    answer = as_vera.post(EDITOR, {**typed(calendar), "do": "publish", "seen": seen})

    assert "has changed since you looked at it" in text_of(answer)
    assert calendar.versions.count() == 2


def test_the_way_back_from_the_preview_loses_no_word(as_vera, porto):
    form = typed(porto, special_date=["2026-12-24"], special_label=["Eve"], special_hours=["09:00-12:00"])

    back = as_vera.post(EDITOR, {**form, "do": "edit"})

    assert shown(back, "mon_from") == ["09:00", "14:00"]
    assert (shown(back, "special_label"), shown(back, "zone")) == (["Eve"], ["WET"])
    assert not CalendarVersion.objects.exists()


# --- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "field", "sentence"),
    [
        (week(mon=[], fri=[]), "week", "A week without opening hours would never let a clock run."),
        (week(mon=["nine-17:00"]), "mon", "Monday: “nine” is no time of day from 00:00 to 24:00."),
        (week(mon=["09:00-25:00"]), "mon", "Monday: “25:00” is no time of day from 00:00 to 24:00."),
        (week(mon=["09:00-"]), "mon", "Monday: an interval has an opening and a closing time."),
        (week(mon=["24:00-09:00"]), "mon", "Monday: hours open before 24:00"),
        (
            week(mon=["09:00-09:00"]),
            "mon",
            "opening and closing are the same; a whole day is 00:00 to 24:00.",
        ),
        (week(mon=["09:00-13:00", "12:00-18:00"]), "mon", "Two intervals that start on Monday overlap."),
        (
            week(fri=["22:00-02:00"], sat=["01:00-05:00"]),
            "sat",
            "Hours that start on Friday overlap with hours that start on Saturday.",
        ),
        ({"zone": "Mars/Olympus"}, "zone", "There is no time zone 'Mars/Olympus'"),
        ({"zone": ""}, "zone", "A calendar has a time zone"),
        ({"country": "XX"}, "country", "No public holidays are known for XX."),
        ({"subdivision": "Ext"}, "country", "No public holidays are known for PT Ext."),
        ({"categories": ["secret"]}, "country", "No holidays of the category secret are known for PT."),
        ({"date": "tomorrow"}, "starts", "Say from which date and time the hours hold"),
        ({"date": "1969-12-31"}, "starts", "A version begins between 1970 and 2036."),
        ({"date": "9999-12-31"}, "starts", "A version begins between 1970 and 2036."),
        (
            {"date": "2026-03-29", "time": "01:30"},
            "starts",
            "The clock in Europe/Lisbon skips 01:30 on 2026-03-29.",
        ),
        (
            {"own_date": ["2026-13-01"], "own_name": ["x"]},
            "own-0",
            "“2026-13-01” is no date like 2026-12-24.",
        ),
        ({"own_date": ["2026-06-29"], "own_name": [""]}, "own-0", "A holiday has a name"),
        (
            {"own_date": ["2026-06-24"], "own_name": ["Ours"]},
            "own-0",
            "2026-06-24 is listed already: Dia de São João.",
        ),
        ({"own_date": ["2026-06-29"], "own_name": ["x" * 121]}, "own-0", "at most 120 characters"),
        ({"special_date": ["2026-12-24"], "special_label": [""]}, "special-0", "Such a date has a label"),
        (
            {"special_date": ["2026-12-24"] * 2, "special_label": ["Eve"] * 2},
            "special-1",
            "2026-12-24 stands here twice.",
        ),
        (
            {"special_date": ["2026-12-24"], "special_label": ["Eve"], "special_hours": ["until noon"]},
            "special-0",
            "Hours are written like 09:00-13:00",
        ),
        (
            {"special_date": ["2026-12-24"], "special_label": ["Eve"], "special_hours": ["9-26"]},
            "special-0",
            "“26” is no time of day",
        ),
        (
            {"special_date": ["2026-12-20"], "special_label": ["Eve"], "special_hours": ["20-10, 9-11"]},
            "special-0",
            "overlap",
        ),
        (
            {"special_date": ["2027-03-28"], "special_label": ["DST"], "special_hours": ["01:30-09:00"]},
            "special",
            "The clock in Europe/Lisbon skips a time at which 2027-03-28 would open or close.",
        ),
    ],
)
@pytest.mark.parametrize("button", ["preview", "publish"])
def test_what_cannot_be_meant_is_refused_at_its_field_and_stays_typed(
    as_vera, porto, more, field, sentence, button
):
    answer = as_vera.post(EDITOR, {**typed(porto), **more, "do": button})

    assert answer.status_code == 200
    assert sentence in tree(answer).xpath(f"string(//*[@id='pz-error-{field}'])")
    for name, values in more.items():
        if name not in {"country", "subdivision", "categories"}:
            said = values if isinstance(values, list) else [values]
            assert shown(answer, name) == (said or [""]), name
    assert not CalendarVersion.objects.exists()


def test_a_version_belongs_to_a_calendar(as_vera, porto):
    for key in ("", "9" * 40, "x", str(porto.pk + 1)):
        answer = as_vera.post(EDITOR, {**typed(porto), "calendar": key, "do": "publish"})
        assert "Choose the calendar" in tree(answer).xpath("string(//*[@id='pz-error-calendar'])")


@pytest.mark.parametrize(
    ("start", "sentence"),
    [
        ("2025-01-01", "begins after the one that it follows, which begins on 1 Jan 2025 00:00."),
        ("2024-05-01", "begins after the one that it follows, which begins on 1 Jan 2025 00:00."),
        ("2026-03-10", "Hours that have passed are not rewritten"),
    ],
)
def test_the_past_of_a_calendar_is_not_rewritten(as_vera, calendar, start, sentence):
    answer = as_vera.post(EDITOR, {**typed(calendar, date=start), "do": "publish"})

    assert sentence in tree(answer).xpath("string(//*[@id='pz-error-starts'])")
    assert calendar.versions.count() == 1


def test_every_mistake_is_told_at_once(as_vera, porto):
    answer = as_vera.post(
        EDITOR, {**typed(porto, zone="Nowhere", **week(mon=["9-"], tue=["x-y"])), "do": "preview"}
    )

    assert {error.get("id") for error in tree(answer).xpath("//ul[@class='pz-errors']")} == {
        "pz-error-zone",
        "pz-error-mon",
        "pz-error-tue",
    }


# --- the form -------------------------------------------------------------------------------------


def test_a_first_version_begins_with_the_desks_zone(as_vera, porto):
    page = as_vera.get(EDITOR, {"calendar": porto.pk})

    assert (shown(page, "zone"), shown(page, "date")) == (["Europe/Lisbon"], ["2026-03-10"])
    assert shown(page, "mon_from") == [""]


def test_a_further_version_begins_as_the_latest_one_is(as_vera, calendar):
    eve = date(2026, 12, 24)
    spec = calendars.spec_of(calendar.versions.get())
    special = {eve: (hours.Hours(9 * 3600, 12 * 3600),), date(2026, 1, 2): ()}
    listed = holidays.generate(holidays.Place("PT", "13"), [2026])
    calendars.publish(
        calendar,
        spec=replace(spec, overrides=special, holidays=frozenset({date(2026, 6, 29)})),
        valid_from=datetime(2026, 3, 1, tzinfo=UTC),
        listed=[*listed, holidays.Holiday(date(2026, 6, 29), "São Pedro")],
        place=holidays.Place("PT", "13"),
        labels={eve: "Eve"},
    )

    page = as_vera.get(EDITOR, {"calendar": calendar.pk})

    assert (shown(page, "date"), shown(page, "time")) == (["2026-03-11"], ["00:00"])
    assert (shown(page, "fri_from"), shown(page, "fri_to")) == (["09:00"], ["21:00"])
    assert (shown(page, "own_date"), shown(page, "own_name")) == (["2026-06-29"], ["São Pedro"])
    assert (shown(page, "special_date"), shown(page, "special_hours")) == ([str(eve)], ["09:00-12:00"])
    assert "2026-06-24" in ticked(page, "struck")
    assert tree(page).xpath("string(//select[@name='subdivision']/option[@selected]/@value)") == "13"


def test_a_day_is_copied_to_others(as_vera, porto):
    form = {**typed(porto), "do": "copy", "copy_from": "mon", "copy_to": ["tue", "thu", "nonsense"]}

    page = as_vera.post(EDITOR, form)

    assert [shown(page, f"{day}_to") for day in ("tue", "wed", "thu")] == [
        ["13:00", "18:00"],
        [""],
        ["13:00", "18:00"],
    ]


def test_there_is_always_room_for_another_interval_and_row(as_vera, porto):
    more = as_vera.post(EDITOR, {**typed(porto), "do": "add-mon"})
    rows = as_vera.post(EDITOR, {**typed(porto, own_date=["2026-06-29"], own_name=["x"]), "do": "add-own"})
    dates = as_vera.post(EDITOR, {**typed(porto), "do": "add-special"})

    assert shown(more, "mon_from") == ["09:00", "14:00", ""]
    assert shown(rows, "own_date") == ["2026-06-29", ""]
    assert shown(dates, "special_date") == [""]


def test_always_open_is_one_button(as_vera, porto):
    page = as_vera.post(EDITOR, {**typed(porto), "do": "always"})
    publish(as_vera, typed(porto, **{f"{day}_{end}": [at] for day in hours.WEEKDAYS
                                     for end, at in (("from", "00:00"), ("to", "24:00"))}))  # fmt: skip

    assert {day: shown(page, f"{day}_to") for day in hours.WEEKDAYS} == every(hours.WEEKDAYS, "24:00")
    assert CalendarVersion.objects.get().week["sun"] == [["00:00", "24:00"]]


def test_a_countrys_holidays_are_listed_when_they_are_asked_for(as_vera, porto):
    page = as_vera.post(EDITOR, {**typed(porto, country="PT", subdivision=""), "do": "list"})
    other = as_vera.post(EDITOR, {**typed(porto, country="ES"), "do": "list"})
    unknown = as_vera.post(EDITOR, {**typed(porto, country="XX"), "do": "list"})

    assert "Dia da Liberdade" in text_of(page)
    assert "Fiesta Nacional de España" in text_of(other), "Porto's code is none of Spain"
    assert "No public holidays are known for XX." in text_of(unknown)


def test_a_button_that_is_not_there_only_shows_the_form_again(as_vera, porto):
    answer = as_vera.post(EDITOR, {**typed(porto), "do": "\x00drop"})

    assert (answer.status_code, shown(answer, "mon_to")) == (200, ["13:00", "18:00"])
    assert not CalendarVersion.objects.exists()


@pytest.mark.parametrize(
    ("text", "time"), [("9", "09:00"), ("9.30", "09:30"), ("0930", "09:30"), ("9h", "9h"), ("24:00", "24:00")]
)
def test_times_are_written_in_several_ways(text, time):
    from sla.admin.calendar_reading import as_time

    assert as_time(text) == time


# --- a calendar's page ----------------------------------------------------------------------------


def page_of(browser, calendar: Calendar):
    return browser.get(f"/admin/sla/calendar/{calendar.pk}/change/")


def test_a_calendars_page_shows_its_days_its_holidays_and_its_data(as_vera, calendar):
    words = text_of(page_of(as_vera, calendar))

    assert "Support is open" in words
    assert "Tue 10 Mar 09:00–21:00" in words
    assert "Mon 23 Mar 09:00–21:00" in words
    assert "Fri 3 Apr 2026 Sexta-feira Santa closed" in words
    assert f"Zone data {hours.zone_data_version()}" in words
    assert f"holidays {holidays.package_version()} is installed" in words
    assert "What the installed lists would change" not in words


def test_versions_are_listed_with_what_each_changed(as_vera, calendar):
    spec = calendars.spec_of(calendar.versions.get())
    longer = replace(spec, week={**spec.week, "sat": spec.week["fri"]})
    calendars.publish_version(
        calendar,
        spec=longer,
        valid_from=datetime(2026, 5, 1, tzinfo=UTC),
        holiday_names=calendar.versions.get().holiday_names,
        holiday_country="PT",
    )

    lines = tree(page_of(as_vera, calendar)).xpath("//ol[@class='pz-versions']/li")

    latest, first = (" ".join(" ".join(line.itertext()).split()) for line in lines)
    assert re.search(r"from Fri 1 May 2026 01:00 scheduled .* Saturday closed 09:00–21:00", latest)
    assert re.search(r"from Wed 1 Jan 2025 00:00 in force", first)


def test_what_an_upgrade_would_change_is_shown_before_it_does(as_vera, calendar, monkeypatch):
    known = holidays.generate
    monkeypatch.setattr(
        holidays,
        "generate",
        lambda where, years: tuple(row for row in known(where, years) if row.date != date(2026, 4, 25)),
    )

    words = text_of(page_of(as_vera, calendar))

    assert "Sat 25 Apr 2026 Dia da Liberdade would open" in words


def test_a_calendar_without_a_version_says_so(as_vera, porto):
    assert "Nothing is published yet" in text_of(page_of(as_vera, porto))


def test_a_version_is_read_as_it_was_published(as_vera, porto):
    publish(as_vera, typed(porto, struck=["2026-06-24"], own_date=["2026-06-29"], own_name=["São Pedro"]))
    address = f"/admin/sla/calendarversion/{CalendarVersion.objects.get().pk}/change/"

    page = as_vera.get(address)

    words = text_of(page)
    assert "Monday 09:00–13:00, 14:00–18:00 Tuesday closed" in words
    assert "Dia de São João struck out, open PT 13" in words
    assert "São Pedro added by hand" in words
    assert as_vera.post(address, typed(porto)).status_code == 403


# --- copies and rights ------------------------------------------------------------------------------


def test_a_calendar_is_copied_under_another_name(as_vera, calendar):
    address = f"/admin/sla/calendar/{calendar.pk}/copy/"
    asked = as_vera.get(address)

    done = as_vera.post(address, {"name": "Porto desk", "key": "porto-desk"})

    copied = Calendar.objects.get(key="porto-desk")
    assert (shown(asked, "key"), done["Location"]) == (
        ["lisbon-copy"],
        f"/admin/sla/calendar/{copied.pk}/change/",
    )
    assert calendars.spec_of(copied.versions.get()) == calendars.spec_of(calendar.versions.get())


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("lisbon", "Calendar with this Key already exists."),
        ("", "This field is required."),
        ("a b", "Enter a valid"),
    ],
)
def test_a_copy_that_cannot_be_named_so_is_refused(as_vera, calendar, key, sentence):
    answer = as_vera.post(f"/admin/sla/calendar/{calendar.pk}/copy/", {"name": "Mine", "key": key})

    assert sentence in tree(answer).xpath("string(//*[@id='pz-error-key'])")
    assert shown(answer, "name") == ["Mine"]
    assert Calendar.objects.count() == 1


def test_an_agent_sees_and_an_admin_edits(rui, calendar):
    browser = console_of(rui, roles.AGENT)
    version = calendar.versions.get()

    seen = page_of(browser, calendar)
    read = browser.get(f"/admin/sla/calendarversion/{version.pk}/change/")
    refused = [
        browser.get(EDITOR).status_code,
        browser.post(EDITOR, {**typed(calendar), "do": "publish"}).status_code,
        browser.post(f"/admin/sla/calendar/{calendar.pk}/copy/", {"name": "x", "key": "x"}).status_code,
    ]

    assert (seen.status_code, read.status_code, refused) == (200, 200, [403, 403, 404])
    assert "Add a version" not in text_of(seen)
    assert "Copy this calendar" not in text_of(seen)
    assert (Calendar.objects.count(), CalendarVersion.objects.count()) == (1, 1)


def test_the_list_of_calendars_costs_the_same_with_ten(as_vera, calendar, django_assert_num_queries):
    from tests.helpdesk.admin.conftest import statements

    address = "/admin/sla/calendar/"
    for_one = statements(as_vera, address)
    for number in range(9):
        other = Calendar.objects.create(key=f"other-{number}", name="Other")
        spec = hours.calendar_from_json({"tz": "Europe/Paris", "week": WORKING_WEEK})
        calendars.publish(other, spec=spec, valid_from=TUESDAY_10)

    assert statements(as_vera, address) == for_one
    assert "Europe/Paris" in as_vera.get(address).content.decode()


# --- drafts -----------------------------------------------------------------------------------------


def kept(answer):
    assert answer.status_code == 302
    return CalendarDraft.objects.get()


def test_what_is_not_finished_is_kept_as_it_was_typed_and_in_force_for_nobody(as_vera, porto):
    words = typed(porto, own_date="2026-06-24", own_name="São João", date="when we have the people")
    draft = kept(as_vera.post(EDITOR, words | {"do": "keep"}))
    assert not porto.versions.exists()
    assert "kept Tue 10 Mar 2026 10:00" in text_of(as_vera.get(f"/admin/sla/calendar/{porto.pk}/change/"))

    again = as_vera.get(EDITOR, {"draft": draft.pk})
    assert shown(again, "date") == ["when we have the people"]
    assert shown(again, "mon_from") == ["09:00", "14:00"]
    assert shown(again, "own_name")[:1] == ["São João"]


def test_kept_again_it_is_one_draft_and_published_it_is_none(as_vera, porto):
    draft = kept(as_vera.post(EDITOR, typed(porto, do="keep")))
    kept(as_vera.post(EDITOR, typed(porto, do="keep", draft=draft.pk, zone="Europe/Lisbon")))
    assert shown(as_vera.get(EDITOR, {"draft": draft.pk}), "zone") == ["Europe/Lisbon"]

    preview = as_vera.post(EDITOR, typed(porto, draft=draft.pk))
    assert shown(preview, "draft") == [str(draft.pk)]
    as_vera.post(EDITOR, typed(porto, draft=draft.pk, do="publish", seen=shown(preview, "seen")[0]))
    assert (porto.versions.count(), CalendarDraft.objects.count()) == (1, 0)


def test_a_draft_is_discarded(as_vera, porto):
    draft = kept(as_vera.post(EDITOR, typed(porto, do="keep")))
    as_vera.post(EDITOR, typed(porto, do="discard", draft=draft.pk))
    assert not CalendarDraft.objects.exists()
    assert as_vera.post(EDITOR, typed(porto, do="discard", draft=draft.pk)).status_code == 302


@pytest.mark.parametrize("number", ["0", "x", "9" * 40])
def test_a_draft_that_there_is_not_is_a_new_one(as_vera, porto, number):
    assert as_vera.get(EDITOR, {"draft": number}).status_code == 200
    assert kept(as_vera.post(EDITOR, typed(porto, do="keep", draft=number)))


def test_a_draft_of_another_calendar_is_left_alone(as_vera, porto, calendar):
    draft = kept(as_vera.post(EDITOR, typed(porto, do="keep")))
    as_vera.post(EDITOR, typed(calendar, do="keep", draft=draft.pk, zone="Europe/Paris"))
    draft.refresh_from_db()
    assert dict(draft.fields)["zone"] == "WET"

"""The front page and the support policy, rendered from the rows that the clocks use."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import translation

from contracts.models import Person
from helpdesk.portal import published, reading, spelling
from helpdesk.portal.zones import zone_name
from sla import calendars, hours, policies
from sla.append_only import triggers_lifted
from sla.models import CalendarVersion, PolicyVersion, TargetCell
from sla.timekeeping import now
from tests.cast import agree, agreed, rewrite

pytestmark = pytest.mark.django_db

PATH = "/support-policy/"
TUESDAY = datetime(2026, 3, 10, 10, tzinfo=UTC)


def shown(page) -> dict[str, list[str]]:
    return {row.priority.key: [cell.text for cell in row.cells] for row in page.context["goals"]}


def test_the_page_shows_the_numbers_of_the_policy_in_force(client, policy_version):
    page = client.get(PATH)

    units = {"business_hours": "business hour", "business_days": "business day"}
    cells = {(cell.priority.key, cell.metric): cell for cell in policies.cells_of(policy_version)}

    def said(key, metric):
        cell = cells[key, metric]
        return f"{cell.amount} {units[cell.unit]}{'s' if cell.amount > 1 else ''}"

    assert shown(page) == {
        key: [said(key, "first_response"), said(key, "resolution")]
        for key in ("urgent", "high", "medium", "low")
    }
    assert shown(page)["low"] == ["2 business days", "24 business hours"]
    assert all(text in page.content.decode() for texts in shown(page).values() for text in texts)


def test_a_draft_changes_nothing_and_publishing_changes_the_page(client, policy_version, priorities):
    draft = PolicyVersion.objects.create(
        policy=policy_version.policy,
        number=2,
        valid_from=now() - timedelta(minutes=1),
        calendar=policy_version.calendar,
    )
    for metric in ("first_response", "resolution"):
        TargetCell.objects.create(
            version=draft, metric=metric, priority=priorities["urgent"], unit="business_hours", amount=1
        )
    assert len(shown(client.get(PATH))) == 4

    policies.publish(draft, at=now())

    page = client.get(PATH)
    assert shown(page) == {"urgent": ["1 business hour", "1 business hour"]}
    assert "Version 2" in page.content.decode()


def test_the_page_names_hours_zone_days_holidays_and_disclaimer(client, policy_version):
    page = client.get(PATH).content.decode()

    for words in (
        "Monday to Friday",
        "09:00–21:00",
        "Lisbon time (WET/WEST)",
        "These are goals, not guarantees.",
        "your agreement governs",
        "recovering deleted items",
        "consulting logs",
        "bulk actions",
        "bulk updates",
        "special file uploads",
        "Version 1",
        "in force since 1 January 2025",
    ):
        assert words in page, words


def test_coming_holidays_are_the_calendars(calendar):
    version = calendars.current_version(calendar, at=TUESDAY)
    coming = published.special_days(version, at=TUESDAY)

    assert [(day.date, day.name) for day in coming][:3] == [
        (date(2026, 4, 3), "Sexta-feira Santa"),
        (date(2026, 4, 5), "Páscoa"),
        (date(2026, 4, 25), "Dia da Liberdade"),
    ]
    assert all(day.date < date(2027, 3, 12) for day in coming)


def test_a_shortened_day_is_named_with_its_hours(calendar):
    spec = replace(
        calendars.spec_of(calendar.versions.get()),
        overrides=hours.calendar_from_json(
            {"tz": "UTC", "overrides": {"2026-12-24": [["09:00", "13:00"]]}}
        ).overrides,
    )
    calendars.publish_version(calendar, spec=spec, valid_from=TUESDAY)
    version = calendars.current_version(calendar, at=TUESDAY)

    days = {day.date: day.hours for day in published.special_days(version, at=TUESDAY)}
    assert days[date(2026, 12, 24)] == (("09:00", "13:00"),)


@pytest.mark.parametrize(
    ("at", "is_open", "until", "opens_at"),
    [
        (TUESDAY, True, datetime(2026, 3, 10, 21, tzinfo=UTC), None),
        (datetime(2026, 3, 10, 21, tzinfo=UTC), False, None, datetime(2026, 3, 11, 9, tzinfo=UTC)),
        # Over the change to summer time: Monday opens at 9:00 in Lisbon, 8:00 UTC.
        (datetime(2026, 3, 28, 12, tzinfo=UTC), False, None, datetime(2026, 3, 30, 8, tzinfo=UTC)),
        # And back: on Monday 26 October it is 9:00 UTC again.
        (datetime(2026, 10, 24, 12, tzinfo=UTC), False, None, datetime(2026, 10, 26, 9, tzinfo=UTC)),
        # Good Friday and Easter.
        (datetime(2026, 4, 3, 10, tzinfo=UTC), False, None, datetime(2026, 4, 6, 8, tzinfo=UTC)),
    ],
)
def test_the_next_opening_is_right_over_both_changes_of_the_clock(calendar, at, is_open, until, opens_at):
    assert published.opening(calendar, at=at) == published.Opening(is_open, until, opens_at)


def test_the_page_says_how_this_policy_counts_days_and_pauses(client, policy_version):
    assert "when support closes on the last of them; the day on which your message" in words(client.get(PATH))
    assert "the time to a resolution pauses" in words(client.get(PATH))

    changed = {"day_mode": "full_days_24h", "pausing_statuses": []}
    rewrite(policy_version, **changed)

    assert "each day counts as 24 hours of support time" in words(client.get(PATH))
    assert "the time to a resolution pauses" not in words(client.get(PATH))


def words(page) -> str:
    return " ".join(page.content.decode().split())


@pytest.mark.parametrize("mode", PolicyVersion.DayMode)
def test_every_way_to_count_days_has_its_sentence(mode):
    assert next(reading.sentences(PolicyVersion(day_mode=mode)))


def test_a_binding_policy_has_no_disclaimer(client, policy_version):
    rewrite(policy_version, is_binding=True)

    assert "not guarantees.</strong>" not in client.get(PATH).content.decode()


def test_a_customer_reads_what_the_own_agreement_says(desk, as_person, contract, ana, priorities):
    rewrite(agreed(contract), is_binding=True, agreement_reference="MSA 2025-17")
    Person.objects.filter(pk=ana.pk).update(language="en")
    agree(contract, "first_response", priorities["high"], unit="business_hours", amount=6)
    page = as_person(ana).get(PATH)

    rows = {row.priority.key: row.cells[0] for row in page.context["agreement"]["rows"]}
    assert (rows["high"].text, rows["high"].is_agreed) == ("6 business hours", True)
    assert (rows["low"].text, rows["low"].is_agreed) == ("2 business days", False)
    assert "Binding under your agreement MSA 2025-17." in page.content.decode()
    assert shown(page)["high"][0] == "12 business hours"


def test_without_any_policy_both_pages_still_answer(client, db):
    assert [client.get(path).status_code for path in ("/", PATH)] == [200, 200]


def test_a_calendar_without_any_version_publishes_nothing(client, policy_version):
    CalendarVersion.objects.all().delete()

    assert [client.get(path).status_code for path in ("/", PATH)] == [200, 200]


@pytest.mark.parametrize("lang", ["en", "fr", "es", "pt-pt", "pt-br"])
def test_the_address_chooses_the_language(client, policy_version, lang):
    answer = client.get(PATH, {"lang": lang})

    page = answer.content.decode()
    assert f'<html lang="{lang}">' in page
    assert answer.headers["Content-Language"] == lang
    for other in ("en", "fr", "es", "pt-pt", "pt-br"):
        assert f'hreflang="{other}" href="http://localhost:8000{PATH}?lang={other}"' in page


@pytest.mark.parametrize("lang", ["xx", "", "en_GB.UTF-8", "../../x", "\0", "en" + "-x" * 400])
def test_an_unknown_language_is_the_desks_own(client, policy_version, lang):
    answer = client.get(PATH, {"lang": lang}, headers={"Accept-Language": "fr"})

    assert (answer.status_code, answer.headers["Content-Language"]) == (200, "en")


def test_the_language_comes_from_address_profile_cookie_and_browser_in_this_order(
    desk, as_person, ana, client
):
    french = {"Accept-Language": "fr"}
    assert client.get(PATH, headers=french).headers["Content-Language"] == "fr"
    client.post("/language/", {"language": "es", "next": PATH})
    assert client.get(PATH, headers=french).headers["Content-Language"] == "es"
    browser = as_person(ana)
    assert browser.get(PATH, headers=french).headers["Content-Language"] == "pt-pt"
    assert browser.get(PATH, {"lang": "es"}, headers=french).headers["Content-Language"] == "es"


def test_choosing_a_language_is_kept_in_the_profile_and_leads_back(desk, as_person, ana):
    browser = as_person(ana)
    answer = browser.post("/language/", {"language": "fr", "next": "/tickets/"})
    ana.refresh_from_db()

    assert (answer.url, ana.language) == ("/tickets/", "fr")
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", ""):
        assert browser.post("/language/", {"language": "fr", "next": elsewhere}).url == "/"
    browser.post("/language/", {"language": "xx"})
    ana.refresh_from_db()
    assert ana.language == "fr"
    assert browser.get("/language/").status_code == 405


def test_zones_are_spelled_out():
    with translation.override("en"):
        names = [zone_name(zone) for zone in ("Europe/Lisbon", "Asia/Tokyo", "America/Sao_Paulo")]

    assert names == ["Lisbon time (WET/WEST)", "Tokyo time (JST)", "Sao Paulo time (UTC-03)"]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([0, 1, 2, 3, 4], "Monday to Friday"),
        ([5, 6], "Saturday and Sunday"),
        ([0, 2, 3, 4], "Monday, Wednesday to Friday"),
        ([6], "Sunday"),
        ([], ""),
    ],
)
def test_runs_of_days_are_joined(numbers, words):
    assert spelling.days(numbers) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"),
        (59, "less than a minute"),
        (60, "1 min"),
        (3600, "1 h"),
        (12_000, "3 h 20 min"),
        (-90, "1 min"),
    ],
)
def test_lengths_are_said_shortly(seconds, words):
    assert spelling.length(seconds) == words


def test_a_week_of_several_hours_is_told_by_days(db):
    week = {
        "mon": [["09:00", "13:00"], ["14:00", "18:00"]],
        "tue": [["09:00", "13:00"], ["14:00", "18:00"]],
        "sat": [["10:00", "12:00"]],
    }

    assert published.hours_lines(week) == (
        published.HoursLine("Monday and Tuesday", (("09:00", "13:00"), ("14:00", "18:00"))),
        published.HoursLine("Saturday", (("10:00", "12:00"),)),
        published.HoursLine("Wednesday to Friday, Sunday", ()),
    )


def test_the_front_page_leads_customers_to_their_tickets(desk, client, as_person, ana):
    page = client.get("/").content.decode()

    assert "support@desk.example" in page
    assert 'action="/accounts/login/code/"' in page
    assert as_person(ana).get("/").url == "/tickets/"


def test_further_promises_are_shown_where_a_policy_makes_them(client, policy_version, priorities, calendar):
    for key, metric in (("urgent", "update_interval"), ("high", "next_response")):
        further = {"metric": metric, "priority": priorities[key], "unit": "business_hours", "amount": 2}
        with triggers_lifted(connection):
            policy_version.cells.create(**further, calendar=calendar if key == "urgent" else None)

    page = client.get(PATH)

    columns = [cell.column for cell in page.context["goals"][0].cells]
    assert columns == ["first response", "next response", "update", "resolution"]
    assert shown(page)["urgent"][1:3] == ["none", "2 business hours"]
    assert shown(page)["high"][1:3] == ["2 business hours", "none"]
    assert 'business hours <span class="small soft">(Lisbon 9-21)</span>' in page.content.decode()


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en", "update"),
        ("fr", "point d’avancement"),
        ("es", "actualización"),
        ("pt", "atualização"),
        ("pt-br", "atualização"),
    ],
)
def test_an_update_has_its_name_in_every_language(language, name):
    with translation.override(language):
        assert name in str(TargetCell.Metric.UPDATE_INTERVAL.label)


def test_a_clamp_and_a_grace_are_said(policy_version):
    policy_version.clamps_first_response = True
    policy_version.grace_minutes = 30

    said = [str(sentence) for sentence in reading.sentences(policy_version)]

    assert said[-3:-1] == [
        "A first response is due no later than the resolution.",
        "When a priority changes, at least 30 minutes of support time remain.",
    ]

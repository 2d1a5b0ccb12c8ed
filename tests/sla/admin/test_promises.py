"""Policies and calendars in the console."""

from datetime import UTC, datetime

import pytest
from django.contrib.messages import get_messages

from helpdesk import roles
from sla import calendars
from sla.models import Calendar, CalendarVersion, PolicyVersion, TargetCell
from tests.cast import LONG_AGO
from tests.helpdesk.admin.conftest import console_of

pytestmark = pytest.mark.django_db

VERSION = "/admin/sla/policyversion/"
HOURS = "/admin/sla/calendarversion/add/"


@pytest.fixture
def as_vera(owner):
    return console_of(owner, roles.ADMIN)


@pytest.fixture
def draft(policy_version, priorities) -> PolicyVersion:
    version = PolicyVersion.objects.create(
        policy=policy_version.policy,
        number=2,
        valid_from=datetime(2030, 1, 1, tzinfo=UTC),
        calendar=policy_version.calendar,
    )
    TargetCell.objects.create(
        version=version,
        metric="first_response",
        priority=priorities["urgent"],
        unit="business_hours",
        amount=2,
    )
    return version


def told(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_publishing_asks_first_and_is_a_post(as_vera, draft):
    asked = as_vera.get(f"{VERSION}{draft.pk}/publish/")
    draft.refresh_from_db()
    before = draft.status

    done = as_vera.post(f"{VERSION}{draft.pk}/publish/")

    draft.refresh_from_db()
    assert "2 business hours" in asked.content.decode()
    assert (before, draft.status, told(done)) == ("draft", "scheduled", ["Support policy v2 is published."])


def test_what_cannot_be_published_is_refused_with_a_sentence(as_vera, draft):
    PolicyVersion.objects.filter(pk=draft.pk).update(valid_from=LONG_AGO)

    answer = as_vera.post(f"{VERSION}{draft.pk}/publish/")

    draft.refresh_from_db()
    assert told(answer) == ["A version begins after the one that it follows."]
    assert draft.status == "draft"


def test_a_published_version_is_frozen_with_its_cells(as_vera, policy_version):
    shown = as_vera.get(f"{VERSION}{policy_version.pk}/change/")
    posted = as_vera.post(f"{VERSION}{policy_version.pk}/change/", {"label": "Slower"})
    again = as_vera.post(f"{VERSION}{policy_version.pk}/publish/")

    assert b'name="cells-0-amount"' not in shown.content
    assert (shown.status_code, posted.status_code, again.status_code) == (200, 403, 404)
    assert not PolicyVersion.objects.filter(label="Slower").exists()


def test_an_agent_cannot_publish(rui, draft):
    browser = console_of(rui, roles.AGENT)

    assert browser.post(f"{VERSION}{draft.pk}/publish/").status_code == 404
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_a_new_version_has_the_next_number(as_vera, draft):
    page = as_vera.get(f"{VERSION}add/", {"policy": draft.policy_id}).content.decode()

    assert 'name="number" value="3"' in page
    assert as_vera.get(f"{VERSION}add/", {"policy": "9" * 40}).status_code == 200


# --- calendars --------------------------------------------------------------------------------------


@pytest.fixture
def porto(db) -> Calendar:
    return Calendar.objects.create(key="porto", name="Porto")


def typed(calendar: Calendar, **more: str) -> dict[str, str]:
    return {
        "calendar": str(calendar.pk),
        "valid_from_0": "2026-01-01",
        "valid_from_1": "00:00:00",
        "zone": "WET",
        "mon": "09:00-13:00, 14:00-18:00",
        "fri": "22:00-02:00",
        **more,
    }


def test_hours_are_written_as_people_write_them(as_vera, porto):
    as_vera.post(
        HOURS,
        typed(
            porto,
            holiday_country="PT",
            holiday_subdivision="13",
            holidays_too="2026-12-31",
            special_hours="2026-12-24: 09:00-12:00\n2026-12-26:",
        ),
    )

    version = CalendarVersion.objects.get()
    porto.refresh_from_db()
    assert (version.zone, version.week) == (
        "Europe/Lisbon",
        {"mon": [["09:00", "13:00"], ["14:00", "18:00"]], "fri": [["22:00", "02:00"]]},
    )
    assert {"2026-06-24", "2026-12-25", "2026-12-31"} <= set(version.holidays)
    assert version.overrides == {"2026-12-24": [["09:00", "12:00"]], "2026-12-26": []}
    assert calendars.is_open(porto, at=datetime(2026, 3, 9, 9, 30, tzinfo=UTC)), "it was built at once"


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"mon": "", "fri": ""}, "A week without opening hours would never let a clock run."),
        ({"mon": "nine to five"}, "Hours of mon are pairs like 09:00 and 21:00"),
        ({"mon": "09:00-13:00, 12:00-18:00"}, "overlap"),
        ({"zone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"holiday_country": "XX"}, "No public holidays are known for XX."),
        ({"holidays_too": "tomorrow"}, "tomorrow"),
        ({"special_hours": "2026-12-24 noon"}, "2026-12-24 noon"),
    ],
)
def test_hours_that_cannot_be_meant_are_refused_with_a_sentence(as_vera, porto, more, sentence):
    answer = as_vera.post(HOURS, typed(porto, **more))

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert CalendarVersion.objects.count() == 0


def test_the_past_of_a_calendar_is_not_rewritten(as_vera, calendar):
    version = calendar.versions.get()

    earlier = as_vera.post(HOURS, typed(calendar, valid_from_0="2024-01-01"))
    changed = as_vera.post(f"/admin/sla/calendarversion/{version.pk}/change/", typed(calendar))

    assert "A version begins after the one that it follows." in earlier.content.decode()
    assert changed.status_code == 403
    assert calendar.versions.count() == 1


def test_a_calendar_shows_when_it_opens_next(as_vera, calendar):
    page = as_vera.get(f"/admin/sla/calendar/{calendar.pk}/change/").content.decode()

    assert "09:00–21:00" in page

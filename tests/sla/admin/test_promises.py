"""Policies in the console."""

from datetime import UTC, datetime

import pytest
from django.contrib.messages import get_messages

from helpdesk import roles
from sla.models import Calendar, PolicyVersion, TargetCell
from tests.cast import LONG_AGO
from tests.helpdesk.admin.conftest import console_of

pytestmark = pytest.mark.django_db

VERSION = "/admin/sla/policyversion/"


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

    done = as_vera.post(f"{VERSION}{draft.pk}/publish/", {"confirm": "publish"})

    draft.refresh_from_db()
    assert "2 business hours" in asked.content.decode()
    assert (before, draft.status, told(done)) == ("draft", "scheduled", ["Support policy v2 is published."])


def test_what_cannot_be_published_is_refused_with_a_sentence(as_vera, draft):
    PolicyVersion.objects.filter(pk=draft.pk).update(valid_from=LONG_AGO)

    answer = as_vera.post(f"{VERSION}{draft.pk}/publish/", {"confirm": "publish"})

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


# --- what clocks do -------------------------------------------------------------------------------


def edited(draft, **changes) -> dict:
    """The form of a draft as its page gives it back."""
    cell = draft.cells.get()
    given = {
        "policy": draft.policy_id,
        "number": draft.number,
        "valid_from_0": "2030-01-01",
        "valid_from_1": "00:00:00",
        "calendar": draft.calendar_id,
        "day_mode": draft.day_mode,
        "pausing_statuses": "[]",
        "reopen_days": 7,
        "grace_minutes": 0,
        "cells-TOTAL_FORMS": 1,
        "cells-INITIAL_FORMS": 1,
        "cells-0-id": cell.pk,
        "cells-0-version": draft.pk,
        "cells-0-metric": cell.metric,
        "cells-0-priority": cell.priority_id,
        "cells-0-kind": cell.kind,
        "cells-0-unit": cell.unit,
        "cells-0-amount": cell.amount,
        "cells-0-calendar": "",
        "ladder-TOTAL_FORMS": 0,
        "ladder-INITIAL_FORMS": 0,
    }
    return given | changes


def test_grace_clamp_and_a_cells_own_calendar_are_set_in_a_draft(as_vera, draft, calendar):
    changes = {"grace_minutes": 30, "clamps_first_response": "on", "cells-0-calendar": calendar.pk}
    answer = as_vera.post(f"{VERSION}{draft.pk}/change/", edited(draft, **changes))

    draft.refresh_from_db()
    assert (answer.status_code, draft.grace_minutes, draft.clamps_first_response) == (302, 30, True)
    assert draft.cells.get().calendar == calendar
    asked = as_vera.get(f"{VERSION}{draft.pk}/publish/").content.decode()
    assert "on Lisbon 9-21" in asked
    assert "A first response is due no later than the resolution." in asked
    assert "leaves 30 open minutes" in asked


@pytest.mark.parametrize("minutes", ["-1", "x", "99999999999"])
def test_a_grace_that_is_none_is_refused_on_the_page(as_vera, draft, minutes):
    answer = as_vera.post(f"{VERSION}{draft.pk}/change/", edited(draft, grace_minutes=minutes))

    draft.refresh_from_db()
    assert (answer.status_code, draft.grace_minutes) == (200, 0)


def test_a_cell_counts_only_on_hours_that_there_are(as_vera, draft):
    empty = Calendar.objects.create(key="empty", name="Empty")
    answer = as_vera.post(f"{VERSION}{draft.pk}/change/", edited(draft, **{"cells-0-calendar": empty.pk}))

    assert answer.status_code == 200
    assert "This calendar has no hours yet" in answer.content.decode()
    assert draft.cells.get().calendar is None

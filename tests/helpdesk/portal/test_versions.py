"""PP-01, PP-04, PP-06: what was published stays readable, what changed is named, programs read the same."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from helpdesk import intake
from sla import policies, timekeeping
from sla.models import Clock, PolicyVersion, TargetCell
from tests.cast import LONG_AGO, by_portal

pytestmark = pytest.mark.django_db

PAGE = "/support-policy/"
VERSION = "/support-policy/versions/{}/"
CHANGES = "/support-policy/versions/{}/changes/"
JSON = "/support-policy/versions/{}.json"


@pytest.fixture
def at():
    return timekeeping.now()


def draft(first: PolicyVersion, *, valid_from, high: int = 6) -> PolicyVersion:
    """Version 2: High is answered sooner, and nothing else differs."""
    second = PolicyVersion.objects.create(
        policy=first.policy,
        number=2,
        valid_from=valid_from,
        calendar=first.calendar,
        pausing_statuses=first.pausing_statuses,
    )
    for cell in first.cells.all():
        amount = high if (cell.metric, cell.priority.key) == ("first_response", "high") else cell.amount
        TargetCell.objects.create(
            version=second, metric=cell.metric, priority=cell.priority, unit=cell.unit, amount=amount
        )
    return second


@pytest.fixture
def second(desk, policy_version, at) -> PolicyVersion:
    version = draft(policy_version, valid_from=at - timedelta(days=1))
    policies.publish(version, at=at)
    return version


def get(address, **headers):
    return Client().get(address, {"lang": "en"}, **headers)


def words(address) -> str:
    return " ".join(get(address).content.decode().split())


def target(answer, metric="first_response", priority="high") -> tuple:
    found = [
        (one["amount"], one["unit"])
        for one in answer["targets"]
        if (one["metric"], one["priority"]) == (metric, priority)
    ]
    assert len(found) == 1
    return found[0]


def test_page_json_and_engine_say_the_same_at_one_version(desk, policy_version, bruno, at, contract):
    def all_three() -> tuple:
        answer = get("/support-policy.json").json()
        said = "6 business hours" if "6 business hours" in words(PAGE) else "12 business hours"
        ticket = intake.receive(
            by_portal(bruno, impact="all_blocked"), at=timekeeping.now(), by="system:test"
        ).ticket
        terms = ticket.clock_set.terms["targets"]["first_response"]["high"]
        return (
            answer["version"],
            target(answer),
            said,
            terms["amount"] // 3600,
            ticket.clock_set.policy_version.number,
        )

    assert all_three() == (1, (12, "business_hours"), "12 business hours", 12, 1)

    unpublished = draft(policy_version, valid_from=at)
    assert all_three() == (1, (12, "business_hours"), "12 business hours", 12, 1), "a draft changes nothing"

    policies.publish(unpublished, at=at)
    assert all_three() == (2, (6, "business_hours"), "6 business hours", 6, 2)
    assert Clock.objects.count() == 6


def test_each_version_has_its_address_and_says_what_followed(second):
    earlier, now = words(VERSION.format(1)), words(VERSION.format(2))
    assert "12 business hours" in earlier
    assert "superseded by version 2" in earlier
    assert "This is not the version that is in force now." in earlier
    assert "6 business hours" in now
    assert "superseded" not in now
    assert "This is not the version" not in now
    assert VERSION.format(1) in words(PAGE)


@pytest.mark.parametrize("number", [0, 3, 10**12, 10**30])
def test_a_version_that_there_is_not_is_not_there(second, number):
    for address in (VERSION, CHANGES, JSON):
        assert get(address.format(number)).status_code == 404


def test_what_begins_in_the_future_is_for_the_desk_alone(desk, policy_version, at, rui):
    policies.publish(draft(policy_version, valid_from=at + timedelta(days=9)), at=at)
    for address in (VERSION, CHANGES, JSON):
        assert get(address.format(2)).status_code == 404
    assert "superseded" not in words(VERSION.format(1))

    staff = Client()
    staff.force_login(rui, backend="django.contrib.auth.backends.ModelBackend")
    assert staff.get(VERSION.format(2)).status_code == 200
    assert staff.get(JSON.format(2)).json()["version"] == 2


def test_a_draft_is_nobodys_to_read(desk, policy_version, at, rui):
    draft(policy_version, valid_from=at)
    staff = Client()
    staff.force_login(rui, backend="django.contrib.auth.backends.ModelBackend")
    assert staff.get(VERSION.format(2)).status_code == 404


def test_what_differs_is_told_goal_by_goal(second):
    page = words(CHANGES.format(2))
    assert "<del>12 business hours</del>" in page
    assert "<ins>6 business hours</ins>" in page
    assert page.count("<del>") == 1
    other = Client().get("/support-policy/versions/1/changes/", {"from": "2", "lang": "en"})
    assert "from version 1 to version 2" in " ".join(other.content.decode().split())


def test_versions_that_say_the_same_say_so(desk, policy_version, at):
    same = draft(policy_version, valid_from=at, high=12)
    policies.publish(same, at=at)
    assert "Both say the same." in words(CHANGES.format(2))


def test_the_first_version_changed_nothing_and_nonsense_names_none(second):
    assert get(CHANGES.format(1)).status_code == 404
    for nonsense in ("x", "9" * 40, "-1", "\x00"):
        answer = Client().get(CHANGES.format(2), {"from": nonsense})
        assert answer.status_code == 200


@pytest.mark.parametrize("language", ["fr", "es", "pt-pt", "pt-br"])
def test_it_is_read_in_every_language(second, language):
    for address in (VERSION.format(1), CHANGES.format(2)):
        page = Client().get(address, {"lang": language}).content.decode()
        assert f'<html lang="{language}"' in page
        assert 'hreflang="pt-pt"' in page
        assert "superseded" not in page
        assert "What changed" not in page


def test_programs_are_told_when_nothing_changed(second):
    first = get("/support-policy.json")
    assert first.headers["Content-Type"].startswith("application/json")
    again = get("/support-policy.json", HTTP_IF_NONE_MATCH=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert get("/support-policy.json", HTTP_IF_NONE_MATCH='"another"').status_code == 200


def test_who_takes_no_json_gets_none(second):
    assert get("/support-policy.json", HTTP_ACCEPT="text/html").status_code == 406
    assert get("/support-policy.json", HTTP_ACCEPT="text/html, application/*;q=0.2").status_code == 200


def test_without_a_policy_there_is_no_json(db):
    assert get("/support-policy.json").status_code == 404


def test_the_document_has_its_schema_and_no_word_of_a_customer(second, contract):
    answer = json.loads(get(JSON.format(1)).content)
    assert answer["schema"] == "prazo.support-policy/1"
    assert (answer["valid_from"], answer["status"]) == (LONG_AGO.isoformat(), "goal")
    assert answer["calendar"]["zone"] == "Europe/Lisbon"
    assert answer["calendar"]["week"]["mon"] == [["09:00", "21:00"]]
    assert [one["key"] for one in answer["priorities"]] == ["urgent", "high", "medium", "low"]
    assert "bulk_updates" in answer["not_included"]
    assert "azenha" not in json.dumps(answer).lower()

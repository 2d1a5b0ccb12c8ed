"""`manage.py dry_run_calendar` and `dry_run_policy`: which tickets an edit would move."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from helpdesk import handling
from sla import calendars, hours, policies, timekeeping
from sla.models import PolicyVersion, TargetCell
from tests.cast import TUESDAY_10, agree, agreed, by_portal, offer, rewrite, take_in
from tests.sla.conftest import march

pytestmark = pytest.mark.django_db

TOMORROW = "--from=2026-03-11"


@pytest.fixture(autouse=True)
def _an_hour_later(monkeypatch):
    monkeypatch.setattr(timekeeping, "now", lambda: TUESDAY_10 + timedelta(hours=1))


@pytest.fixture
def ticket(desk, bruno):
    """Bruno's, medium: answered by tomorrow at nine in the evening."""
    return take_in(by_portal(bruno)).ticket


@pytest.fixture
def told(capsys):
    def run(*options):
        call_command(*map(str, options))
        return capsys.readouterr().out

    return run


@pytest.fixture
def until_six(calendar, tmp_path):
    written = hours.calendar_to_json(calendars.spec_of(calendar.versions.get()))
    days = ("mon", "tue", "wed", "thu", "fri")
    file = tmp_path / "until six.json"
    file.write_text(json.dumps(written | {"week": {day: [["09:00", "18:00"]] for day in days}}))
    return file


@pytest.fixture
def draft(policy_version, calendar, priorities) -> PolicyVersion:
    """Version 2, in which everything is answered within two business hours."""
    version = PolicyVersion.objects.create(
        policy=policy_version.policy, number=2, valid_from=march(20, 0), calendar=calendar
    )
    for priority in priorities.values():
        TargetCell.objects.create(
            version=version, metric="first_response", priority=priority, unit="business_hours", amount=2
        )
        TargetCell.objects.create(
            version=version, metric="resolution", priority=priority, unit="business_hours", amount=24
        )
    return version


# --- a calendar -------------------------------------------------------------------------------------


def test_new_hours_name_the_tickets_that_they_would_move(ticket, until_six, told):
    report = json.loads(told("dry_run_calendar", "lisbon", until_six, TOMORROW, "--json"))

    facts = [(one["ticket"], one["metric"], one["due_at"], one["would_be_due_at"]) for one in report["moves"]]
    assert facts == [
        (ticket.pk, "first_response", "2026-03-11T21:00:00Z", "2026-03-11T18:00:00Z"),
        (ticket.pk, "resolution", "2026-03-12T10:00:00Z", "2026-03-12T13:00:00Z"),
    ]
    assert (report["total"], report["looked_at"], report["underivable"]) == (2, 2, 0)


def test_people_get_a_table(ticket, until_six, told):
    page = told("dry_run_calendar", "lisbon", until_six, TOMORROW)

    assert page.startswith("2 of 2 clocks would be due at another time; nothing was changed.")
    assert f"#{ticket.pk} " in page
    assert "2026-03-11 18:00" in page


def test_what_is_not_listed_is_counted(ticket, until_six, told):
    page = told("dry_run_calendar", "lisbon", until_six, TOMORROW, "--limit=1")

    assert page.splitlines()[-1] == "1 more; --limit lists them."


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("porto", "FILE", TOMORROW), "There is no calendar 'porto'."),
        (("lisbon", "nowhere.json", TOMORROW), "No such file or directory: 'nowhere.json'"),
        (("lisbon", "FILE", "--from=tomorrow"), "--from: 'tomorrow' is no instant"),
        (("lisbon", "FILE", "--from=2020-01-01"), "A calendar version begins after the one that it follows."),
        (("lisbon", "FILE", TOMORROW, "--limit=-1"), "'-1' is no number of tickets to list"),
    ],
)
def test_what_cannot_be_meant_is_refused(ticket, until_six, told, given, sentence):
    with pytest.raises(CommandError) as refused:
        told("dry_run_calendar", *(until_six if one == "FILE" else one for one in given))

    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"{", "is no JSON"),
        (b"\xff", "is no JSON"),
        (b"[]", "A calendar is written as an object"),
        (b'{"tz": "Mars/Olympus"}', "There is no time zone 'Mars/Olympus'"),
        (b'{"tz": "UTC", "week": {}}', "A week without opening hours would never let a clock run."),
    ],
)
def test_a_file_that_is_no_calendar_is_refused(ticket, tmp_path, told, text, sentence):
    file = tmp_path / "hours.json"
    file.write_bytes(text)

    with pytest.raises(CommandError) as refused:
        told("dry_run_calendar", "lisbon", file, TOMORROW)

    assert sentence in str(refused.value)


# --- a policy ---------------------------------------------------------------------------------------


def moved(told, *options):
    report = json.loads(told("dry_run_policy", "support@2", "--json", *options))
    return [(one["ticket"], one["metric"], one["would_be_due_at"]) for one in report["moves"]]


def test_a_draft_names_the_tickets_that_it_would_move(ticket, draft, told):
    assert moved(told) == [(ticket.pk, "first_response", "2026-03-10T12:00:00Z")]


def test_publishing_it_then_moves_none(ticket, draft, told):
    before = list(ticket.clock_set.clocks.values_list("metric", "due_at"))

    policies.publish(draft, at=TUESDAY_10)

    assert list(ticket.clock_set.clocks.values_list("metric", "due_at")) == before


def test_an_agreed_cell_and_what_the_plan_withholds_are_kept(ticket, contract, draft, priorities, told):
    agree(contract, "first_response", priorities["medium"], unit="business_hours", amount=5)
    offer(agreed(contract).plan_version, [priorities["medium"]])

    assert moved(told) == [(ticket.pk, "first_response", "2026-03-10T15:00:00Z")]


def test_over_quota_only_urgent_has_a_target(ticket, draft, told):
    ticket.entitlement = "flagged"
    ticket.save()

    assert moved(told) == [(ticket.pk, "first_response", None), (ticket.pk, "resolution", None)]


def test_a_pinned_contract_keeps_its_version(ticket, contract, policy_version, draft, told):
    rewrite(agreed(contract), pinned_policy_version=policy_version)

    assert moved(told) == []


def test_what_is_solved_or_answered_does_not_move(ticket, draft, rui, told):
    handling.reply(ticket, text="On it", by=rui, at=TUESDAY_10 + timedelta(minutes=30))

    assert moved(told) == []


@pytest.mark.parametrize("named", ["support", "support@9", "gold@1", "support@x", "@", "support@" + "9" * 40])
def test_what_is_no_version_is_one_clear_line(desk, told, named):
    with pytest.raises(CommandError, match="There is no version"):
        told("dry_run_policy", named)

"""`manage.py explain_deadline`: why a ticket is due when it is."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from helpdesk import handling
from helpdesk.models import RequestType
from sla import timekeeping
from sla.hours import zone_data_version
from sla.models import Clock
from tests.cast import TUESDAY_10, by_mail, by_portal, take_in

pytestmark = pytest.mark.django_db

HOURS = f"Lisbon 9-21 from 2025-01-01 00:00 UTC, Europe/Lisbon, zone data {zone_data_version()}"


@pytest.fixture(autouse=True)
def _an_hour_later(monkeypatch):
    monkeypatch.setattr(timekeeping, "now", lambda: TUESDAY_10 + timedelta(hours=1))


@pytest.fixture
def explained(capsys):
    def explain(ticket, *options):
        call_command("explain_deadline", str(ticket), *options)
        return capsys.readouterr().out

    return explain


def test_each_clock_is_explained_date_by_date(desk, bruno, explained):
    ticket = take_in(by_portal(bruno)).ticket

    assert explained(f"#{ticket.pk}").splitlines() == [
        f"#{ticket.pk} Printer",
        "new, inside the plan, contract C-azenha, plan Plus v1",
        "Policy: Support policy v1, in force from 2025-01-01 00:00 UTC.",
        "",
        "first response, received 2026-03-10 10:00 Lisbon time.",
        "Target: 1 business day, which is close of the 1st business day after 2026-03-10 in Lisbon.",
        "2026-03-10 10:00 to 21:00: 11 h counted.",
        "2026-03-11 09:00 to 21:00: 12 h counted.",
        "Due 2026-03-11 21:00.",
        "A goal, not a guarantee.",
        f"Hours: {HOURS}.",
        "",
        "resolution, received 2026-03-10 10:00 Lisbon time.",
        "Target: 24 business hours, which is 24 h of open time.",
        "2026-03-10 10:00 to 21:00: 11 h counted.",
        "2026-03-11 09:00 to 21:00: 12 h counted.",
        "2026-03-12 09:00 to 10:00: 1 h counted.",
        "Due 2026-03-12 10:00.",
        "A goal, not a guarantee.",
        f"Hours: {HOURS}.",
        "",
        "What happened:",
        "2026-03-10 10:00 UTC: received, priority medium, system:test",
    ]


def test_programs_get_facts(desk, bruno, rui, explained):
    ticket = take_in(by_portal(bruno)).ticket
    handling.reply(ticket, text="On it", by=rui, at=TUESDAY_10 + timedelta(minutes=30))

    report = json.loads(explained(ticket.pk, "--json"))

    assert {
        name: report[name] for name in ("ticket", "at", "status", "entitlement", "policy", "calendar")
    } == {
        "ticket": ticket.pk,
        "at": "2026-03-10T11:00:00Z",
        "status": "open",
        "entitlement": "inside",
        "policy": "Support policy v1",
        "calendar": "lisbon",
    }
    assert (report["contract"], report["plan"]) == ("C-azenha", "Plus v1")
    assert report["policy_version"] == {
        "key": "support",
        "name": "Support policy",
        "number": 1,
        "label": "",
        "valid_from": "2025-01-01T00:00:00Z",
        "day_mode": "close_of_nth_day",
    }
    assert [event["kind"] for event in report["events"]] == ["created", "agent_reply"]
    response, resolution = report["clocks"]
    assert resolution["aim"]["amount"] == 24 * 3600
    assert resolution["calendar_versions"] == [
        {
            "key": "lisbon",
            "name": "Lisbon 9-21",
            "valid_from": "2025-01-01T00:00:00Z",
            "zone": "Europe/Lisbon",
            "zone_data_version": zone_data_version(),
        }
    ]
    assert (response["metric"], response["cycle"], response["state"]) == ("first_response", 1, "met")
    assert (response["due_at"], response["met_at"]) == ("2026-03-11T21:00:00Z", "2026-03-10T10:30:00Z")
    assert (resolution["due_at"], resolution["is_as_stored"]) == ("2026-03-12T10:00:00Z", True)
    assert sum(fact["seconds"] for fact in resolution["facts"] if fact["kind"] == "counted") == 24 * 3600


def test_a_clock_that_is_stored_otherwise_is_named(desk, bruno, explained):
    ticket = take_in(by_portal(bruno)).ticket
    Clock.objects.filter(metric="resolution").update(due_at=TUESDAY_10)

    response, resolution = explained(ticket.pk).strip().split("\n\n")[1:3]

    assert "Stored otherwise" not in response
    assert resolution.splitlines()[-1] == "Stored otherwise; `manage.py rebuild_clocks` puts it right."


@pytest.mark.parametrize(
    ("sender", "reason"),
    [("zoe@nowhere.example", "nobody has said yet"), ("bruno@azenha.example", "no contract was in force")],
)
def test_a_ticket_without_clocks_says_why(desk, contract, explained, sender, reason):
    contract.ends_at = TUESDAY_10 - timedelta(days=1)
    contract.save()

    told = explained(take_in(by_mail(sender)).ticket.pk)

    assert told.splitlines()[-1].startswith("It has no clock: ")
    assert reason in told


def test_a_kind_of_request_without_clocks_says_so(desk, bruno, explained):
    RequestType.objects.update(runs_clocks=False)
    assert explained(take_in(by_portal(bruno)).ticket.pk).splitlines()[-1].endswith("of its kind have none.")


@pytest.mark.parametrize("named", ["0", "999999", "9" * 40, "x", "", "#", "-1", "1\x00", "٣"])
def test_what_is_no_ticket_is_one_clear_line(desk, named):
    with pytest.raises(CommandError, match="There is no ticket"):
        call_command("explain_deadline", "--", named)

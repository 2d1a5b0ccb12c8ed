"""When something would be due, under each meaning of a business day: the rule and its command."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from sla import calendars, simulating
from sla.hours import WEEKDAYS, DayMode, calendar_from_json
from sla.models import Calendar, CalendarVersion, Clock, ClockSet, PolicyVersion, TargetCell
from tests.cast import LONG_AGO, rewrite, unfrozen
from tests.sla.conftest import clock_of, march

pytestmark = pytest.mark.django_db

SATURDAY = march(14, 12)
HOUR = timedelta(hours=1)


def low(version, calendar, received, metric="first_response"):
    cells = simulating.cells_of(version, priorities=["low"])
    found = simulating.simulate(version, calendar, cells=cells, received=[received])
    return next(row for row in found if row.metric == metric)


# --- the rule -------------------------------------------------------------------------------------


def test_each_meaning_of_a_day_gives_its_own_due_time(policy_version, calendar):
    row = low(policy_version, calendar, SATURDAY)

    assert row.due_by_mode == {
        "close_of_nth_day": march(17, 21),
        "from_next_opening": march(18, 21),
        "schedule_hours": march(17, 21),
        "same_clock_time": march(17, 21),  # at noon it would be less than two days of open time (D4b)
        "full_days_24h": march(19, 21),
    }
    assert (row.mode, row.due_at) == ("close_of_nth_day", march(17, 21))


def test_without_its_floor_a_day_may_end_at_noon(policy_version, calendar):
    rewrite(PolicyVersion.objects.get(), day_floor=False)
    policy_version.refresh_from_db()

    assert low(policy_version, calendar, SATURDAY).due_by_mode["same_clock_time"] == march(17, 12)


def test_hours_are_the_same_under_all_of_them(policy_version, calendar):
    row = low(policy_version, calendar, SATURDAY, "resolution")

    assert row.due_by_mode == dict.fromkeys(map(str, DayMode), march(17, 21))


def test_what_is_in_force_is_what_the_clocks_say(policy_version, calendar, begin, priorities):
    received = simulating.starts(march(6, 0), march(16, 0), timedelta(hours=7))
    cells = simulating.cells_of(policy_version)
    rows = list(simulating.simulate(policy_version, calendar, cells=cells, received=received))

    for row in rows:
        clock = clock_of(begin(row.priority, at=row.received_at), row.metric)
        assert clock.due_at == row.due_at, row
    assert len(rows) == 35 * 8


def test_a_simulation_writes_nothing_however_far_it_looks(policy_version, calendar):
    before = Calendar.objects.values().get(), calendar.intervals.count()

    far = low(policy_version, calendar, datetime(2199, 12, 31, 10, tzinfo=UTC))

    assert far.due_at == datetime(2200, 1, 2, 21, tzinfo=UTC)
    assert (Calendar.objects.values().get(), calendar.intervals.count()) == before
    assert (ClockSet.objects.count(), Clock.objects.count()) == (0, 0)


def test_a_draft_may_be_asked_and_an_agreement_wins(policy_version, calendar, priorities):
    draft = PolicyVersion.objects.create(
        policy=policy_version.policy, number=2, valid_from=march(20, 0), calendar=calendar
    )
    TargetCell.objects.create(version=draft, metric="resolution", priority=priorities["low"], kind="none")
    agreed = TargetCell(metric="first_response", priority=priorities["low"], unit="business_hours", amount=1)
    cells = simulating.cells_of(draft, agreed=[agreed])

    first, resolution = simulating.simulate(draft, calendar, cells=cells, received=[march(10, 10)])

    assert (first.due_at, resolution.due_at) == (march(10, 11), None)
    assert (resolution.target, resolution.kind, resolution.due_by_mode) == (None, "none", {})


def test_a_cell_on_a_calendar_of_its_own_counts_there(policy_version, calendar):
    always = Calendar.objects.create(key="always", name="Always")
    week = {day: [["00:00", "24:00"]] for day in WEEKDAYS}
    spec = calendar_from_json({"tz": "UTC", "week": week})
    calendars.publish_version(always, spec=spec, valid_from=LONG_AGO)
    unfrozen(lambda: TargetCell.objects.filter(metric="first_response").update(calendar=always))

    row = low(policy_version, calendar, SATURDAY)

    assert (row.calendar, row.due_at) == (always, march(17, 0))


def test_a_first_response_may_be_held_to_its_resolution(policy_version, calendar):
    rewrite(PolicyVersion.objects.get(), clamps_first_response=True)
    policy_version.refresh_from_db()

    row = low(policy_version, calendar, march(10, 10))

    assert (row.due_at, row.due_by_mode["full_days_24h"]) == (march(12, 10), march(12, 10))


def test_hours_that_end_for_good_are_never_due(policy_version, calendar):
    last = calendar_from_json({"tz": "Europe/Lisbon", "week": {}})
    CalendarVersion.objects.create(calendar=calendar, valid_from=march(11, 0), zone=last.tz, week={})

    assert low(policy_version, calendar, march(10, 10)).due_at is None


# --- what it does not know ------------------------------------------------------------------------


def test_dates_beyond_the_listed_holidays_are_doubtful(calendar):
    last_listed = calendar.versions.get().holidays[-1][:4]
    after = datetime(int(last_listed) + 1, 1, 1, tzinfo=UTC)

    assert simulating.warnings(calendar, march(1, 0), after - timedelta(1)) == []
    (warning,) = simulating.warnings(calendar, march(1, 0), after + timedelta(800))
    years = f"2024 to {last_listed}, and none of {after.year} to {after.year + 2}"
    assert warning == f"Lisbon 9-21 lists the holidays of {years}: a due time there may fall on a holiday."


def test_a_calendar_without_holidays_and_a_time_before_it_are_named(db):
    always = Calendar.objects.create(key="always", name="Always")
    week = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    spec = calendar_from_json({"tz": "UTC", "week": week})
    calendars.publish_version(always, spec=spec, valid_from=LONG_AGO)

    assert simulating.warnings(always, LONG_AGO - timedelta(1), march(1, 0)) == [
        "Always begins on 2025-01-01: before that support is closed, and nothing counts.",
        "Always lists no holidays from 2025-01-01 on: every date counts.",
    ]


# --- the command ----------------------------------------------------------------------------------

ASKED = ("--calendar=lisbon", "--policy=support", "--from=2026-03-14T12:00", "--to=2026-03-14T12:00")


@pytest.fixture
def told(policy_version, capsys):
    def run(*options):
        call_command("simulate_deadlines", *options)
        return capsys.readouterr()

    return run


def test_programs_get_every_due_time_in_both_zones(told):
    report = json.loads(told(*ASKED, "--from=2026-07-04T12:00", "--to=2026-07-04T13:00", "--json").out)

    head = {name: report[name] for name in ("calendar", "zone", "policy", "version", "status", "mode")}
    assert head == {
        "calendar": "lisbon",
        "zone": "Europe/Lisbon",
        "policy": "support",
        "version": 1,
        "status": "active",
        "mode": "close_of_nth_day",
    }
    assert (len(report["rows"]), report["warnings"]) == (2 * 8, [])
    row = next(row for row in report["rows"] if (row["priority"], row["metric"]) == ("low", "first_response"))
    assert (row["received_at"], row["received_at_utc"]) == (
        "2026-07-04T12:00:00+01:00",
        "2026-07-04T11:00:00+00:00",
    )
    assert (row["due_at"], row["due_at_utc"]) == ("2026-07-07T21:00:00+01:00", "2026-07-07T20:00:00+00:00")
    assert row["by_mode"]["from_next_opening"]["due_at_utc"] == "2026-07-08T20:00:00+00:00"


def test_spreadsheets_get_a_line_each(told):
    lines = list(csv.DictReader(io.StringIO(told(*ASKED, "--priority=low", "--csv").out)))

    assert [(line["metric"], line["target"], line["due_at"], line["mode"]) for line in lines] == [
        ("first_response", "2 business days", "2026-03-17T21:00:00+00:00", "close_of_nth_day"),
        ("resolution", "24 business hours", "2026-03-17T21:00:00+00:00", "close_of_nth_day"),
    ]
    assert lines[0]["full_days_24h_utc"] == "2026-03-19T21:00:00+00:00"


def test_people_get_a_table_with_what_is_in_force_marked(told):
    table = told(*ASKED, "--priority=low").out

    assert "Support policy v1 (active) on Lisbon 9-21, Europe/Lisbon and UTC" in table
    assert "close of nth day *" in table
    assert "Wed 2026-03-18 21:00" in table


def test_each_hour_of_a_range_is_a_start_and_the_end_is_one_too(told):
    rows = json.loads(told(*ASKED, "--from=2026-03-14", "--to=2026-03-15", "--json").out)["rows"]

    assert len(rows) == 25 * 8
    assert (rows[0]["received_at"], rows[-1]["received_at"]) == (
        "2026-03-14T00:00:00+00:00",
        "2026-03-15T00:00:00+00:00",
    )


def test_a_date_beyond_the_holidays_is_warned_of(told):
    said = told(*ASKED, "--from=2040-03-14", "--to=2040-03-14")

    assert "none of 2040" in said.err
    assert "2040-03-" in said.out


def test_a_version_that_ends_in_between_is_told(told, policy_version):
    PolicyVersion.objects.update(valid_until=march(14, 12))

    said = told(*ASKED, "--from=2026-03-14T11:00", "--json")

    assert json.loads(said.out)["warnings"] == [
        "Support policy v1 ends on 2026-03-14: later tickets follow another version."
    ]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("--calendar=porto", "--calendar: there is no calendar 'porto'; there are lisbon."),
        ("--policy=gold", "--policy: there is no policy 'gold'; there are support."),
        ("--policy=support@9", "--policy: 'support' has no version '9'; it has 1."),
        ("--policy=support@x", "--policy: 'support' has no version 'x'; it has 1."),
        ("--policy=support@" + "9" * 40, "it has 1."),
        ("--priority=vip", "--priority: there is no priority 'vip'; there are urgent, high, medium, low."),
        ("--from=2026-02-30", "--from: '2026-02-30' is no instant like 2026-03-10T10:00 or …Z."),
        ("--to=soon", "--to: 'soon' is no instant"),
        ("--to=2026-03-13", "--to: The end lies before the beginning."),
        ("--to=2300-01-01", "--to: Times lie between the years 1970 and 2200."),
        ("--to=2099-01-01", "--to: The end lies at most ten years after the beginning."),
        ("--to=2027-03-14", "--step: 8,749 starts of 8 rows each are more than 20,000 rows"),
        ("--step=0h", "--step: '0h' is no step like 90s, 15m, 1h or 1d."),
        ("--step=-1h", "--step: '-1h' is no step"),
        ("--from=2024-03-14", "--policy: no version of 'support' is in force at 2024-03-14 00:00 UTC"),
        ("--calendar=\x00", "--calendar: there is no calendar"),
        ("--from=9999-12-31T23:59:59-14:00", "--from: '9999-12-31T23:59:59-14:00' is no instant"),
    ],
)
def test_what_cannot_be_asked_names_the_argument(told, wrong, sentence):
    with pytest.raises(CommandError, match=r"^--") as refused:
        told(*ASKED, wrong)

    assert sentence in str(refused.value)


def test_a_calendar_without_hours_cannot_be_asked(told):
    Calendar.objects.create(key="empty", name="Empty")

    with pytest.raises(CommandError, match="--calendar: nothing of 'empty' was published"):
        told(*ASKED, "--calendar=empty")


def test_a_cell_on_a_calendar_without_hours_is_named(told):
    empty = Calendar.objects.create(key="empty", name="Empty")
    unfrozen(lambda: TargetCell.objects.filter(metric="resolution").update(calendar=empty))

    with pytest.raises(CommandError, match="--policy: empty has no version"):
        told(*ASKED)

"""Due times under support policies that others have published."""

from functools import cache
from pathlib import Path

import pytest
import yaml
from holidays import country_holidays

from sla.hours import DayMode, Target, Timeline, calendar_from_json
from sla.hours.instants import epoch
from tests.sla.hours.calendars import at

FILE = Path(__file__).resolve().parents[4] / "shared" / "data" / "policies.yaml"
LO, HI = at("2024-01-01 00:00"), at("2027-01-01 00:00")


@cache
def policies():
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))["policies"] if FILE.is_file() else []


PROBES = [
    pytest.param(policy, probe, id=f"{policy['id']} {probe['priority']} {probe['start']}")
    for policy in policies()
    for probe in policy.get("probes", ())
]
MISSING = [pytest.param(None, None, marks=pytest.mark.skip("no published policies in ../shared/data"))]


def target_of(cell, mode):
    if cell["unit"] == "business_day":
        return Target.days(cell["value"], mode)
    return Target.seconds(cell["value"] * 3600)


def calendar_of(written):
    closed = [
        day.isoformat()
        for region in written.get("holidays", {}).get("regions", ())
        for day in country_holidays(region, years=range(2024, 2027))
    ]
    return calendar_from_json({"tz": written["tz"], "week": written["days"], "holidays": closed})


@pytest.mark.parametrize(("policy", "probe"), PROBES or MISSING)
def test_a_published_promise_is_due_when_two_other_engines_say(policy, probe):
    plan = next(plan for plan in policy["plans"] if plan["key"] == probe.get("plan", plan["key"]))
    cells = plan["targets"][probe["metric"]]
    cell = cells.get(probe["priority"]) or cells["*"]
    line = Timeline.build([(0, calendar_of(policy["calendars"][cell["calendar"]]))], LO, HI)
    mode = DayMode(probe.get("semantics", "close_of_nth_day"))
    assert line.due(epoch(probe["start"]), target_of(cell, mode)) == epoch(probe["due"])

"""`import_policies` and `export_policies`, and the rows between them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from contracts.models import Plan, PlanVersion, PolicyFile
from sla.models import Calendar, CalendarVersion, PolicyVersion, Priority, TargetCell
from tests.cast import unfrozen
from tests.contracts.policy_files.test_reading import SAMPLE

PROJECT = Path(__file__).parents[3]
MODELS = (Calendar, CalendarVersion, Plan, PlanVersion, PolicyFile, PolicyVersion, Priority, TargetCell)


def run(capsys, name, *arguments):
    call_command(name, *map(str, arguments))
    return capsys.readouterr().out


def counts():
    return [model.objects.count() for model in MODELS]


@pytest.fixture
def moinho(db, capsys):
    return run(capsys, "import_policies", SAMPLE)


def test_a_policy_becomes_plans_calendars_and_targets_in_force(moinho):
    gold, tin = PlanVersion.objects.order_by("plan__key").select_related("plan", "policy")
    version = gold.policy.versions.get()
    assert (gold.plan.key, gold.plan.name, gold.status, gold.units) == ("moinho--gold", "Gold", "active", 120)
    assert (version.is_binding, version.label, version.status) == (True, "2026 edition", "active")
    assert version.calendar.key == "moinho--office"
    assert version.valid_from.isoformat() == "2026-01-01T00:00:00+00:00"
    assert list(tin.offered_priorities.values_list("scale", "key")) == [("moinho", "p2"), ("moinho", "p3")]
    assert Calendar.objects.get(key="moinho--theirs").follows_customer


def test_it_tells_what_became_of_each_and_sums_up(moinho):
    first, *rest, last = moinho.splitlines()
    assert first == "moinho: expressed (2 plans, 4 calendars, 10 targets), added"
    assert rest[0] == "  the source does not say: tin: resolution of every priority"
    assert [line.split(":")[0] for line in rest[1:]] == ["  probe holds"] * 3
    assert last == "1 policies, 1 expressed, 3/3 probes"


def test_a_second_time_nothing_changes(moinho, capsys):
    before = counts()
    assert "unchanged" in run(capsys, "import_policies", SAMPLE)
    assert counts() == before


def test_what_changed_becomes_a_new_version_and_the_old_one_stays(moinho, capsys, tmp_path):
    changed = tmp_path / "policies.yaml"
    changed.write_text(SAMPLE.read_text().replace("limit: 120", "limit: 90"))
    assert ", changed" in run(capsys, "import_policies", changed)
    units = PlanVersion.objects.filter(plan__key="moinho--gold").values_list("number", "status", "units")
    assert list(units) == [(1, "superseded", 120), (2, "active", 90)]


def test_what_comes_out_is_what_went_in(moinho, capsys, tmp_path):
    out = tmp_path / "out.yaml"
    run(capsys, "export_policies", out)
    assert yaml.safe_load(out.read_text())["policies"][0] == _as_meant(SAMPLE)
    before = counts()
    assert "unchanged" in run(capsys, "import_policies", out)
    assert counts() == before


def _as_meant(file):
    """With the sentence whole that a comma had cut."""
    policy = yaml.safe_load(file.read_text())["policies"][0]
    policy["priorities"][0] = {"key": "p1", "rank": 1, "def": "the mill stands still, nobody grinds"}
    return policy


def test_what_the_rows_say_otherwise_by_now_comes_out(moinho, capsys):
    cell = TargetCell.objects.get(unit="elapsed_hours")
    unfrozen(lambda: TargetCell.objects.filter(pk=cell.pk).update(amount=48))
    plans = yaml.safe_load(run(capsys, "export_policies"))["policies"][0]["plans"]
    assert plans[0]["targets"]["resolution"]["p1"] == {"unit": "hour", "value": 48}
    assert plans[1]["targets"] == _as_meant(SAMPLE)["plans"][1]["targets"]


def test_the_desks_own_plans_come_out_in_a_form_that_goes_in(plus, capsys, tmp_path):
    out = tmp_path / "own.yaml"
    run(capsys, "export_policies", out, "--policy", "plus")
    told = run(capsys, "import_policies", out, "--dry-run")
    assert told.splitlines()[0] == "plus: expressed (1 plans, 1 calendars, 8 targets)"


def test_a_policy_that_is_not_there_cannot_be_written(db):
    with pytest.raises(CommandError, match="There is no policy 'nothing'"):
        call_command("export_policies", "--policy", "nothing")


def test_a_wrong_file_leaves_nothing(db, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(SAMPLE.read_text().replace("value: 36", "value: -1"))
    with pytest.raises(CommandError, match=r"wrong\.yaml:\d+: -1 is too small"):
        call_command("import_policies", wrong)
    assert counts() == [0] * len(MODELS)


def test_a_file_that_is_not_there_is_said(db, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_policies", tmp_path / "none.yaml")


@pytest.mark.parametrize(("probe", "status"), [("10:30:00+00:00", 0), ("10:31:00+00:00", 1)])
def test_a_dry_run_needs_no_database_and_its_status_tells_of_probes(tmp_path, probe, status):
    file = tmp_path / "policies.yaml"
    file.write_text(SAMPLE.read_text().replace("2026-03-07T10:30:00+00:00", f"2026-03-07T{probe}"))
    nowhere = {
        **os.environ,
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere",
        "DATA_DIR": str(tmp_path),
    }
    nowhere.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, "manage.py", "import_policies", file, "--dry-run"],
        cwd=PROJECT,
        env=nowhere,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    held = 3 - status
    assert (done.returncode, done.stdout.splitlines()[-1]) == (
        status,
        f"1 policies, 1 expressed, {held}/3 probes",
    )

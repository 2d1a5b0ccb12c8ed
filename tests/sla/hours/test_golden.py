"""The known deadlines, through the engine and through the command."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from sla.hours import golden

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "sla"
OURS = Path(__file__).resolve().parents[2] / "samples" / "golden"

OWN_CALENDARS = '{"office": {"tz": "WET", "week": {"mon": [["09:00", "21:00"]]}}}'
OWN_CASES = [
    ("ok", "office", "2026-01-12T10:00Z", "add_hours", '{"hours": 1}', "2026-01-12T11:00:00Z", "by hand"),
    (
        "late",
        "office",
        "2026-01-12T10:00Z",
        "add_hours",
        '{"hours": 1}',
        "2026-01-12T11:00:01Z",
        "a second off",
    ),
    (
        "who",
        "nobody",
        "2026-01-12T10:00Z",
        "add_hours",
        '{"hours": 1}',
        "2026-01-12T11:00:00Z",
        "no calendar",
    ),
    ("odd", "office", "2026-01-12T10:00Z", "multiply", "{}", "4", "no such operation"),
    ("bad", "office", "yesterday", "is_open", "{}", "True", "no instant"),
    ("far", "office", "2026-01-12T10:00Z", "add_hours", '{"hours": 9999999}', "NEVER_OPEN", "ages away"),
    (
        "inline",
        '{"tz": "Etc/UTC", "week": {}}',
        "2026-01-12T10:00Z",
        "add_days",
        '{"days": 1, "mode": "close_of_nth_day"}',
        "NEVER_OPEN",
        "written in the column",
    ),
    (
        "held",
        "office",
        "2026-01-12T10:00Z",
        "resolution",
        '{"hours": 2, "pauses": [["2026-01-12T11:00Z", null]]}',
        "NEVER_OPEN",
        "a pause without an end",
    ),
    (
        "before",
        "office",
        "2026-01-12T10:00Z",
        "resolution",
        '{"hours": 2, "pauses": [["2026-01-12T12:00Z", null]]}',
        "2026-01-12T12:00:00Z",
        "due as the endless pause begins",
    ),
]


@pytest.fixture
def shared():
    if not SHARED.is_dir():
        pytest.skip("the shared golden deadlines are not beside the project, in ../shared/data/sla")
    return SHARED


@pytest.fixture
def own(tmp_path):
    """A folder with a few cases of our own, some of them wrong on purpose."""
    (tmp_path / "calendars.json").write_text(OWN_CALENDARS)
    with (tmp_path / "cases.csv").open("w", newline="") as lines:
        csv.writer(lines).writerows([golden.COLUMNS, *OWN_CASES])
    return tmp_path


def check(folder, cases="cases.csv"):
    out = StringIO()
    status = 0
    try:
        call_command("check_golden", str(folder / cases), str(folder / "calendars.json"), stdout=out)
    except SystemExit as end:
        status = end.code
    return status, out.getvalue().splitlines()


def test_every_shared_deadline_comes_out_as_known(shared):
    status, lines = check(shared, "golden.csv")
    assert (status, lines) == (0, [f"{len(golden.read_cases(shared / 'golden.csv'))} cases, 0 differ"])


def test_every_deadline_of_our_own_comes_out_as_reckoned_by_hand():
    status, lines = check(OURS)
    assert (status, lines) == (0, [f"{len(golden.read_cases(OURS / 'cases.csv'))} cases, 0 differ"])


def test_our_own_deadlines_ask_for_every_operation():
    asked = {case["op"] for case in golden.read_cases(OURS / "cases.csv")}
    assert asked == set(golden._OPERATIONS)


def test_a_file_that_a_spreadsheet_wrote_is_read_too(own):
    """It begins with a byte order mark and spaces its objects otherwise."""
    written = {name: (own / name).read_bytes() for name in ("cases.csv", "calendars.json")}
    for name, content in written.items():
        (own / name).write_bytes(b"\xef\xbb\xbf" + content)
    assert check(own)[1][-1] == "9 cases, 5 differ"


def test_an_expectation_that_is_no_json_differs(own):
    argument = {"clock": "resolution", "events": [], "now": "2026-01-12T10:00Z"}
    case = dict.fromkeys(golden.COLUMNS, "") | {
        "calendar": "office",
        "op": "lifecycle",
        "argument": json.dumps(argument),
        "expected": "{none}",
    }
    found = list(golden.differences([case], golden.read_calendars(own / "calendars.json")))
    assert [one.got for one in found] == ['{"state": "none"}']


def test_the_command_prints_what_differs_and_ends_with_status_1(own):
    status, lines = check(own)
    assert status == 1
    assert [line.split()[0] for line in lines[:-1]] == ["late", "who", "odd", "bad", "far"]
    assert lines[0] == (
        "late add_hours on office: expected 2026-01-12T11:00:01Z, got 2026-01-12T11:00:00Z (a second off)"
    )
    assert lines[-1] == "9 cases, 5 differ"


def test_what_lies_beyond_every_horizon_is_given_up(own):
    far = [case for case in golden.read_cases(own / "cases.csv") if case["id"] == "far"]
    got = [found.got for found in golden.differences(far, golden.read_calendars(own / "calendars.json"))]
    assert got == ["OUT_OF_HORIZON"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("cases.csv", b"id,calendar\n1,office\n", "lacks the columns argument, expected, op, start, why"),
        ("cases.csv", b"\xff\xfe\x00", "is no CSV file in UTF-8"),
        ("calendars.json", b"{", "is no JSON file in UTF-8"),
        ("calendars.json", b"[]", "is no object of calendars by name"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_a_sentence(own, name, content, sentence):
    (own / name).write_bytes(content)
    with pytest.raises(CommandError, match=sentence):
        check(own)


def test_a_missing_file_is_refused_with_a_sentence(own):
    with pytest.raises(CommandError, match="No such file"):
        check(own, "nothing.csv")

"""Policy files: what is read of them, what comes out when a probe asks, what is refused and on which line."""

from pathlib import Path

import pytest

from contracts.policy_files import cells, form, lines, probing
from contracts.policy_files.expressing import policies
from contracts.policy_files.facts import CellFacts, Gap, QuotaFacts
from contracts.policy_files.lines import FileRefused, parse

SAMPLE = Path(__file__).parents[2] / "samples" / "policies.yaml"
SHARED = Path(__file__).parents[4] / "shared" / "data" / "policies.yaml"


def read(text):
    document = parse(text)
    form.check(document)
    return policies(document)


@pytest.fixture
def moinho():
    (policy,) = read(SAMPLE.read_text())
    return policy


def test_every_form_of_a_target_becomes_a_cell(moinho):
    gold, tin = moinho.plans
    assert gold.cells == (
        CellFacts("first_response", "p1", "target", "business_minutes", 30, calendar="always"),
        CellFacts("first_response", "p2", "target", "business_days", 2, 1, 4, "business_hours", "office"),
        CellFacts("first_response", "p3", "target", "calendar_days", 3, 1, channel="email"),
        CellFacts("update_interval", "p1", "target", "business_hours", 2, calendar="theirs"),
        CellFacts("resolution", "p1", "target", "elapsed_hours", 36),
        CellFacts("resolution", "p2", "as_agreed"),
        CellFacts("resolution", "p3", "as_agreed"),
    )
    assert [(cell.priority, cell.kind) for cell in tin.cells] == [
        ("p1", "not_offered"),
        ("p2", "best_effort"),
        ("p3", "none"),
    ]


def test_what_is_read_is_written_in_a_form_that_reads_the_same(moinho):
    for cell in moinho.plans[0].cells:
        names = {ours: name for name, ours in reversed(list(cells.METRICS.items()))}
        again = cells.read(cells.write(cell), metric=names[cell.metric], priority=cell.priority)
        assert again == cell


def test_a_quota_may_be_in_minutes_by_the_quarter_and_billed(moinho):
    gold, tin = moinho.plans
    assert gold.quota == QuotaFacts(
        units=120,
        quota_metric="minutes",
        quota_period="quarter",
        anchor_day=15,
        rollover_periods=2,
        over_quota="overage",
        overage_price="35.5",
        overage_currency="EUR",
    )
    assert (tin.quota.units, tin.quota.quota_period) == (None, "month")


def test_every_probe_comes_out_and_everything_is_expressed(moinho):
    assert [one.holds for one in probing.probe(moinho)] == [True, True, True]
    assert (moinho.is_expressed, moinho.is_binding, moinho.scale) == (True, True, "moinho")
    assert moinho.unsaid == ("tin: resolution of every priority",)


def test_a_probe_that_is_wrong_fails(moinho):
    text = SAMPLE.read_text().replace('due: "2026-03-07T10:30', 'due: "2026-03-07T10:31')
    (policy,) = read(text)
    assert [one.holds for one in probing.probe(policy)] == [False, True, True]


def test_a_comma_in_a_sentence_does_not_make_a_key(moinho):
    assert moinho.document["priorities"][0] == {
        "key": "p1",
        "rank": 1,
        "def": "the mill stands still, nobody grinds",
    }


def test_hours_of_the_customers_own_zone_are_kept_as_such(moinho):
    assert [key for key, one in moinho.calendars.items() if one.follows_customer] == ["theirs"]


@pytest.mark.parametrize(
    ("old", "new", "gap"),
    [
        ("{channel: email}", "{channel: fax}", ("C30", "fax")),
        ("{kind: as_agreed}", "{kind: asap}", ("C17", "asap")),
        ("regions: [PT]", "regions: [Atlantis]", ("C10", "Atlantis")),
        ("ongoing_response:", "qualification:", ("C20", "qualification")),
        (
            "rollover: 2,",
            "rollover: 2, counting: [by the quarter of an hour],",
            ("C27", "quarter of an hour"),
        ),
        ("max: 3, rule", "max: 3, applies_to: phone, rule", ("C28", "phone")),
    ],
)
def test_what_cannot_be_kept_is_named(old, new, gap):
    (policy,) = read(SAMPLE.read_text().replace(old, new, 1))
    capability, word = gap
    (found,) = policy.gaps
    assert isinstance(found, Gap)
    assert (found.capability, word in found.sentence) == (capability, True)


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("vendor: Moinho", "vendr: Moinho", "Unknown key 'vendr'"),
        ("tz: Europe/Lisbon", "tz: Europe/Lissabon", "Europe/Lissabon"),
        ("tz: Europe/Paris, ", "", "'tz' is missing"),
        ('[["22:00", "06:00"]]', '[["22:00", "06:00"], ["23:00", "23:30"]]', "overlap"),
        ('[["22:00", "06:00"]]', '[["22:00", "25:00"]]', "'25:00' is not written as it must be"),
        ("value: 36", "value: -36", "-36 is too small: a number here is above 0"),
        ("value: 36", "value: 0", "0 is too small"),
        ("value: 36", "value: 10000", "10000 is too large: a number here is below 10000"),
        ("value: 36", "value: .inf", "inf is too large"),
        ("value: 36, unit: hour", "value: 36, unit: fortnight", "'fortnight' is none of"),
        ("value: 0.5, unit: hour", "value: 0.01, unit: hour", "no whole number"),
        ("value: 0.5, unit: hour", "value: 0.5, unit: business_day", "no whole number"),
        ("calendar: theirs", "calendar: nobodys", "no calendar 'nobodys'"),
        ("p2: {aim", "p7: {aim", "no priority 'p7'"),
        ("key: p2, rank: 2", "key: p2, rank: 1", "rank 1 is said twice"),
        ("key: tin", "key: gold", "key 'gold' is said twice"),
        ("limit: 120", "limit: many", "'many'"),
        ('price: "35.50"', "price: 35.50", "35.5 is no string"),
        ("currency: EUR", "currency: euros", "'euros'"),
        ("schema_version: 1", "schema_version: 2", "2 cannot stand here"),
        ('start: "2026-03-07T10:00:00+00:00"', 'start: "2026-03-07T10:00:00"', "not written as it must be"),
    ],
)
def test_a_mistake_is_named_with_its_line(old, new, words):
    text = SAMPLE.read_text()
    line = text[: text.index(old)].count("\n") + 1
    with pytest.raises(FileRefused) as refused:
        read(text.replace(old, new, 1))
    problems = refused.value.problems
    assert any(at == line and words in said for at, said in problems), problems


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "says nothing"),
        ("- a\n- b", "no object"),
        ("policies: [", "no YAML"),
        ("a: &x [1]\nb: *x", "Anchors and aliases"),
        ("policies: !!python/object/apply:os.system ['true']", "tag"),
        ("a: 1\na: 2", "said twice"),
        ("? [a, b]\n: c", "A key is a word"),
        ("policies: " + "[" * 60 + "]" * 60, "too deeply"),
        ("policies: {}", "no array"),
        ("policies: [null]", "no object"),
    ],
)
def test_what_is_no_policy_file_is_refused(text, words):
    with pytest.raises(FileRefused, match=words):
        read(text)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"policies: \xff", "no UTF-8"),
        (b"a: 1\nb: \x00", "NUL"),
        (b"#" * (lines.LARGEST + 1), "at most 5 MB"),
    ],
)
def test_bytes_that_are_no_text_are_refused(tmp_path, raw, words):
    file = tmp_path / "policies.yaml"
    file.write_bytes(raw)
    with pytest.raises(FileRefused, match=words):
        lines.read(file)


# --- the real ones --------------------------------------------------------------------------------


@pytest.mark.skipif(not SHARED.exists(), reason="the published policies are not beside the project")
def test_of_the_published_policies_every_probe_holds_and_every_gap_has_a_name():
    found = read(SHARED.read_text())
    probed = [one.holds for policy in found for one in probing.probe(policy)]
    known = parse(SHARED.read_text()).data["capabilities"]
    assert (len(found), len(probed), all(probed)) == (26, 8, True)
    assert {gap.capability for policy in found for gap in policy.gaps} <= known.keys()
    assert sum(policy.is_expressed for policy in found) >= 10

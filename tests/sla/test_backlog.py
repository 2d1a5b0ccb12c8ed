"""D11, TL-02, TL-03: a backlog period is declared, may end early, and is never rewritten."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from sla import backlog
from sla.backlog import (
    AlreadyOver,
    Draft,
    EmptyScope,
    EndsBeforeItBegins,
    ReasonForBacklogMissing,
    TextMissing,
    TooFarAhead,
    TooFarBack,
    TooLong,
    UnknownMetric,
)
from sla.models import BacklogPeriod
from tests.sla.conftest import march

LEAD, ADMIN = "account:2", "account:3"
NOW, THURSDAY = march(10, 10), march(12, 10)
TEXTS = {locale: f"We are slow ({locale})." for locale in backlog.LOCALES}


@pytest.fixture
def declare(calendar):
    def declare(starts_at=NOW, ends_at=THURSDAY, *, at=NOW, approved_by="", **changes) -> BacklogPeriod:
        given = {"reason": "A storm.", "texts": TEXTS}
        draft = Draft(starts_at=starts_at, ends_at=ends_at, **(given | changes))
        return backlog.declare(draft, calendar=calendar, by=LEAD, at=at, approved_by=approved_by)

    return declare


# --- declared -------------------------------------------------------------------------------------


def test_a_period_says_when_for_whom_why_and_what_customers_read(declare):
    period = declare(scope={"plan": ["plus", "essential", "plus"]})

    assert (period.starts_at, period.ends_at, period.until) == (NOW, march(12, 10), march(12, 10))
    assert (period.scope, period.metrics) == ({"plan": ["essential", "plus"]}, ["resolution"])
    assert (period.reason, period.texts) == ("A storm.", TEXTS)
    assert (period.declared_by, period.declared_at, period.approved_by) == (LEAD, NOW, "")


@pytest.mark.parametrize("ends_at", [NOW, NOW - timedelta(seconds=1)])
def test_it_ends_after_it_begins(declare, ends_at):
    with pytest.raises(EndsBeforeItBegins):
        declare(ends_at=ends_at)


def test_one_that_is_over_already_explains_too_much(declare):
    with pytest.raises(EndsBeforeItBegins):
        declare(NOW - timedelta(hours=3), NOW)


def test_it_may_have_begun_a_day_ago_and_not_a_second_more(declare):
    declare(NOW - timedelta(hours=24))
    with pytest.raises(TooFarBack):
        declare(NOW - timedelta(hours=24, seconds=1))


def test_five_business_days_are_a_leads_and_a_sixth_takes_an_admin(declare):
    """From Tuesday: Tuesday to Friday, and Monday until closing; the night after it is nobody's."""
    assert declare(ends_at=march(16, 21))
    assert declare(ends_at=march(17, 9))
    with pytest.raises(TooLong):
        declare(ends_at=march(17, 9, 0, 1))

    assert declare(ends_at=march(17, 9, 0, 1), approved_by=ADMIN).approved_by == ADMIN


def test_weekends_and_holidays_are_no_business_days(declare):
    """From Saturday the 28th: Monday to Thursday, Good Friday is closed, then Monday the 6th of April."""
    declare(march(28, 12), march(28, 12) + timedelta(days=9, hours=8))


def test_it_ends_within_a_year(declare):
    declare(ends_at=NOW + timedelta(days=366), approved_by=ADMIN)
    with pytest.raises(TooFarAhead):
        declare(ends_at=NOW + timedelta(days=366, seconds=1), approved_by=ADMIN)


def test_where_the_calendar_cannot_say_it_is_long(declare, calendar):
    calendar.versions.all().delete()
    calendar.intervals.all().delete()
    with pytest.raises(TooLong):
        declare()


@pytest.mark.parametrize("missing", backlog.LOCALES)
@pytest.mark.parametrize("text", [None, " \n"])
def test_each_language_is_told(declare, missing, text):
    texts = {**TEXTS, missing: text} if text is not None else {k: v for k, v in TEXTS.items() if k != missing}
    with pytest.raises(TextMissing, match=f"The public text is missing in: {missing}."):
        declare(texts=texts)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reason": " "}, ReasonForBacklogMissing),
        ({"metrics": []}, UnknownMetric),
        ({"metrics": ["resolution", "smiles"]}, UnknownMetric),
        ({"scope": {"plan": []}}, EmptyScope),
    ],
)
def test_what_means_nothing_is_refused(declare, changes, refusal):
    with pytest.raises(refusal):
        declare(**changes)
    assert not BacklogPeriod.objects.exists()


# --- in force -------------------------------------------------------------------------------------


def in_force(at, keys=None, metric="") -> list[BacklogPeriod]:
    return backlog.covering(at=at, keys=keys or {}, metric=metric)


def test_it_covers_its_beginning_and_not_its_end(declare):
    period = declare(march(11, 10), march(12, 10))

    moments = [march(11, 9, 59, 59), march(11, 10), march(12, 9, 59, 59), march(12, 10)]
    assert [in_force(at) for at in moments] == [[], [period], [period], []]


def test_a_scope_is_met_by_whoever_has_a_key_of_each_kind(declare):
    period = declare(scope={"plan": ["plus"], "channel": ["email", "portal"]})

    asked = [
        ({"plan": "plus", "channel": "portal", "priority": "low"}, [period]),
        ({"plan": "plus", "channel": "api"}, []),
        ({"plan": "", "channel": "email"}, []),
        ({"channel": "email"}, []),
    ]
    assert [in_force(NOW, keys) for keys, _ in asked] == [expected for _, expected in asked]


def test_only_resolutions_are_explained_unless_it_says_more(declare):
    one = declare()
    other = declare(metrics=["resolution", "first_response"])

    assert in_force(NOW, metric="resolution") == [one, other]
    assert in_force(NOW, metric="first_response") == [other]


def test_periods_that_overlap_or_touch_count_once(declare):
    for starts_at, ends_at in [(11, 13), (12, 14), (14, 15), (17, 18)]:
        declare(march(starts_at, 10), march(ends_at, 10))
    withdrawn = declare(march(20, 10), march(21, 10))
    backlog.end(withdrawn, by=LEAD, at=march(10, 12))

    found = backlog.in_force(since=NOW, until=march(30, 10))
    assert backlog.spans(found) == [(march(11, 10), march(15, 10)), (march(17, 10), march(18, 10))]


# --- ended ----------------------------------------------------------------------------------------


def test_ended_early_it_covers_nothing_from_then_on(declare):
    period = declare()

    backlog.end(period, by=LEAD, at=march(11, 10))

    assert (period.until, period.ends_at, period.ended_by) == (march(11, 10), march(12, 10), LEAD)
    assert [in_force(at) for at in (march(11, 9), march(11, 10))] == [[period], []]


def test_withdrawn_before_it_begins_it_never_was_in_force(declare):
    period = declare(march(11, 10), march(12, 10))

    backlog.end(period, by=LEAD, at=NOW)

    assert period.until == period.starts_at
    assert backlog.in_force(since=NOW, until=march(30, 10)) == []


def test_what_is_over_cannot_be_ended_again(declare):
    period, ended = declare(), declare()
    backlog.end(ended, by=LEAD, at=march(11, 10))

    for one, at in ((period, march(12, 10)), (ended, march(11, 9)), (ended, march(11, 11))):
        with pytest.raises(AlreadyOver):
            backlog.end(one, by=LEAD, at=at)


# --- never rewritten ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda: BacklogPeriod.objects.update(ends_at=march(20, 10)),
        lambda: BacklogPeriod.objects.update(starts_at=march(9, 10)),
        lambda: BacklogPeriod.objects.update(scope={"plan": ["plus"]}),
        lambda: BacklogPeriod.objects.update(texts={}),
        lambda: BacklogPeriod.objects.update(approved_by=LEAD),
        lambda: BacklogPeriod.objects.all().delete(),
    ],
)
def test_a_declared_period_is_ended_and_never_changed_or_deleted(declare, rewrite):
    declare()
    before = list(BacklogPeriod.objects.values())

    with pytest.raises(IntegrityError, match="sla_backlogperiod is closed once"), transaction.atomic():
        rewrite()

    assert list(BacklogPeriod.objects.values()) == before


def test_an_early_end_stands(declare):
    backlog.end(declare(), by=LEAD, at=march(11, 10))

    with pytest.raises(IntegrityError, match="closed once"), transaction.atomic():
        BacklogPeriod.objects.update(ended_at=None, ended_by="")


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"ends_at": NOW}, "a_backlog_period_ends_after_it_begins"),
        ({"ended_at": march(13, 10), "ended_by": LEAD}, "an_ended_backlog_period_says"),
        ({"ended_at": march(11, 10)}, "an_ended_backlog_period_says"),
    ],
)
def test_the_database_keeps_times_in_order(db, fields, constraint):
    given = {"starts_at": NOW, "ends_at": march(12, 10), "texts": TEXTS, "declared_by": LEAD}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        BacklogPeriod.objects.create(**(given | {"declared_at": NOW} | fields))

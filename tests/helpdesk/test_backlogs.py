"""Backlog periods at the desk (D11, TL-02, TL-03): who declares them, whom they cover, what they explain."""

from datetime import timedelta

import pytest

from helpdesk import actors, backlogs, handling, roles
from helpdesk.backlogs import PeriodRefused, UnknownScope
from helpdesk.clockwork import LeadsOnly
from helpdesk.models import Ticket
from sla import alarms, backlog, excuses
from sla.backlog import Draft
from sla.models import BacklogPeriod, Clock, Excuse, PolicyVersion
from tests.cast import TUESDAY_10, agreed, by_portal, rewrite, take_in

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
THURSDAY = TUESDAY_10 + 2 * DAY
"""When the resolution of what came on Tuesday at ten is due."""
FRIDAY = TUESDAY_10 + 3 * DAY
TEXTS = {locale: f"We are slow ({locale})." for locale in backlog.LOCALES}


@pytest.fixture(autouse=True)
def _roles(db, rui, marta, owner):
    roles.establish()
    roles.give(rui, roles.AGENT)
    roles.give(marta, roles.LEAD)
    roles.give(owner, roles.ADMIN)


def draft(starts_at=TUESDAY_10, ends_at=FRIDAY, **changes) -> Draft:
    return Draft(starts_at=starts_at, ends_at=ends_at, reason="A storm.", texts=TEXTS, **changes)


@pytest.fixture
def declare(desk, marta):
    def declare(*times, by=marta, at=TUESDAY_10, **changes) -> BacklogPeriod:
        return backlogs.declare(draft(*times, **changes), by=by, at=at)

    return declare


@pytest.fixture
def ticket(desk, bruno) -> Ticket:
    return take_in(by_portal(bruno)).ticket


def missed(at=FRIDAY) -> None:
    while alarms.ring_due(at=at):
        pass


def proposed() -> list[tuple]:
    rows = Excuse.objects.order_by("id")
    return list(rows.values_list("clock__metric", "cause", "text", "proposed_by", "is_after_the_fact"))


EXPLAINED = ("resolution", "backlog", "A storm.", "system:backlog", False)


# --- declared -------------------------------------------------------------------------------------


def test_a_lead_declares_and_ends(declare, marta):
    period = declare()
    backlogs.end(period, by=marta, at=THURSDAY)

    assert (period.declared_by, period.approved_by) == (actors.account(marta), "")
    assert (period.ended_by, period.until) == (actors.account(marta), THURSDAY)


def test_an_agent_does_neither(declare, rui):
    with pytest.raises(LeadsOnly):
        declare(by=rui)
    with pytest.raises(LeadsOnly):
        backlogs.end(declare(), by=rui, at=THURSDAY)


def test_a_long_one_takes_an_admin(declare, owner):
    with pytest.raises(PeriodRefused, match="more than 5 business days needs the approval"):
        declare(TUESDAY_10, TUESDAY_10 + 10 * DAY)

    assert declare(TUESDAY_10, TUESDAY_10 + 10 * DAY, by=owner).approved_by == actors.account(owner)


@pytest.mark.parametrize(
    ("scope", "sentence"),
    [
        ({"plan": ["plus", "gold"]}, "The scope names what does not exist: plan gold."),
        ({"moon": ["full"]}, "The scope names what does not exist: moon full."),
        ({"moon": []}, "The scope names what does not exist: moon ."),
        ({"team": ["night"]}, "The scope names what does not exist: team night."),
    ],
)
def test_a_scope_names_what_there_is(declare, scope, sentence):
    with pytest.raises(UnknownScope) as refusal:
        declare(scope=scope)
    assert str(refusal.value) == sentence


def test_without_a_policy_nobody_knows_what_a_business_day_is(declare):
    rewrite(PolicyVersion.objects.get(), status="superseded")
    with pytest.raises(backlogs.NoCalendar):
        declare()


# --- whom it covers -------------------------------------------------------------------------------


def test_a_ticket_falls_into_a_scope_by_plan_priority_channel_and_team(declare, ticket, team):
    Ticket.objects.filter(pk=ticket.pk).update(team=team)
    ticket.refresh_from_db()
    its = [
        declare(scope={"plan": ["plus"], "priority": ["medium", "low"]}),
        declare(scope={"channel": ["portal"], "team": [team.key]}),
        declare(),
    ]
    declare(scope={"channel": ["email"]})
    declare(scope={"plan": ["plus"], "priority": ["urgent"]})

    assert backlogs.covering(ticket, at=TUESDAY_10) == its
    assert backlogs.covering(ticket, at=TUESDAY_10, metric="first_response") == []


# --- what it explains -----------------------------------------------------------------------------


def test_a_resolution_that_was_missed_in_it_is_proposed_once(declare, ticket):
    declare()
    missed()

    assert [backlogs.explain_misses(at=FRIDAY) for _ in range(3)] == [1, 0, 0]
    assert proposed() == [EXPLAINED], "its first response was missed too, which a backlog does not explain"
    assert ticket.events.filter(kind="excuse_proposed").count() == 1


def test_nothing_is_extended(declare, ticket):
    before = list(Clock.objects.order_by("id").values_list("due_at", flat=True))
    declare()
    missed()
    backlogs.explain_misses(at=FRIDAY)

    assert list(Clock.objects.order_by("id").values_list("due_at", flat=True)) == before


def test_a_lead_decides_on_it_as_on_any_other(declare, ticket, marta):
    declare()
    missed()
    backlogs.explain_misses(at=FRIDAY)

    excuses.approve(Excuse.objects.get(), by=actors.account(marta), at=FRIDAY)

    assert Clock.objects.get(metric="resolution").excuse == "backlog"


def test_what_a_lead_refused_is_not_proposed_again(declare, ticket, marta):
    declare()
    missed()
    backlogs.explain_misses(at=FRIDAY)
    excuses.refuse(Excuse.objects.get(), text="No.", by=actors.account(marta), at=FRIDAY)

    assert backlogs.explain_misses(at=FRIDAY + DAY) == 0


def test_another_proposal_is_waited_for(declare, ticket, rui, marta):
    declare()
    missed()
    clock = Clock.objects.select_related("clock_set").get(metric="resolution")
    other = excuses.propose(clock, cause="complexity", text="Odd.", by=actors.account(rui), at=FRIDAY)
    assert backlogs.explain_misses(at=FRIDAY) == 0

    excuses.refuse(other, text="No.", by=actors.account(marta), at=FRIDAY)
    assert backlogs.explain_misses(at=FRIDAY) == 1


@pytest.mark.parametrize("times", [(TUESDAY_10, THURSDAY), (THURSDAY + timedelta(seconds=1), FRIDAY + DAY)])
def test_a_miss_outside_of_it_is_not_explained(declare, ticket, times):
    declare(*times)
    missed(FRIDAY)

    assert backlogs.explain_misses(at=FRIDAY) == 0


def test_one_that_was_ended_before_the_miss_explains_nothing(declare, ticket, marta):
    backlogs.end(declare(), by=marta, at=THURSDAY)
    missed()

    assert backlogs.explain_misses(at=FRIDAY) == 0


def test_what_is_not_in_its_scope_is_not_explained_however_much_of_it_there_is(declare, ticket, bruno, rui):
    declare(scope={"priority": ["low"]})
    low = take_in(by_portal(bruno)).ticket
    handling.set_priority(low, priority="low", reason="A wish.", by=rui, at=TUESDAY_10)
    missed()

    assert backlogs.explain_misses(at=FRIDAY, limit=1) == 1
    assert Excuse.objects.get().clock.clock_set_id == low.clock_set_id


def test_what_binds_is_not_explained(declare, bruno):
    rewrite(agreed(bruno.organisation.contracts.get()), is_binding=True, agreement_reference="A-7")
    take_in(by_portal(bruno))
    declare()
    missed()

    assert backlogs.explain_misses(at=FRIDAY) == 0


def test_overlapping_periods_explain_a_miss_once(declare, ticket):
    declare()
    declare(scope={"plan": ["plus"]})
    missed()

    assert backlogs.explain_misses(at=FRIDAY) == 1


def test_one_that_was_declared_after_the_miss_explains_it_after_the_fact(declare, ticket):
    missed()
    declare(THURSDAY, FRIDAY + DAY, at=THURSDAY + timedelta(hours=20))
    backlogs.explain_misses(at=FRIDAY)

    assert proposed() == [(*EXPLAINED[:4], True)]


def test_a_sweep_that_comes_days_late_finds_the_same(declare, ticket):
    declare()
    missed(FRIDAY + 3 * DAY)

    assert backlogs.explain_misses(at=FRIDAY + 3 * DAY) == 1


def test_without_a_period_nobody_is_looked_for(desk, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert backlogs.explain_misses(at=FRIDAY) == 0

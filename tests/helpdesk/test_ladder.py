"""What a ladder does: each action once, and each level's next one where nobody is on duty."""

from datetime import timedelta
from functools import partial

import pytest

from contracts.models import Account
from helpdesk import escalation, handling, ladder_actions, on_duty, tagging
from helpdesk.models import OnCallShift, OutboundMessage, Tag, Team, Ticket
from sla import alarms
from sla.models import Alarm, LadderStep
from tests.cast import TUESDAY_10, by_portal, offer, take_in, unfrozen

pytestmark = pytest.mark.django_db

NOON = TUESDAY_10 + timedelta(hours=2)
TWO, DUE = NOON + timedelta(hours=2), TUESDAY_10 + timedelta(hours=4)
RUI, INES, MARTA, VERA = (f"{name}@lumiar.example" for name in ("rui", "ines", "marta", "vera"))
FOREVER = timedelta(days=400)


@pytest.fixture
def ladder(desk, policy_version):
    """In the place of the cast's ladder: these steps of the first response."""

    def put(*steps):
        unfrozen(LadderStep.objects.all().delete)
        for step in steps:
            said = {"version": policy_version, "metric": "first_response", **step}
            unfrozen(partial(LadderStep.objects.create, **said))

    return put


@pytest.fixture
def ticket(desk, bruno, rui):
    """High: half of its time is over after six hours. Rui's."""
    ticket = take_in(by_portal(bruno)).ticket
    handling.set_priority(ticket, priority="high", reason="All beds", by=rui, at=TUESDAY_10)
    return handling.assign(ticket, to=rui, by=rui, at=TUESDAY_10)


def sweep(at):
    """What beat does."""
    while alarms.ring_due(at=at):
        pass
    while escalation.escalate(at=at):
        pass


def told():
    rows = OutboundMessage.objects.filter(kind="escalation").order_by("id")
    return [row.to for row in rows]


def happened(ticket, *kinds):
    events = ticket.events.filter(kind__in=kinds, by=ladder_actions.BY).order_by("id")
    return [(event.kind, event.facts) for event in events]


SIX_LATER = TUESDAY_10 + timedelta(hours=6)
HALF = "first response at 50 %"

# --- actions --------------------------------------------------------------------------------------


def test_a_step_gives_the_ticket_to_a_team_and_takes_it_from_who_is_no_member(ladder, ticket, ines):
    night = Team.objects.create(name="Night", key="night", lead=ines)
    ladder({"percent": 50, "to_team": "night", "tell": ["lead"]})

    sweep(SIX_LATER)

    ticket.refresh_from_db()
    assert (ticket.team, ticket.assignee) == (night, None)
    assert happened(ticket, "team", "assigned") == [
        ("team", {"before": "", "after": "Night", "reason": HALF}),
        ("assigned", {"to": "", "was": f"account:{Account.objects.get(email=RUI).pk}"}),
    ]
    assert told() == [INES]  # the lead of the team whose it is now


def test_a_member_of_the_team_keeps_the_ticket(ladder, ticket, team, rui):
    ladder({"percent": 50, "to_team": "care"})

    sweep(SIX_LATER)

    ticket.refresh_from_db()
    assert (ticket.team, ticket.assignee) == (team, rui)


def test_a_team_that_is_gone_is_written_down_and_holds_up_nothing(ladder, ticket):
    ladder({"percent": 50, "to_team": "gone", "tag": "late"})

    sweep(SIX_LATER)

    assert happened(ticket, "team_missing") == [("team_missing", {"team": "gone", "reason": HALF})]
    assert [tag.key for tag in ticket.tags.all()] == ["late"]


def test_a_step_raises_the_priority_by_one_as_an_agent_would(ladder, ticket):
    ladder({"percent": 50, "raises_priority": True})

    sweep(SIX_LATER)

    ticket.refresh_from_db()
    assert (ticket.priority.key, ticket.priority_source) == ("urgent", Ticket.PrioritySource.RULE)
    clock = ticket.clock_set.clocks.get(metric="first_response")
    assert (clock.due_at, clock.breached_at) == (DUE, SIX_LATER)  # four hours: missed by the change
    event = ticket.clock_set.events.get(kind="priority", by=ladder_actions.BY)
    assert (event.priority, event.reason, event.at) == ("urgent", HALF, SIX_LATER)
    assert happened(ticket, "priority") == [
        ("priority", {"before": "high", "after": "urgent", "reason": HALF})
    ]


def test_it_rises_only_to_what_the_plan_offers(ladder, ticket, plus, priorities):
    offer(plus, [priorities["high"], priorities["low"]])
    ladder({"percent": 50, "raises_priority": True})

    sweep(SIX_LATER)

    ticket.refresh_from_db()
    assert (ticket.priority.key, ticket.priority_source) == ("high", Ticket.PrioritySource.AGENT)
    assert happened(ticket, "priority", "priority_is_highest") == [("priority_is_highest", {"reason": HALF})]


def test_the_nearest_rank_that_is_offered_is_the_next_one(ladder, desk, bruno, rui, plus, priorities):
    offer(plus, [priorities["urgent"], priorities["low"]])
    ticket = take_in(by_portal(bruno)).ticket
    handling.set_priority(ticket, priority="low", reason="Later", by=rui, at=TUESDAY_10)
    ladder({"offset_minutes": 0, "raises_priority": True})

    sweep(TUESDAY_10 + timedelta(days=4))

    ticket.refresh_from_db()
    assert ticket.priority.key == "urgent"


def test_a_step_tags_the_ticket(ladder, ticket):
    ladder({"percent": 50, "tag": "late"}, {"percent": 75, "tag": "late"})

    sweep(TUESDAY_10 + timedelta(hours=10))

    assert [tag.key for tag in ticket.tags.all()] == ["late"]
    assert happened(ticket, "tagged") == [("tagged", {"tag": "late", "reason": HALF})]


def test_nothing_is_done_for_what_was_answered_meanwhile(ladder, ticket, rui, team):
    ladder({"percent": 50, "to_team": "care", "raises_priority": True, "tag": "late", "tell": ["lead"]})
    alarms.ring_due(at=SIX_LATER)
    handling.reply(ticket, text="Here I am", by=rui, at=SIX_LATER, then="solved")

    sweep(SIX_LATER)

    ticket.refresh_from_db()
    assert (ticket.team, ticket.priority.key, ticket.tags.count()) == (None, "high", 0)
    assert told() == []
    assert not Alarm.objects.filter(handled_at=None).exists()


def test_each_action_done_again_changes_nothing(ladder, ticket, team, pager):
    ladder({"percent": 50, "to_team": "care", "tag": "late", "webhook": "pager", "tell": ["lead"]})
    sweep(SIX_LATER)
    before = (Ticket.objects.values().get(), told(), ticket.outbound.count(), ticket.tags.count())

    Alarm.objects.update(handled_at=None)
    sweep(SIX_LATER)

    assert before == (Ticket.objects.values().get(), told(), ticket.outbound.count(), ticket.tags.count())


def test_killed_before_the_commit_nothing_of_it_has_happened(ladder, ticket, team, monkeypatch):
    ladder({"percent": 50, "to_team": "care", "raises_priority": True, "tag": "late", "tell": ["lead"]})
    alarms.ring_due(at=SIX_LATER)
    with monkeypatch.context() as patch:
        patch.setattr(on_duty, "told_of", _killed)
        with pytest.raises(KeyboardInterrupt):
            escalation.escalate(at=SIX_LATER)
    ticket.refresh_from_db()
    assert (ticket.team, ticket.priority.key, Tag.objects.count()) == (None, "high", 0)

    sweep(SIX_LATER)

    ticket.refresh_from_db()
    assert (ticket.team, ticket.priority.key, ticket.tags.count(), told()) == (team, "urgent", 1, [MARTA])


def _killed(*_args, **_kwargs):
    raise KeyboardInterrupt


@pytest.fixture
def pager(db):
    from helpdesk.models import Webhook

    return Webhook.objects.create(key="pager", name="Pager", url="https://pager.example/in")


# --- who is told ----------------------------------------------------------------------------------


def away(*emails):
    Account.objects.filter(email__in=emails).update(away_from=TUESDAY_10)


@pytest.fixture
def manager(db):
    return Account.objects.create_user(
        "nuno@lumiar.example", name="Nuno", is_staff=True, is_desk_manager=True
    )


@pytest.fixture
def on_call(db):
    account = Account.objects.create_user("olga@lumiar.example", name="Olga", is_staff=True)
    OnCallShift.objects.create(account=account, starts_at=TUESDAY_10 - FOREVER, ends_at=TUESDAY_10 + FOREVER)
    return account


@pytest.mark.parametrize(
    ("levels", "gone", "heard"),
    [
        (["assignee"], [], [RUI]),
        (["lead"], [], [MARTA]),
        (["manager"], [], ["nuno@lumiar.example"]),
        (["account_owner"], [], [VERA]),
        (["on_call"], [], ["olga@lumiar.example"]),
        (["on_call", "assignee", "lead"], [], [RUI, MARTA, "olga@lumiar.example"]),
        (["assignee"], [RUI], [MARTA]),
        (["assignee", "lead"], [RUI], [MARTA]),
        (["assignee"], [RUI, MARTA], ["nuno@lumiar.example"]),
        (["lead"], [MARTA, "nuno@lumiar.example"], [VERA]),
        (["assignee"], [RUI, MARTA, "nuno@lumiar.example", VERA], ["olga@lumiar.example"]),
        ([], [], []),
    ],
)
def test_a_level_where_nobody_is_on_duty_is_the_next_ones(
    ladder, ticket, manager, on_call, levels, gone, heard
):
    ladder({"percent": 50, "tell": levels})
    away(*gone)

    sweep(SIX_LATER)

    assert told() == heard


def test_when_nobody_is_on_duty_the_leads_hear_it_all_the_same(ladder, ticket, manager, on_call, caplog):
    ladder({"percent": 50, "tell": ["assignee"]})
    Account.objects.update(away_from=TUESDAY_10)

    sweep(SIX_LATER)

    assert told() == [MARTA]
    assert "nobody is on duty" in caplog.text


def test_without_any_lead_the_superusers_do(ladder, ticket):
    root = Account.objects.create_superuser("root@lumiar.example", "x" * 12)
    Account.objects.update(away_from=TUESDAY_10, is_lead=False)
    ladder({"percent": 50, "tell": ["assignee"]})

    sweep(SIX_LATER)

    assert told() == [root.email]


def test_another_lead_answers_for_the_teams_lead(ladder, ticket, team):
    Ticket.objects.update(team=team)
    Account.objects.filter(email=INES).update(is_lead=True)
    away(MARTA)
    ladder({"percent": 50, "tell": ["lead"]})

    sweep(SIX_LATER)

    assert told() == [INES]


@pytest.mark.parametrize(
    ("from_hours", "until_hours", "is_there"),
    [
        (None, None, True),
        (-1, 1, False),
        (-2, -1, True),
        (1, 2, True),
        (None, 1, False),
        (-1, None, False),
        (None, 0, True),
        (0, None, False),
    ],
)
def test_away_is_from_one_instant_to_another(rui, from_hours, until_hours, is_there):
    def hours(number):
        return None if number is None else NOON + timedelta(hours=number)

    rui.away_from, rui.away_until = hours(from_hours), hours(until_hours)
    assert on_duty.is_on_duty(rui, at=NOON) == is_there


def test_what_waits_for_the_morning_is_told_to_who_is_there_in_the_morning(ladder, ticket, rui):
    """A change at night puts the step into the past; Rui is back before support opens."""
    ladder({"percent": 50, "tell": ["assignee"]})
    night, morning = TUESDAY_10.replace(hour=23), TUESDAY_10.replace(hour=9) + timedelta(days=1)
    handling.set_priority(ticket, priority="low", reason="Wait", by=rui, at=TUESDAY_10)
    Account.objects.filter(email=RUI).update(away_from=TUESDAY_10, away_until=morning)
    handling.set_priority(ticket, priority="high", reason="Now", by=rui, at=night)

    sweep(night)

    assert list(OutboundMessage.objects.filter(kind="escalation").values_list("to", "send_after")) == [
        (RUI, morning)
    ]


def test_of_several_steps_at_once_the_last_is_told_to_all_whom_they_name(ladder, ticket):
    ladder({"percent": 50, "tell": ["assignee"]}, {"percent": 75, "tell": ["lead"]})

    sweep(TUESDAY_10 + timedelta(hours=10))

    rows = OutboundMessage.objects.filter(kind="escalation").order_by("id")
    assert [(row.to, row.subject.split(":")[0]) for row in rows] == [(RUI, "75 % used"), (MARTA, "75 % used")]


# --- tags by hand -----------------------------------------------------------------------------------


def test_an_agent_puts_a_tag_on_and_takes_it_off(ticket, rui):
    for _ in range(2):
        tagging.add(ticket, words=" Front desk ", by=rui, at=NOON)
    assert [(tag.key, tag.name) for tag in ticket.tags.all()] == [("front-desk", "Front desk")]

    tagging.remove(ticket, key="front-desk", by=rui, at=NOON)
    assert not ticket.tags.exists()
    kinds = ticket.events.filter(kind__in=("tagged", "untagged")).order_by("id").values_list("kind", "facts")
    assert list(kinds) == [
        ("tagged", {"tag": "Front desk", "reason": ""}),
        ("untagged", {"tag": "Front desk"}),
    ]


@pytest.mark.parametrize("words", ["", "   ", "!!!", "\x00"])
def test_what_makes_no_key_is_no_tag(ticket, rui, words):
    with pytest.raises(tagging.TagMissing):
        tagging.add(ticket, words=words, by=rui, at=NOON)


def test_a_ticket_has_not_any_number_of_tags(ticket, rui):
    for number in range(tagging.MOST):
        tagging.add(ticket, words=f"tag {number}", by=rui, at=NOON)
    with pytest.raises(tagging.TagMissing):
        tagging.add(ticket, words="one more", by=rui, at=NOON)


def test_a_tag_that_is_not_there_is_not_taken_off(ticket, rui):
    with pytest.raises(tagging.NoSuchTag):
        tagging.remove(ticket, key="none", by=rui, at=NOON)

"""The ladder of a policy in the console: readable, and refused where it makes no sense."""

from datetime import UTC, datetime

import pytest

from helpdesk import roles
from helpdesk.models import Webhook
from sla.models import LadderStep, PolicyVersion
from tests.cast import unfrozen
from tests.helpdesk.admin.conftest import console_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_vera(owner):
    return console_of(owner, roles.ADMIN)


@pytest.fixture
def draft(policy_version) -> PolicyVersion:
    return PolicyVersion.objects.create(
        policy=policy_version.policy,
        number=2,
        valid_from=datetime(2030, 1, 1, tzinfo=UTC),
        calendar=policy_version.calendar,
    )


def page_of(version):
    return f"/admin/sla/policyversion/{version.pk}/change/"


def form(draft, *rows):
    """What the page of a draft posts, with these steps; one of a stored step names it."""
    stored = list(draft.ladder.all())
    fields = {
        "policy": draft.policy_id,
        "number": draft.number,
        "valid_from_0": "2030-01-01",
        "valid_from_1": "00:00:00",
        "calendar": draft.calendar_id,
        "day_mode": draft.day_mode,
        "pausing_statuses": "[]",
        "reopen_days": "7",
        "grace_minutes": "0",
        "cells-TOTAL_FORMS": "0",
        "cells-INITIAL_FORMS": "0",
        "ladder-TOTAL_FORMS": str(len(rows)),
        "ladder-INITIAL_FORMS": str(len(stored)),
    }
    for number, row in enumerate(rows):
        own = {"id": stored[number].pk} if number < len(stored) else {}
        defaults = {"version": draft.pk, "measure": "percent", "metric": "", **own}
        fields |= {f"ladder-{number}-{name}": value for name, value in (defaults | row).items()}
    return fields


def steps_of(draft):
    return [(step.metric, step.key, step.actions) for step in draft.ladder.order_by("pk")]


def test_a_ladder_is_written_in_words_and_kept_in_keys(as_vera, draft, team, settings):
    Webhook.objects.create(key="pager", name="The pager", url="https://pager.example/")
    rows = (
        {"amount": "75", "tell": ["assignee", "lead"]},
        {"amount": "1", "measure": "hours_before", "metric": "resolution", "tell": ["manager"]},
        {
            "amount": "90",
            "measure": "minutes_after",
            "to_team": "care",
            "raises_priority": "on",
            "tag": "late",
            "webhook": "pager",
        },
    )

    answer = as_vera.post(page_of(draft), form(draft, *rows))

    assert answer.status_code == 302
    assert steps_of(draft) == [
        ("", "75%", {"tell": ["assignee", "lead"]}),
        ("resolution", "-60m", {"tell": ["manager"]}),
        ("", "+90m", {"to_team": "care", "raises_priority": True, "tag": "late", "webhook": "pager"}),
    ]
    shown = as_vera.get(page_of(draft)).context["inline_admin_formsets"][1].formset
    assert [(one["amount"].value(), one["measure"].value()) for one in shown.forms] == [
        (75, "percent"),
        (1, "hours_before"),
        (90, "minutes_after"),
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"amount": "0", "tell": ["lead"]}], "A share is between 1 and 1000"),
        ([{"amount": "1001", "tell": ["lead"]}], "A share is between 1 and 1000"),
        ([{"amount": "721", "measure": "hours_before", "tell": ["lead"]}], "at most 30 days"),
        ([{"amount": "99999999999", "tell": ["lead"]}], "less than or equal"),
        ([{"amount": "-5", "tell": ["lead"]}], "greater than or equal"),
        ([{"amount": "x", "tell": ["lead"]}], "Enter a whole number"),
        ([{"amount": "50", "measure": "moons", "tell": ["lead"]}], "is not one of the available choices"),
        ([{"amount": "50", "tell": ["boss"]}], "is not one of the available choices"),
        ([{"amount": "50", "to_team": "moon"}], "is not one of the available choices"),
        ([{"amount": "50", "tag": "no slug!"}], "valid"),
        ([{"amount": "50"}], "Say what is done at this step."),
        ([{"amount": "50", "tell": ["lead"]}] * 2, "The ladder has this step already."),
        (
            [
                {"amount": "1", "measure": "hours_after", "tell": ["lead"]},
                {"amount": "60", "measure": "minutes_after", "tell": ["lead"]},
            ],
            "The ladder has this step already.",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(as_vera, draft, rows, said):
    answer = as_vera.post(page_of(draft), form(draft, *rows))

    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert steps_of(draft) == []


def test_two_steps_cannot_change_places_in_one_go(as_vera, draft):
    for percent in (50, 75):
        LadderStep.objects.create(version=draft, percent=percent, tell=["lead"])

    rows = [{"amount": "75", "tell": ["lead"]}, {"amount": "50", "tell": ["lead"]}]
    answer = as_vera.post(page_of(draft), form(draft, *rows))

    assert "The ladder has this step already." in answer.content.decode()
    assert [key for _, key, _ in steps_of(draft)] == ["50%", "75%"]


def test_a_step_can_be_changed_and_taken_away(as_vera, draft):
    for percent in (50, 75):
        LadderStep.objects.create(version=draft, percent=percent, tell=["lead"])

    rows = [{"amount": "60", "tell": ["assignee"]}, {"amount": "75", "tell": ["lead"], "DELETE": "on"}]
    as_vera.post(page_of(draft), form(draft, *rows))

    assert steps_of(draft) == [("", "60%", {"tell": ["assignee"]})]


def test_a_frozen_ladder_is_read(as_vera, policy_version, team):
    unfrozen(LadderStep.objects.all().delete)
    step = {"offset_minutes": -60, "tell": ["lead", "account_owner"], "to_team": "care", "tag": "late"}
    unfrozen(lambda: LadderStep.objects.create(version=policy_version, **step))

    shown = as_vera.get(page_of(policy_version)).content.decode().replace("\u00a0", " ")

    for words in ("1 h before due", "every clock", "lead, account owner", "gives it to Care, tags it late"):
        assert words in shown
    assert 'name="ladder-0-amount"' not in shown

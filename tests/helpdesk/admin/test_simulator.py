"""The simulator of the console, and what would move under a draft."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from sla.models import Calendar, Clock, ClockSet, PolicyVersion, TargetCell
from tests.cast import agree, offer, unfrozen
from tests.helpdesk.admin.conftest import statements
from tests.sla.conftest import march

pytestmark = pytest.mark.django_db

PAGE = "/admin/simulator/"


def asked(**more: str) -> dict[str, str]:
    """Saturday the 14th at noon, low, under the plan."""
    given = {"date": "2026-03-14", "time": "12:00", "priority": "low", "contract": "", "calendar": ""}
    return given | more


@pytest.fixture
def plan(desk, plus) -> str:
    return f"plan:{plus.plan_id}"


def shown(answer):
    assert answer.status_code == 200
    return answer.context["shown"]


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def test_each_meaning_is_shown_beside_what_is_in_force(as_rui, plan):
    answer = as_rui.get(PAGE, asked(of=plan))

    first = shown(answer).metrics[0]
    assert [(mode.name, mode.due, mode.is_own, mode.difference) for mode in first.modes] == [
        ("close of the Nth business day", "Tue 17 Mar 2026 21:00", True, ""),
        ("counted from the next opening", "Wed 18 Mar 2026 21:00", False, "1 d later"),
        ("N × the length of a day", "Tue 17 Mar 2026 21:00", False, "the same"),
        ("same clock time", "Tue 17 Mar 2026 21:00", False, "the same"),
        ("N × 24 open hours", "Thu 19 Mar 2026 21:00", False, "2 d later"),
    ]
    assert "First response: 2 business days" in words(answer)


def test_the_small_explanation_says_which_day_counted(as_rui, plan):
    first, resolution = shown(as_rui.get(PAGE, asked(of=plan, date="2026-04-02", time="10:00"))).metrics

    assert first.counted == [
        "Thu 2 Apr 2026: 11 h counted, the day of receipt, day 0",
        "Fri 3 Apr 2026: closed, Sexta-feira Santa",
        "Sun 5 Apr 2026: closed, Páscoa",
        "Mon 6 Apr 2026: 12 h counted, business day 1",
        "Tue 7 Apr 2026: 12 h counted, business day 2",
    ]
    assert resolution.counted[-1] == "Tue 7 Apr 2026: 1 h counted"


def test_both_zones_are_shown_in_summer(as_rui, plan):
    first = shown(as_rui.get(PAGE, asked(of=plan, date="2026-07-04"))).metrics[0]

    assert (first.due, first.due_in_utc) == ("Tue 7 Jul 2026 21:00", "Tue 7 Jul 2026 20:00")


def test_a_contracts_own_cell_comes_first(as_rui, plan, contract, priorities):
    agree(contract, "first_response", priorities["low"], unit="business_hours", amount=1)

    answer = as_rui.get(PAGE, asked(of=plan, contract="c-AZENHA"))

    assert shown(answer).metrics[0].due == "Mon 16 Mar 2026 10:00"


def test_a_draft_and_another_calendar_may_be_asked(as_rui, plan, policy_version, priorities, calendar):
    draft = PolicyVersion.objects.create(
        policy=policy_version.policy, number=2, valid_from=march(20, 0), calendar=calendar
    )
    TargetCell.objects.create(
        version=draft, metric="resolution", priority=priorities["low"], kind="best_effort"
    )

    page = shown(as_rui.get(PAGE, asked(of=f"version:{draft.pk}", calendar="lisbon")))

    assert [(one.label, one.target, one.modes) for one in page.metrics] == [("resolution", "best effort", [])]


def test_the_picture_ends_each_bar_where_it_is_due(as_rui, plan):
    first = shown(as_rui.get(PAGE, asked(of=plan))).metrics[0]

    picture = first.picture
    assert [day.label for day in picture.days] == ["Sat 14", "Sun 15", "Mon 16", "Tue 17", "Wed 18", "Thu 19"]
    own, later = picture.bars[0], picture.bars[1]
    assert (len(own.counted), len(later.counted), len(own.open)) == (2, 3, 4)
    assert own.counted[-1].x + own.counted[-1].width == pytest.approx(own.due_x, abs=0.2)
    assert own.due_x < later.due_x


def test_a_date_beyond_the_holidays_is_warned_of(as_rui, plan):
    answer = as_rui.get(PAGE, asked(of=plan, date="2045-03-14"))

    assert "and none of 2045" in words(answer)


def test_a_priority_that_the_plan_withholds_is_said_to_be(as_rui, plan, plus, priorities):
    offer(plus, [priorities["high"]])

    assert "The plan does not offer this priority" in words(as_rui.get(PAGE, asked(of=plan)))


def test_it_opens_with_the_present_of_the_first_plan(as_rui, plan):
    answer = as_rui.get(PAGE)

    assert shown(answer).metrics[0].due == "Wed 11 Mar 2026 21:00"
    assert reverse("admin:simulator") in as_rui.get("/admin/").content.decode()


def test_looking_changes_nothing(as_rui, plan):
    before = Calendar.objects.values().get()
    as_rui.get(PAGE, asked(of=plan, date="2150-03-14"))

    assert (Calendar.objects.values().get(), ClockSet.objects.count(), Clock.objects.count()) == (
        before,
        0,
        0,
    )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"date": "2026-02-30"}, "Enter a valid date."),
        ({"date": ""}, "This field is required."),
        ({"time": "25:00"}, "Enter a valid time."),
        ({"priority": "vip"}, "Select a valid choice."),
        ({"of": "plan:999999"}, "Select a valid choice."),
        ({"of": "version:x"}, "Select a valid choice."),
        ({"calendar": "mars"}, "Select a valid choice."),
        ({"contract": "C-nobody"}, "There is no contract C-nobody."),
        ({"contract": "\x00"}, "Null characters are not allowed."),
        ({"contract": "x" * 5000}, "Ensure this value has at most 60 characters"),
        ({"date": "0001-01-01"}, "Times lie between the years 1970 and 2200."),
        ({"date": "9999-12-31"}, "Times lie between the years 1970 and 2200."),
        ({"date": "2024-12-01"}, "Plus has no version in force then."),
    ],
)
def test_garbage_gives_a_form_error(as_rui, plan, wrong, sentence):
    answer = as_rui.get(PAGE, asked(of=plan) | wrong)

    assert shown(answer) is None
    assert sentence in words(answer)


def test_a_contract_that_has_ended_promises_nothing(as_rui, plan, contract):
    contract.ends_at = datetime(2026, 1, 1, tzinfo=UTC)
    contract.save()

    answer = as_rui.get(PAGE, asked(of=plan, contract=contract.reference))

    assert "C-azenha is not in force then." in words(answer)


def test_a_cell_on_a_calendar_without_hours_is_a_form_error(as_rui, plan):
    empty = Calendar.objects.create(key="empty", name="Empty")
    unfrozen(lambda: TargetCell.objects.filter(metric="resolution").update(calendar=empty))

    assert "empty has no version" in words(as_rui.get(PAGE, asked(of=plan)))


def test_an_empty_desk_has_a_form_and_no_answer(as_rui):
    assert shown(as_rui.get(PAGE)) is None


# --- what would move ------------------------------------------------------------------------------


@pytest.fixture
def draft(policy_version, calendar, priorities) -> PolicyVersion:
    version = PolicyVersion.objects.create(
        policy=policy_version.policy, number=2, valid_from=march(20, 0), calendar=calendar
    )
    for metric, amount in (("first_response", 2), ("resolution", 24)):
        TargetCell.objects.create(
            version=version,
            metric=metric,
            priority=priorities["medium"],
            unit="business_hours",
            amount=amount,
        )
    return version


def test_a_draft_says_which_tickets_would_move_and_leads_there(as_vera, ticket, draft):
    form = as_vera.get(f"/admin/sla/policyversion/{draft.pk}/change/").content.decode()
    address = f"/admin/sla/policyversion/{draft.pk}/moves/"
    page = as_vera.get(address)

    assert f'href="{address}"' in form
    assert "1 of 2 live clocks would be due at another time." in words(page)
    assert f"#{ticket.pk} Printer First response tomorrow 21:00 today 12:00 earlier" in words(page)
    assert f'href="/admin/helpdesk/ticket/{ticket.pk}/change/"' in page.content.decode()


def test_a_draft_that_moves_nothing_says_so(as_rui, desk, draft):
    page = as_rui.get(f"/admin/sla/policyversion/{draft.pk}/moves/")

    assert "No due time would move: 0 live clocks were looked at." in words(page)


def test_its_page_costs_the_same_for_one_and_for_ten(as_rui, ticket, tickets, draft):
    address = f"/admin/sla/policyversion/{draft.pk}/moves/"
    one = statements(as_rui, address)
    tickets(9)

    assert statements(as_rui, address) == one

"""AG-20, D13: a ticket becomes a bug or feedback, and its clocks and its unit follow."""

from datetime import timedelta

import pytest

from contracts import quota
from contracts.models import Charge
from helpdesk import handling, request_types
from helpdesk.models import BugReport, RequestType, Ticket
from helpdesk.refusals import ReasonMissing, WrongStatus
from sla.models import Clock
from tests.cast import TUESDAY_10, by_portal, take_in

pytestmark = pytest.mark.django_db

LATER = TUESDAY_10 + timedelta(hours=1)
NOON = TUESDAY_10 + timedelta(hours=2)
WEDNESDAY = TUESDAY_10 + timedelta(days=1)


@pytest.fixture
def ticket(desk, bruno) -> Ticket:
    return take_in(by_portal(bruno)).ticket


def clocks_of(ticket) -> dict[str, tuple]:
    rows = Clock.objects.filter(clock_set=ticket.clock_set_id)
    return {row.metric: (row.state, row.started_at) for row in rows}


def used(ticket) -> int:
    live = Charge.objects.filter(ticket_uid=ticket.uid, kind="debit", reversed_by=None)
    return -sum(live.values_list("units", flat=True))


def test_a_bugs_resolution_waits_and_its_first_response_does_not(ticket, rui):
    request_types.convert(ticket, to="bug", reason="It crashes.", by=rui, at=LATER)

    assert clocks_of(ticket) == {
        "first_response": ("running", TUESDAY_10),
        "resolution": ("excluded", TUESDAY_10),
    }
    assert used(ticket) == 1


def test_validated_its_clock_begins_and_its_unit_goes_back(ticket, rui):
    resolution = Clock.objects.get(clock_set=ticket.clock_set_id, metric="resolution")
    length = resolution.due_at - TUESDAY_10
    request_types.convert(ticket, to="bug", reason="It crashes.", by=rui, at=LATER)

    report = request_types.validate(ticket, steps="Print twice.", by=rui, at=WEDNESDAY)

    resolution.refresh_from_db()
    assert (resolution.state, resolution.started_at, resolution.due_at) == (
        "running",
        WEDNESDAY,
        WEDNESDAY + length,
    )
    assert (used(ticket), quota.verify()) == (0, [])
    assert (report.steps, report.validated_by) == ("Print twice.", f"account:{rui.pk}")
    assert ticket.next_due_metric == "first_response"


def test_without_steps_it_cannot_be_validated_and_twice_it_is_the_same(ticket, rui):
    request_types.convert(ticket, to="bug", reason="It crashes.", by=rui, at=LATER)
    with pytest.raises(request_types.StepsMissing):
        request_types.validate(ticket, steps=" ", by=rui, at=NOON)

    first = request_types.validate(ticket, steps="Print.", by=rui, at=NOON)
    assert request_types.validate(ticket, steps="Print twice.", by=rui, at=WEDNESDAY) == first
    assert BugReport.objects.get().steps == "Print."


def test_support_is_not_validated(ticket, rui):
    with pytest.raises(request_types.NotABug):
        request_types.validate(ticket, steps="Print.", by=rui, at=NOON)


def test_feedback_has_no_target_and_takes_no_unit(ticket, rui):
    request_types.convert(ticket, to="feedback", reason="An idea.", by=rui, at=LATER)

    assert {state for state, _ in clocks_of(ticket).values()} == {"excluded"}
    assert (used(ticket), ticket.next_due_at) == (0, None)


@pytest.mark.parametrize("kind", ["bug", "feedback"])
def test_support_again_it_goes_on_with_what_was_left(ticket, rui, kind):
    before = dict(Clock.objects.values_list("metric", "due_at"))
    request_types.convert(ticket, to=kind, reason="Perhaps.", by=rui, at=LATER)

    request_types.convert(ticket, to="support", reason="No.", by=rui, at=NOON)

    after = dict(Clock.objects.values_list("metric", "due_at"))
    assert after["resolution"] == before["resolution"] + (NOON - LATER)
    assert (used(ticket), quota.verify()) == (1, [])


def test_the_same_kind_changes_nothing_and_another_needs_a_reason(ticket, rui):
    version = ticket.version
    request_types.convert(ticket, to="support", reason="", by=rui, at=LATER)
    assert ticket.version == version
    with pytest.raises(ReasonMissing):
        request_types.convert(ticket, to="bug", reason=" ", by=rui, at=LATER)
    for wrong in ("technical", "nonsense", ""):
        with pytest.raises(request_types.NoSuchKind):
            request_types.convert(ticket, to=wrong, reason="Why not.", by=rui, at=LATER)


def test_what_is_solved_is_not_converted(ticket, rui):
    handling.set_status(ticket, status="solved", by=rui, at=LATER)
    with pytest.raises(WrongStatus):
        request_types.convert(ticket, to="bug", reason="It crashes.", by=rui, at=NOON)


def test_what_a_kind_means_is_data(ticket, rui):
    bug = request_types.of_kind("bug")
    RequestType.objects.filter(pk=bug.pk).update(clock_start="receipt", gives_back_when_validated=False)

    request_types.convert(ticket, to="bug", reason="It crashes.", by=rui, at=LATER)
    request_types.validate(ticket, steps="Print.", by=rui, at=NOON)

    assert clocks_of(ticket)["resolution"] == ("running", TUESDAY_10)
    assert used(ticket) == 1


def test_a_desk_has_one_of_each_kind_however_often_it_is_asked_for(desk):
    assert request_types.of_kind("technical") == request_types.of_kind("technical")
    assert request_types.of_kind("support").is_default

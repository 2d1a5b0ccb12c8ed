"""AU-03: one list of what was done by hand, which nobody can rewrite."""

import csv
import io
from datetime import timedelta

import pytest

from contracts.models import Contract
from contracts.spreadsheets import safe
from helpdesk import actors, auditing, backlogs, clockwork, handling, roles
from sla import alarms, backlog
from sla.backlog import Draft
from sla.models import Clock
from tests.cast import TUESDAY_10, by_mail, take_in
from tests.helpdesk.admin.test_page import text_of, tree

pytestmark = pytest.mark.django_db

LIST = "/admin/helpdesk/ticket/by_hand/"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FRIDAY = TUESDAY_10 + 3 * DAY
APRIL = TUESDAY_10 + 30 * DAY


@pytest.fixture
def month(ticket, azenha, rui, marta, clock):
    """A due time by hand, a correction, an excuse decided, a sender linked, a backlog declared late."""
    roles.give(marta, roles.LEAD)
    row = Clock.objects.get(metric="resolution")
    clockwork.set_due(ticket, clock=row.pk, due_at=FRIDAY, reason="=1+1", by=rui, at=TUESDAY_10 + HOUR)
    handling.reply(ticket, text="So.", by=rui, at=TUESDAY_10 + 2 * HOUR, then="waiting_customer")
    pause = ticket.clock_set.events.get(kind="pause")
    at = TUESDAY_10 + 3 * HOUR
    clockwork.correct(ticket, event=pause.pk, happened_at=None, reason="A slip.", by=marta, at=at)
    stranger = take_in(by_mail("x@gmail.com"), TUESDAY_10).ticket
    handling.link_requester(stranger, organisation=azenha, by=rui, at=TUESDAY_10 + 4 * HOUR)
    texts = dict.fromkeys(backlog.LOCALES, "We are slow.")
    draft = Draft(starts_at=TUESDAY_10, ends_at=FRIDAY, reason="A storm.", texts=texts)
    backlogs.declare(draft, by=marta, at=TUESDAY_10 + 5 * HOUR)
    while alarms.ring_due(at=FRIDAY + HOUR):
        pass
    excuse = clockwork.propose_excuse(
        ticket, clock=row.pk, cause="complexity", text="Odd.", by=rui, at=FRIDAY + HOUR
    )
    clockwork.decide_excuse(ticket, excuse=excuse.pk, approve=False, text="No.", by=marta, at=APRIL)
    return ticket


def kinds(since=TUESDAY_10, until=APRIL + DAY, by="") -> list[str]:
    return [line.kind for line in auditing.lines(since=since, until=until, by=by)]


def rows(answer) -> list[str]:
    return [text_of(one) for one in tree(answer).xpath("//tbody/tr")]


def test_everything_is_listed_latest_first(month):
    assert kinds() == [
        "excuse_refused",
        "excuse_proposed",
        "backlog_begun",
        "linked",
        "correct",
        "manual_due",
    ]


def test_by_month_and_by_person(month, rui, marta):
    assert kinds(until=APRIL) == ["excuse_proposed", "backlog_begun", "linked", "correct", "manual_due"]
    assert kinds(since=APRIL) == ["excuse_refused"]
    assert kinds(by=actors.account(rui)) == ["excuse_proposed", "linked", "manual_due"]


def test_the_page_says_who_did_what_to_which_ticket_and_why(month, as_vera):
    assert rows(as_vera.get(LIST, {"month": "2026-03"})) == [
        (
            f"13 Mar 2026 11:00 Rui Costa proposed an excuse #{month.pk} "
            "resolution: complexity, after the fact Odd."
        ),
        (
            "10 Mar 2026 15:00 Marta Reis declared a backlog period after it began "
            "2026-03-10 10:00:00Z – 2026-03-13 10:00:00Z A storm."
        ),
        (
            f"10 Mar 2026 14:00 Rui Costa linked a sender, back-dated #{month.pk + 1} "
            "charged and clocked from 2026-03-10 10:00:00Z Azenha Hotels"
        ),
        (
            f"10 Mar 2026 13:00 Marta Reis corrected a clock event #{month.pk} "
            "pause 2026-03-10 12:00:00Z → never happened A slip."
        ),
        (
            f"10 Mar 2026 11:00 Rui Costa set a due time by hand #{month.pk} "
            "resolution: 2026-03-13 10:00:00Z =1+1"
        ),
    ]


def test_one_persons_of_one_month(month, as_vera, marta):
    answer = as_vera.get(LIST, {"month": "2026-04", "by": actors.account(marta)})

    assert [row.split("Marta")[1] for row in rows(answer)] == [
        f" Reis refused an excuse #{month.pk} resolution: complexity, after the fact No."
    ]


@pytest.mark.parametrize("given", ["", "2026-13", "x", "1999-01"])
def test_without_a_month_it_is_the_present_one(month, as_vera, given):
    assert len(rows(as_vera.get(LIST, {"month": given}))) == 5


def test_it_can_be_taken_along_and_nothing_in_it_is_a_formula(month, as_vera):
    answer = as_vera.get(LIST, {"month": "2026-03", "format": "csv"})
    head, *found = csv.reader(io.StringIO(answer.content.decode()))

    assert answer["Content-Disposition"] == 'attachment; filename="by-hand-2026-03.csv"'
    assert head == ["at", "by", "what", "ticket", "facts", "reason"]
    assert found[-1] == [
        "2026-03-10T11:00:00Z",
        "Rui Costa",
        "set a due time by hand",
        str(month.pk),
        "resolution: 2026-03-13 10:00:00Z",
        "'=1+1",
    ]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@A1", "\t=1", "\r=1", "＝1"])
def test_what_a_spreadsheet_would_run_is_text(text):
    assert safe(text) == f"'{text}"


def test_an_empty_month_says_so(month, as_vera):
    assert rows(as_vera.get(LIST, {"month": "2026-01"})) == ["Nothing in this month."]


def test_units_given_by_hand_are_in_it(month, marta):
    contract = Contract.objects.get(organisation__slug="azenha")
    allotment = contract.allotments.get()
    allotment.charges.create(
        kind="grant", units=3, at=TUESDAY_10 + HOUR, by=actors.account(marta), reason="Sorry."
    )

    (line,) = [line for line in auditing.lines(since=TUESDAY_10, until=APRIL) if line.kind == "units_grant"]
    assert (line.what, line.reason) == (f"{contract.reference}: +3", "Sorry.")

"""Why a goal is due when it is, told to the customer in the portal."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from helpdesk import handling
from helpdesk.models import RequestType, Ticket
from helpdesk.portal.why import DayShown, why
from sla import calendars, clocks, hours
from sla.hours import EventKind
from sla.models import ClockSet, PolicyVersion
from tests.cast import TUESDAY_10, agreed, by_portal, rewrite, take_in
from tests.sla.conftest import march

pytestmark = pytest.mark.django_db

THURSDAY_BEFORE_EASTER = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)
"""Ten o'clock in Lisbon, where it is summer."""
CLOSED = {
    "en": "closed: Good Friday",
    "fr": "fermé : Vendredi saint",
    "es": "cerrado: Viernes Santo",
    "pt-pt": "fechado: Sexta-feira Santa",
    "pt-br": "fechado: Sexta-feira Santa",
}


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def ticket(desk, bruno) -> Ticket:
    """Bruno's printer, medium, received on a quiet Tuesday at ten."""
    return take_in(by_portal(bruno)).ticket


@pytest.fixture
def at_easter(desk, bruno) -> Ticket:
    """The same on the Thursday before Easter."""
    return take_in(by_portal(bruno), THURSDAY_BEFORE_EASTER).ticket


@pytest.fixture
def read(clock, as_person):
    """What stands on the page, at that instant in that language."""

    def read(who, ticket, language="en", at=TUESDAY_10 + timedelta(hours=1)) -> str:
        clock.at(at)
        answer = as_person(who).get(f"/tickets/{ticket.pk}/why/?lang={language}")
        assert answer.status_code == 200
        return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())

    return read


def first(ticket, at=TUESDAY_10 + timedelta(hours=1)):
    return why(ticket, at=at)[0]


# --- what is told ---------------------------------------------------------------------------------


def test_a_goal_in_days_numbers_its_days(ticket):
    explained = first(ticket)

    assert (explained.name, explained.target, explained.due_at) == (
        "first response",
        "1 business day",
        march(11, 21),
    )
    (sentence,) = explained.sentences
    assert sentence.endswith("the day on which your message arrives is not counted.")
    assert explained.days == (
        DayShown(date(2026, 3, 10), date(2026, 3, 10), "11 h", ("the day from which the days are counted",)),
        DayShown(date(2026, 3, 11), date(2026, 3, 11), "12 h", ("day 1 of 1",)),
    )


def test_a_goal_in_hours_says_where_its_hours_went(ticket):
    resolution = why(ticket, at=march(10, 11))[1]

    assert (resolution.target, resolution.counted) == ("24 business hours", "24 h")
    assert [(day.first.day, day.counted, day.notes) for day in resolution.days] == [
        (10, "11 h", ()),
        (11, "12 h", ()),
        (12, "1 h", ()),
    ]


def test_a_holiday_is_named_and_a_weekend_is_not_told(at_easter):
    days = first(at_easter, THURSDAY_BEFORE_EASTER).days

    assert [(day.first.day, day.notes) for day in days] == [
        (2, ("the day from which the days are counted",)),
        (3, ("closed: Good Friday",)),
        (5, ("closed: Easter Sunday",)),
        (6, ("day 1 of 1",)),
    ]


def test_waiting_for_the_customer_is_not_counted_and_told_once(ticket, rui, bruno):
    handling.reply(ticket, text="Which one?", then="waiting_customer", by=rui, at=march(10, 12))
    clocks.record(ticket.clock_set, EventKind.CUSTOMER_REPLY, at=march(13, 10), by="system:test")

    resolution = why(ticket, at=march(13, 11))[1]

    assert [(day.first.day, day.last.day, day.counted, day.notes) for day in resolution.days] == [
        (10, 10, "2 h", ("9 h not counted: we were waiting for your answer",)),
        (11, 12, "", ("24 h not counted: we were waiting for your answer",)),
        (13, 13, "11 h", ("1 h not counted: we were waiting for your answer",)),
        (16, 16, "11 h", ()),
    ]
    assert resolution.due_at == march(16, 20)


def test_while_it_waits_what_is_left_is_told(ticket, rui):
    handling.reply(ticket, text="Which one?", then="waiting_customer", by=rui, at=march(10, 12))

    resolution = why(ticket, at=march(10, 15))[1]

    assert (resolution.due_at, resolution.left) == (None, "22 h")


def test_days_from_the_next_opening_are_numbered_from_there(desk, bruno):
    rewrite(PolicyVersion.objects.get(), day_mode="from_next_opening")
    on_saturday = take_in(by_portal(bruno), march(14, 12)).ticket

    assert [day.notes for day in first(on_saturday, march(14, 12)).days] == [
        ("the day from which the days are counted",),
        ("day 1 of 1",),
    ]


def test_shorter_days_are_told_where_they_matter(desk, bruno, calendar):
    spec = hours.calendar_to_json(calendars.spec_of(calendar.versions.get()))
    short = hours.calendar_from_json(spec | {"overrides": {"2026-03-11": [["09:00", "13:00"]]}})
    calendars.publish_version(calendar, spec=short, valid_from=march(1, 0))

    late = take_in(by_portal(bruno), march(10, 20)).ticket

    assert first(late, march(10, 20)).sentences[1:] == (
        "Some of these days are shorter, so it is not due before 12 h of support time.",
    )


def test_a_time_set_by_hand_is_said_to_be_and_why_is_not_told(ticket, bruno, read):
    clock = ticket.clock_set.clocks.get(metric="first_response")
    clocks.set_due(clock, due_at=march(10, 16), at=march(10, 11), by="account:1", reason="desk-only-reason")

    explained = first(ticket)

    assert explained.sentences == (
        "We set this time for your ticket alone, so it does not follow from the hours.",
    )
    assert (explained.days, explained.due_at) == ((), march(10, 16))
    assert "desk-only" not in read(bruno, ticket)


def test_an_update_that_was_promised_is_explained(ticket):
    clocks.promise_update(
        ticket.clock_set, due_at=march(10, 16), at=march(10, 11), by="account:1", reason="Told him"
    )

    update = why(ticket, at=march(10, 11))[1]

    assert (update.name, update.target, update.due_at) == ("update", "", march(10, 16))


def test_french_says_jours_ouvrables_only_where_saturday_is_one(desk, bruno, calendar):
    on_weekdays = first(take_in(by_portal(bruno)).ticket)
    spec = hours.calendar_to_json(calendars.spec_of(calendar.versions.get()))
    week = spec["week"] | {"sat": [["09:00", "13:00"]]}
    with_saturdays = hours.calendar_from_json(spec | {"week": week})
    calendars.publish_version(calendar, spec=with_saturdays, valid_from=march(10, 0))

    with translation.override("fr"):
        target = first(take_in(by_portal(bruno)).ticket).target
    assert target == "1 jour ouvrable"
    assert on_weekdays.target == "1 business day"


def test_without_a_goal_there_is_nothing_to_explain(desk, bruno, read):
    RequestType.objects.update(runs_clocks=False)
    ticket = take_in(by_portal(bruno)).ticket

    assert why(ticket, at=TUESDAY_10) == []
    assert "No goal applies to this ticket." in read(bruno, ticket)


def test_a_history_that_cannot_be_read_is_left_out(ticket, bruno, read):
    ClockSet.objects.update(terms={})

    assert "No goal applies to this ticket." in read(bruno, ticket)


# --- the page -------------------------------------------------------------------------------------


def test_the_ticket_leads_there_and_back(ticket, clock, as_person, bruno):
    page = as_person(bruno).get(f"/tickets/{ticket.pk}/?lang=en").content.decode()
    explained = as_person(bruno).get(f"/tickets/{ticket.pk}/why/?lang=en").content.decode()

    assert f'<a href="/tickets/{ticket.pk}/why/">Why this time?</a>' in page
    assert f'<a href="/tickets/{ticket.pk}/">' in explained


@pytest.mark.parametrize("language", CLOSED)
def test_the_holiday_has_its_name_in_each_language(at_easter, bruno, read, language):
    page = read(bruno, at_easter, language, THURSDAY_BEFORE_EASTER)

    assert CLOSED[language] in page.replace("\u00a0", " ")
    assert "counted" not in page or language == "en"


def test_both_zones_are_told(at_easter, ana, read):
    ana.zone = "America/Sao_Paulo"
    ana.save()

    page = read(ana, at_easter, at=THURSDAY_BEFORE_EASTER)

    assert (
        "Received Thu 2 Apr 2026, 10:00 Lisbon time (WET/WEST) Thu 2 Apr 2026, 06:00 Sao Paulo time" in page
    )
    assert "Goal Mon 6 Apr 2026, 21:00 Lisbon time (WET/WEST) Mon 6 Apr 2026, 17:00 Sao Paulo time" in page


def test_a_goal_is_no_guarantee_and_a_binding_one_names_the_agreement(ticket, contract, bruno, read):
    assert "A goal, not a guarantee." in read(bruno, ticket)

    rewrite(agreed(contract), is_binding=True, agreement_reference="MSA 7")
    ClockSet.objects.update(is_binding=True)
    binding = read(bruno, ticket)

    assert "Binding under your agreement MSA 7." in binding
    assert "not a guarantee" not in binding


def test_nobodys_name_and_no_reason_is_told(ticket, rui, bruno, read):
    handling.set_priority(
        ticket, priority="low", reason="desk-only-reason", by=rui, at=TUESDAY_10 + timedelta(minutes=5)
    )
    page = read(bruno, ticket)

    assert "2 business days" in page
    for word in ("desk-only", "Rui", "account:", "Support policy v1", "zone data"):
        assert word not in page

"""What the console lets agents and leads do to clocks, and how its pages say it."""

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk import clockwork, handling
from helpdesk.models import Ticket
from sla import alarms
from sla.models import Clock, ClockEvent, Excuse
from tests.cast import TUESDAY_10, agree, agreed, by_portal, rewrite, take_in
from tests.helpdesk.admin.conftest import statements
from tests.helpdesk.admin.test_page import page, text_of, told, tree, verb

pytestmark = pytest.mark.django_db

FRIDAY = timedelta(days=3)


def resolution(ticket: Ticket) -> Clock:
    return Clock.objects.get(clock_set=ticket.clock_set_id, metric="resolution")


def card(answer) -> str:
    """What the clocks' card says of the resolution."""
    return text_of(tree(answer).xpath("//section[@id='pz-clocks']/div[contains(@class,'pz-clock')]")[-1])


def forms(answer) -> set[str]:
    """The verbs that the page offers, by the last part of their address."""
    return {form.get("action", "").split("/")[-2] for form in tree(answer).forms if form.method == "POST"}


@pytest.fixture
def missed(ticket, clock) -> Ticket:
    """On Friday."""
    at = clock.on(days=3)
    while alarms.ring_due(at=at):
        pass
    ticket.refresh_from_db()
    return ticket


# --- due times by hand ------------------------------------------------------------------------------


def due(ticket, **changes):
    given = {"clock": resolution(ticket).pk, "due_at": "2026-03-13T15:30", "reason": "They asked."}
    return {**given, "version": ticket.version, "then": "set", **changes}


def test_a_due_time_is_set_by_hand_in_the_desks_time_and_flagged(ticket, as_rui):
    answer = as_rui.post(verb(ticket, "due"), due(ticket))

    assert (answer["Location"], told(answer)) == (page(ticket), ["Due Fri 13 Mar 15:30, set by hand."])
    assert resolution(ticket).due_at == datetime(2026, 3, 13, 15, 30, tzinfo=UTC)
    assert "Resolution set by hand" in card(as_rui.get(page(ticket)))


def test_and_taken_back(ticket, as_rui):
    before = resolution(ticket).due_at
    as_rui.post(verb(ticket, "due"), due(ticket))
    ticket.refresh_from_db()

    as_rui.post(verb(ticket, "due"), due(ticket, then="derive", due_at=""))

    assert resolution(ticket).due_at == before
    assert card(as_rui.get(page(ticket))).startswith("Resolution 24 business hours")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"due_at": ""}, "Please give a date and a time that there are on the desk's clock."),
        ({"due_at": "2026-03-29T01:30"}, "Please give a date and a time that there are on the desk's clock."),
        ({"due_at": "2026-03-13T15:30+01:00"}, "Please give a date and a time that there are"),
        ({"due_at": "0001-01-01T00:00"}, "A due time is set ahead, not back"),
        ({"reason": " "}, "Please give the reason."),
        ({"clock": "999999"}, "This ticket has no such clock."),
        ({"clock": "x"}, "This ticket has no such clock."),
        ({"version": "0"}, "Somebody else changed this ticket meanwhile."),
    ],
)
def test_what_cannot_be_set_is_said_and_changes_nothing(ticket, as_rui, changes, sentence):
    before = resolution(ticket).due_at

    (said,) = told(as_rui.post(verb(ticket, "due"), due(ticket, **changes)))

    assert said.startswith(sentence)
    assert (resolution(ticket).due_at, resolution(ticket).is_manual) == (before, False)


# --- excuses ----------------------------------------------------------------------------------------


def propose(browser, ticket, **changes):
    given = {"clock": resolution(ticket).pk, "cause": "third_party", "text": "The vendor is closed."}
    answer = browser.post(verb(ticket, "excuse"), {**given, "version": ticket.version, **changes})
    ticket.refresh_from_db()
    return answer


def decide(browser, ticket, then="approve", text="So it was."):
    fields = {"excuse": Excuse.objects.get().pk, "then": then, "text": text, "version": ticket.version}
    return browser.post(verb(ticket, "excuse_decide"), fields)


def test_an_agent_tags_a_caveat_and_a_lead_excuses_the_miss(missed, as_rui, as_marta):
    told_rui = told(propose(as_rui, missed))
    shown = card(as_rui.get(page(missed)))
    told_marta = told(decide(as_marta, missed))

    assert told_rui == ["Proposed, marked as after the fact. A lead decides."]
    assert "Excuse proposed waiting for a third party after the fact The vendor is closed. Rui Costa" in shown
    assert told_marta == ["Excused: counted apart from what was met and what was missed."]
    assert resolution(missed).excuse == "third_party"
    after = card(as_rui.get(page(missed)))
    assert "Missed, excused waiting for a third party" in after
    assert "decided by Marta Reis" in after


def test_before_the_miss_it_is_kept(ticket, as_rui, as_marta):
    assert told(propose(as_rui, ticket)) == ["Proposed. A lead decides once it is missed."]
    assert "has not been missed" in told(decide(as_marta, ticket))[0]
    assert Excuse.objects.get().state == "proposed"


def test_a_refusal_needs_a_word(missed, as_rui, as_marta):
    propose(as_rui, missed)
    said = [told(decide(as_marta, missed, "refuse", text))[-1] for text in ("", "No.")]
    assert said == ["Please give the reason.", "Refused: it counts as missed."]
    assert "Excuse refused" in card(as_rui.get(page(missed)))


def test_only_leads_are_offered_to_decide_and_may(missed, as_rui, as_marta):
    propose(as_rui, missed)

    assert "excuse_decide" not in forms(as_rui.get(page(missed)))
    assert "excuse_decide" in forms(as_marta.get(page(missed)))
    assert decide(as_rui, missed).status_code == 403
    assert Excuse.objects.get().state == "proposed"


def test_what_is_spoken_of_or_binds_is_not_offered_again(missed, bruno, as_rui):
    def offered(one) -> int:
        answer = tree(as_rui.get(page(one)))
        return len(answer.xpath(f"//form[@action='{verb(one, 'excuse')}']"))

    assert offered(missed) == 2
    propose(as_rui, missed)
    rewrite(agreed(bruno.organisation.contracts.get()), is_binding=True, agreement_reference="A-7")
    binding = take_in(by_portal(bruno), TUESDAY_10 + FRIDAY).ticket

    assert (offered(missed), offered(binding)) == (1, 0)


# --- events -----------------------------------------------------------------------------------------


@pytest.fixture
def paused(ticket, rui, clock) -> Ticket:
    """Waiting for the customer by mistake, from noon on."""
    handling.reply(ticket, text="Try this.", by=rui, at=clock.on(hours=2), then="waiting_customer")
    clock.on(hours=1)
    return ticket


def events(answer) -> list[str]:
    found = tree(answer).xpath("//ol[@class='pz-events']/li")
    for one in found:
        for tool in one.xpath(".//details"):
            tool.drop_tree()
    return [text_of(one) for one in found]


def correct(browser, ticket, **changes):
    wrong = ClockEvent.objects.get(kind="pause")
    given = {"event": wrong.pk, "how": "never", "reason": "A slip.", "version": ticket.version}
    return browser.post(verb(ticket, "correct"), {**given, **changes})


def test_the_events_are_told_in_order(paused, as_rui):
    assert events(as_rui.get(verb(paused, "clocks"))) == [
        "2026-03-10 10:00:00 received medium Prazo",
        "2026-03-10 12:00:00 answered Rui Costa",
        "2026-03-10 12:00:00 paused Rui Costa",
    ]


def test_a_lead_corrects_one_and_it_stays_struck_through(paused, as_marta):
    assert told(correct(as_marta, paused)) == ["Corrected. The event stays on record, with why."]

    answer = as_marta.get(verb(paused, "clocks"))
    assert events(answer)[2:] == [
        "2026-03-10 12:00:00 paused Rui Costa never happened Marta Reis, 2026-03-10 13:00:00 A slip.",
        "2026-03-10 13:00:00 corrected Marta Reis A slip.",
    ]
    assert [text_of(one) for one in tree(answer).xpath("//li/p/s")] == ["2026-03-10 12:00:00 paused"]
    assert resolution(paused).state == "running"


def test_or_says_when_it_really_happened(paused, as_marta):
    correct(as_marta, paused, how="at", happened_at="2026-03-10T12:30:15")

    assert "happened 2026-03-10 12:30:15" in events(as_marta.get(verb(paused, "clocks")))[2]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": ""}, "Please give the reason."),
        ({"how": "at", "happened_at": "x"}, "Please give a date and a time"),
        ({"how": "at", "happened_at": "2026-03-10T09:59:59"}, "It cannot have happened before"),
        ({"how": "at", "happened_at": "2026-03-10T13:00:01"}, "It cannot have happened before"),
        ({"event": "0"}, "This ticket's clocks have no such event"),
        ({"version": "0"}, "Somebody else changed this ticket meanwhile."),
    ],
)
def test_what_cannot_be_corrected_is_said(paused, as_marta, changes, sentence):
    (said,) = told(correct(as_marta, paused, **changes))

    assert said.startswith(sentence)
    assert not ClockEvent.objects.filter(kind="correct").exists()


def test_agents_read_and_correct_nothing(paused, as_rui):
    assert forms(as_rui.get(verb(paused, "clocks"))) & {"correct", "retarget"} == set()
    assert correct(as_rui, paused).status_code == 403


# --- other terms ------------------------------------------------------------------------------------


@pytest.fixture
def upgraded(ticket, contract, priorities) -> Ticket:
    """The contract promises a resolution in an hour by now."""
    agree(contract, "resolution", priorities["medium"], unit="business_hours", amount=1)
    return ticket


def test_what_would_change_is_shown_before_it_is_applied(upgraded, as_marta, clock):
    clock.on(hours=2)
    answer = as_marta.get(verb(upgraded, "clocks"))
    (row,) = [text_of(one) for one in tree(answer).xpath("//table//tbody/tr")]

    assert row == "Resolution 24 business hours, Thu 12 Mar 10:00 1 business hour, today 11:00 missed at once"

    fields = {"reason": "They upgraded.", "version": upgraded.version}
    as_marta.post(verb(upgraded, "retarget"), fields)
    assert (resolution(upgraded).due_at, resolution(upgraded).breached_at) == (
        TUESDAY_10 + timedelta(hours=1),
        TUESDAY_10 + timedelta(hours=2),
    )
    assert "would change nothing" in as_marta.get(verb(upgraded, "clocks")).content.decode()


def test_agents_see_it_and_do_not_apply_it(upgraded, as_rui):
    assert "missed at once" not in as_rui.get(verb(upgraded, "clocks")).content.decode()
    assert as_rui.post(verb(upgraded, "retarget"), {"reason": "So."}).status_code == 403


# --- pages ------------------------------------------------------------------------------------------


def test_looking_at_the_events_takes_few_statements_however_many_there_are(ticket, rui, as_marta):
    few = statements(as_marta, verb(ticket, "clocks"))
    for minute in range(20):
        at = TUESDAY_10 + timedelta(minutes=minute)
        handling.reply(ticket, text="More.", by=rui, at=at)

    assert statements(as_marta, verb(ticket, "clocks")) == few


def test_the_history_tells_it(missed, as_rui, rui):
    clockwork.set_due(
        missed,
        clock=resolution(missed).pk,
        due_at=TUESDAY_10 + 2 * FRIDAY,
        reason="They asked.",
        by=rui,
        at=TUESDAY_10 + FRIDAY,
    )
    propose(as_rui, missed)

    told_there = as_rui.get(f"/admin/helpdesk/ticket/{missed.pk}/history/").content.decode()
    assert "set a due time by hand: resolution" in told_there
    assert "proposed an excuse: resolution, third_party" in told_there

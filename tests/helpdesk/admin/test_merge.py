"""Merging in the console: what will happen is shown first; what was merged is read where it goes on."""

from datetime import timedelta

import pytest

from helpdesk import handling, merging
from helpdesk.models import Ticket
from tests.cast import TUESDAY_10, by_portal, take_in
from tests.helpdesk.admin.test_page import page, said, text_of, told, tree, verb

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(ticket, bruno, clock) -> Ticket:
    """Bruno again, an hour later."""
    again = by_portal(bruno, subject="Printer again", text="Still nothing.")
    return take_in(again, clock.on(hours=1)).ticket


def effects(answer) -> list[str]:
    return [text_of(one) for one in tree(answer).xpath("//ul[@class='pz-effects']/li")]


def refused(answer) -> str:
    return text_of(tree(answer).xpath("//p[@role='alert']")[0])


def test_the_page_of_a_ticket_leads_there_and_it_suggests_the_customers_others(ticket, second, as_rui):
    assert verb(second, "merge") in tree(as_rui.get(page(second))).xpath("//a/@href")

    links = tree(as_rui.get(verb(second, "merge"))).xpath("//ul[@class='pz-list']//a/@href")
    assert links == [f"?into={ticket.pk}"]


@pytest.mark.parametrize("sign", ["", "#", " #"])
def test_what_will_happen_is_shown_and_nothing_happens(ticket, second, as_rui, sign):
    answer = as_rui.get(verb(second, "merge"), {"into": f"{sign}{ticket.pk}"})

    assert effects(answer) == [
        f"The clocks of #{second.pk} end; nothing more is due on it.",
        "The same person asked: their answer is owed since the earlier of both.",
        "The younger one's unit goes back to the quota.",
        (
            f"The messages of #{second.pk} stay with it and are shown with the one that goes on; "
            "what customers write to it goes there."
        ),
        "This cannot be undone.",
    ]
    assert not Ticket.objects.filter(status="merged").exists()


def test_colleagues_who_will_read_it_are_named(ticket, ana, as_rui):
    anas = take_in(by_portal(ana)).ticket

    answer = as_rui.get(verb(anas, "merge"), {"into": ticket.pk})

    assert "Takes part from now on and reads what is said there: Ana Azevedo" in effects(answer)


def test_then_it_is_merged(ticket, second, as_rui):
    answer = as_rui.post(verb(second, "merge"), {"into": ticket.pk, "version": second.version})

    assert (answer["Location"], told(answer)) == (page(ticket), [f"#{second.pk} goes on here."])
    second.refresh_from_db()
    assert (second.status, second.merged_into) == ("merged", ticket)


def test_both_pages_say_so(ticket, second, rui, as_rui):
    handling.add_note(second, text="The same again.", by=rui, at=TUESDAY_10 + timedelta(hours=1))
    merging.merge(second, into=ticket, by=rui, at=TUESDAY_10 + timedelta(hours=2))

    merged, going_on = as_rui.get(page(second)), as_rui.get(page(ticket))

    assert f"goes on in #{ticket.pk}" in text_of(tree(merged).xpath("//p[@id='pz-state']")[0])
    assert verb(second, "merge") not in tree(merged).xpath("//a/@href")
    block = text_of(tree(going_on).xpath("//details[contains(@class,'pz-absorbed')]")[0])
    assert block.startswith(f"Merged into this: #{second.pk} Printer again Bruno Braga · 2 messages")
    assert "Still nothing." in block
    assert "The same again." in block
    assert said(going_on)[0] == ("pz-said-customer", "Still nothing.")
    assert len(tree(going_on).xpath("//*[@id='latest']")) == 1


@pytest.mark.parametrize("typed", ["999999", "x", "-1", "9" * 30, "١"])
def test_a_number_that_is_no_ticket_is_refused(ticket, as_rui, typed):
    shown = as_rui.get(verb(ticket, "merge"), {"into": typed})
    done = as_rui.post(verb(ticket, "merge"), {"into": typed})

    assert refused(shown) == "There is no ticket of that number."
    assert told(done) == ["There is no ticket of that number."]


def test_another_customers_is_refused(ticket, chloe, as_rui):
    hers = take_in(by_portal(chloe)).ticket

    shown = as_rui.get(verb(ticket, "merge"), {"into": hers.pk})
    done = as_rui.post(verb(ticket, "merge"), {"into": hers.pk})

    sentence = "Only tickets of the same organisation or the same person can be merged."
    assert (refused(shown), told(done)) == (sentence, [sentence])


def test_whoever_looked_at_an_older_version_is_told(ticket, second, as_rui):
    answer = as_rui.post(verb(second, "merge"), {"into": ticket.pk, "version": "0"})

    assert told(answer) == ["Somebody else changed this ticket meanwhile. Please look again."]

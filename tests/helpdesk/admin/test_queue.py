"""The agents' queue."""

import re
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from helpdesk import handling
from helpdesk.models import Ticket
from tests.cast import TUESDAY_10, by_mail, by_portal, by_whatsapp, rewrite, take_in
from tests.helpdesk.admin.conftest import statements

pytestmark = pytest.mark.django_db

QUEUE = "/admin/helpdesk/ticket/"


def rows(answer) -> list:
    return html.fromstring(answer.content.decode()).xpath("//form[@id='pz-queue']//tbody/tr")


def numbers(answer) -> list[int]:
    links = [row.xpath(".//a[@class='pz-subject']/@href")[0] for row in rows(answer)]
    return [int(re.search(r"/(\d+)/", link)[1]) for link in links]


def words(row) -> str:
    return " ".join(row.text_content().split())


def told(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


# --- order ------------------------------------------------------------------------------------------


def test_the_earliest_due_time_comes_first_and_what_has_no_clock_last(desk, bruno, chloe, as_rui):
    nobody = take_in(by_mail("stranger@nowhere.example")).ticket
    later = take_in(by_portal(chloe), TUESDAY_10).ticket
    sooner = take_in(by_portal(bruno), TUESDAY_10 - timedelta(days=4)).ticket

    assert numbers(as_rui.get(QUEUE)) == [sooner.pk, later.pk, nobody.pk]


def test_the_end_of_a_whatsapp_window_counts_like_a_due_time_until_somebody_answers(ticket, rui, as_rui):
    chat = take_in(by_whatsapp("+351912345678", "Help"), TUESDAY_10 - timedelta(hours=20)).ticket
    before = numbers(as_rui.get(QUEUE))
    shown = words(rows(as_rui.get(QUEUE))[0])

    handling.reply(chat, text="Coming", by=rui, at=TUESDAY_10)

    assert (before, numbers(as_rui.get(QUEUE))) == ([chat.pk, ticket.pk], [ticket.pk, chat.pk])
    assert "WhatsApp window 4 h" in shown


def test_a_row_says_who_asks_what_is_due_and_how_it_stands(ticket, rui, as_rui):
    handling.assign(ticket, to=rui, by=rui, at=TUESDAY_10)

    row = words(rows(as_rui.get(QUEUE))[0])

    assert row == (
        f"#{ticket.pk} Printer Bruno Braga · Azenha Hotels · portal, under a minute ago "
        "1 d 11 h first response tomorrow 21:00 · 23 h open time Medium new RC Rui Costa"
    )


def test_a_late_row_says_how_late(ticket, as_rui, clock):
    clock.on(days=2)

    row = rows(as_rui.get(QUEUE))[0]

    assert "13 h late first response yesterday 21:00 · 1 h open time" in words(row)
    assert row.get("class") == "pz-late"


def test_what_is_unusual_about_a_ticket_is_said(desk, as_rui):
    take_in(by_mail("stranger@nowhere.example"))

    assert "no clock new unverified sender nobody" in words(rows(as_rui.get(QUEUE))[0])


def test_a_covered_ticket_without_a_clock_is_an_alarm(desk, policy_version, bruno, as_rui):
    rewrite(policy_version, status="draft")
    take_in(by_portal(bruno))

    row = words(rows(as_rui.get(QUEUE))[0])

    assert "no clock Medium new no policy in force nobody" in row
    assert "No policy 1" in " ".join(html.fromstring(as_rui.get("/admin/").content).text_content().split())


# --- tabs, filters, search --------------------------------------------------------------------------


@pytest.fixture
def varied(desk, bruno, chloe, rui, ines) -> dict[str, Ticket]:
    """One ticket for each tab."""
    at = TUESDAY_10
    found = {
        "mine": take_in(by_portal(bruno, subject="Mine"), at).ticket,
        "nobodys": take_in(by_portal(chloe, subject="Nobody's"), at).ticket,
        "late": take_in(by_portal(chloe, subject="Late"), at - timedelta(days=7)).ticket,
        "waiting": take_in(by_portal(bruno, subject="Waiting"), at).ticket,
        "over": take_in(by_portal(bruno, subject="Over"), at).ticket,
        "solved": take_in(by_portal(bruno, subject="Solved"), at).ticket,
        "spam": take_in(by_mail("stranger@nowhere.example", subject="Spam"), at).ticket,
    }
    handling.assign(found["mine"], to=rui, by=rui, at=at)
    handling.assign(found["over"], to=ines, by=ines, at=at)
    handling.reply(found["waiting"], text="When?", by=ines, at=at, then="waiting_customer")
    handling.reply(found["solved"], text="Done", by=ines, at=at, then="solved")
    handling.mark_spam(found["spam"], by=ines, at=at)
    Ticket.objects.filter(pk=found["over"].pk).update(entitlement="flagged")
    return found


@pytest.mark.parametrize(
    ("tab", "expected"),
    [
        ("", {"mine", "nobodys", "late", "waiting", "over"}),
        ("mine", {"mine"}),
        ("unassigned", {"nobodys", "late"}),
        ("open", {"mine", "nobodys", "late", "waiting", "over"}),
        ("breaching", {"late"}),
        ("waiting", {"waiting"}),
        ("over_quota", {"over"}),
        ("solved", {"solved"}),
        ("everything", {"mine", "nobodys", "late", "waiting", "over", "solved", "spam"}),
    ],
)
def test_each_tab_shows_its_tickets(varied, as_rui, tab, expected):
    found = numbers(as_rui.get(QUEUE, {"tab": tab} if tab else {}))

    assert set(found) == {varied[name].pk for name in expected}


def test_the_tabs_say_how_many_they_have(varied, as_rui):
    tabs = html.fromstring(as_rui.get(QUEUE).content.decode()).xpath("//nav[@id='pz-tabs']/a")

    assert [" ".join(tab.text_content().split()) for tab in tabs] == [
        "Mine 1",
        "Unassigned 2",
        "All open 5",
        "Breaching 1",
        "Waiting 1",
        "Over quota 1",
        "Appeals",
        "Solved",
        "Everything",
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"assignee": "nobody"}, {"nobodys", "late"}),
        ({"entitlement": "flagged"}, {"over"}),
        ({"organisation": "Clinique Bellecour"}, {"nobodys", "late"}),
        ({"organisation": "No such customer"}, set()),
        ({"status": "spam"}, {"spam"}),
        ({"channel": "email", "tab": "everything"}, {"spam"}),
        ({"priority": "urgent"}, set()),
        ({"q": "nobody's"}, {"nobodys"}),
        ({"q": "chloé"}, {"nobodys", "late"}),
        ({"q": "bellecour late"}, {"late"}),
        ({"q": "stranger@nowhere"}, {"spam"}),
        ({"q": "bruno solved"}, {"solved"}),
        ({"q": "nothing like that"}, set()),
    ],
)
def test_the_queue_can_be_narrowed(varied, as_rui, query, expected):
    assert set(numbers(as_rui.get(QUEUE, query))) == {varied[name].pk for name in expected}


def test_a_number_finds_its_ticket_whatever_its_state(varied, as_rui):
    assert numbers(as_rui.get(QUEUE, {"q": f"#{varied['spam'].pk}"})) == [varied["spam"].pk]


@pytest.mark.parametrize(
    "query",
    [
        {"status": "sleeping"},
        {"assignee": "abc"},
        {"assignee": "9" * 40},
        {"priority": "' OR 1=1"},
        {"p": "x"},
        {"unheard": "of"},
        {"tab": "nowhere"},
        {"q": "\x00"},
        {"q": "#" + "9" * 30},
        {"organisation": "\x00"},
        {"p": "99999999"},
    ],
)
def test_a_hostile_address_is_answered_without_an_error(ticket, as_rui, query):
    answer = as_rui.get(QUEUE, query, follow=True)

    assert answer.status_code == 200


# --- several at once --------------------------------------------------------------------------------


def test_several_are_assigned_at_once(tickets, rui, as_rui):
    chosen = tickets(2)

    answer = as_rui.post(
        QUEUE, {"action": "assign", "index": "0", "to": rui.pk, "_selected_action": [t.pk for t in chosen]}
    )

    assert told(answer) == ["2 tickets are now with Rui Costa."]
    assert {t.assignee_id for t in Ticket.objects.all()} == {rui.pk}


def test_an_agent_who_does_not_exist_is_refused(tickets, as_rui, bruno):
    chosen = tickets(1)[0]

    answer = as_rui.post(
        QUEUE,
        {"action": "assign", "index": "0", "to": bruno.account.pk, "_selected_action": [chosen.pk]},
    )

    assert told(answer) == ["There is no such agent."]
    assert Ticket.objects.get().assignee is None


def test_spam_is_confirmed_first_and_what_is_refused_stops_no_other(tickets, rui, as_rui):
    one, solved = tickets(2)
    handling.reply(solved, text="Done", by=rui, at=TUESDAY_10, then="solved")
    Ticket.objects.filter(pk=solved.pk).update(status="closed", closed_at=TUESDAY_10)
    fields = {"action": "mark_as_spam", "index": "0", "_selected_action": [one.pk, solved.pk]}

    asked = as_rui.post(f"{QUEUE}?tab=everything", fields)
    before = sorted(Ticket.objects.values_list("status", flat=True))
    done = as_rui.post(f"{QUEUE}?tab=everything", {**fields, "confirmed": "yes"})

    assert "This cannot be undone" in asked.content.decode()
    assert before == ["closed", "new"]
    assert told(done) == [
        f"#{solved.pk}: A ticket in this state cannot be changed in this way.",
        "1 ticket is spam.",
    ]
    assert sorted(Ticket.objects.values_list("status", flat=True)) == ["closed", "spam"]


# --- cost -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "?tab=mine", "?tab=everything", "?q=printer", "?q=bruno+the+printer"])
def test_a_page_of_thirty_costs_as_much_as_a_page_of_one(tickets, as_rui, query):
    tickets(1)
    for_one = statements(as_rui, QUEUE + query)
    tickets(29)
    for_thirty = statements(as_rui, QUEUE + query)

    assert for_thirty == for_one <= 12


def test_nothing_is_counted_without_a_bound(tickets, as_rui):
    tickets(1)
    with CaptureQueriesContext(connection) as asked:
        as_rui.get(QUEUE)

    counts = [one["sql"] for one in asked if "COUNT(" in one["sql"]]
    assert counts
    assert all(sql.count("LIMIT 100") == sql.count("COUNT(") for sql in counts)


def test_a_page_leads_to_the_next(tickets, as_rui, settings):
    made = tickets(51)

    first, second = as_rui.get(QUEUE), as_rui.get(QUEUE, {"p": 2})

    assert (len(numbers(first)), numbers(second)) == (50, [made[-1].pk])
    assert b'rel="next"' in first.content
    assert b'rel="prev"' in second.content
    assert b'rel="next"' not in second.content

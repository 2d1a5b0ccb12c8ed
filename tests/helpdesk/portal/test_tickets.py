"""What customers see of their tickets, and what they never see."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import reverse

from contracts.models import Person
from helpdesk import handling
from helpdesk.models import Message, Ticket, Watcher
from helpdesk.portal.signed_in import person_of
from sla.timekeeping import now
from tests.cast import agreed, by_portal, rewrite, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(desk, bruno) -> Ticket:
    """Bruno's, opened half an hour ago."""
    return open_by(bruno, "The till prints nothing")


def open_by(person, subject, *, ago=timedelta(minutes=30)) -> Ticket:
    return take_in(by_portal(person, subject=subject), at=now() - ago).ticket


def subjects(page) -> list[str]:
    return [line.ticket.subject for line in page.context["lines"]]


# --- the list -----------------------------------------------------------------------------------


def test_each_sees_their_own_and_a_manager_the_organisation(desk, as_person, ana, bruno, chloe):
    open_by(bruno, "From Bruno")
    open_by(ana, "From Ana")
    open_by(chloe, "From Chloé")

    assert subjects(as_person(bruno).get("/tickets/?whose=organisation")) == ["From Bruno"]
    assert subjects(as_person(ana).get("/tickets/")) == ["From Ana"]
    assert set(subjects(as_person(ana).get("/tickets/?whose=organisation"))) == {"From Ana", "From Bruno"}
    assert subjects(as_person(chloe).get("/tickets/?whose=organisation&show=all")) == ["From Chloé"]


def test_a_watcher_sees_the_ticket_among_their_own(ticket, as_person, chloe):
    Watcher.objects.create(ticket=ticket, person=chloe)

    assert subjects(as_person(chloe).get("/tickets/")) == ["The till prints nothing"]


def test_the_list_says_state_and_due_time(ticket, as_person, bruno):
    page = as_person(bruno).get("/tickets/?lang=en")

    line = page.context["lines"][0]
    assert line.due.at == ticket.clock_set.clocks.order_by("due_at").first().due_at
    assert "of support time" in line.due.text
    assert line.due.text[1:] in page.content.decode()  # it begins a line, with a capital


def test_filters_separate_open_waiting_and_solved(desk, as_person, bruno, rui):
    waiting = open_by(bruno, "Waiting")
    handling.reply(waiting, text="Which one?", then="waiting_customer", by=rui, at=now())
    open_by(bruno, "Open")
    solved = open_by(bruno, "Solved")
    handling.reply(solved, text="Done.", then="solved", by=rui, at=now())
    browser = as_person(bruno)

    seen = {
        show: subjects(browser.get(f"/tickets/?show={show}")) for show in ("open", "waiting", "solved", "all")
    }
    assert {show: set(names) for show, names in seen.items()} == {
        "open": {"Waiting", "Open"},
        "waiting": {"Waiting"},
        "solved": {"Solved"},
        "all": {"Waiting", "Open", "Solved"},
    }


def test_search_reads_subjects_numbers_and_what_the_customer_may_read(ticket, as_person, bruno, rui):
    other = open_by(bruno, "Something else")
    handling.add_note(other, text="secret word: canary", by=rui, at=now())
    handling.reply(other, text="almost said: sparrow", by=rui, at=now())
    browser = as_person(bruno)

    found = {
        words: subjects(browser.get("/tickets/", {"q": words}))
        for words in ("TILL", f"#{other.pk}", "canary", "sparrow", "100%", "' OR 1=1")
    }
    assert found == {
        "TILL": ["The till prints nothing"],
        f"#{other.pk}": ["Something else"],
        "canary": [],
        "sparrow": [],
        "100%": [],
        "' OR 1=1": [],
    }


@pytest.mark.parametrize(
    "query", ["page=0", "page=99", "page=x", "show=zzz", "whose=zzz", "q=" + "9" * 400, "q=%00%FF", "lang=xx"]
)
def test_a_strange_address_still_gives_a_list(ticket, as_person, bruno, query):
    assert as_person(bruno).get(f"/tickets/?{query}").status_code == 200


def test_the_list_comes_in_pages(desk, as_person, bruno):
    for number in range(21):
        open_by(bruno, f"Ticket {number}")
    browser = as_person(bruno)

    assert [len(subjects(browser.get(f"/tickets/?page={page}"))) for page in (1, 2)] == [20, 1]


def test_the_list_costs_the_same_for_one_and_for_twenty(desk, as_person, bruno):
    browser = as_person(bruno)
    open_by(bruno, "The first")
    browser.get("/tickets/")
    one = count_of(browser, "/tickets/")
    for number in range(19):
        open_by(bruno, f"Ticket {number}")

    assert (one, count_of(browser, "/tickets/")) == (7, 7)


def count_of(browser, path) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        assert browser.get(path).status_code == 200
    return sum("statement_timestamp" not in query["sql"] for query in queries)  # PostgreSQL tells the time


def test_htmx_gets_the_list_alone(ticket, as_person, bruno):
    answer = as_person(bruno).get("/tickets/?q=till", headers={"HX-Target": "tickets"})

    assert "<html" not in answer.content.decode()
    assert "HX-Target" in answer.headers["Vary"]


# --- one ticket ---------------------------------------------------------------------------------


def test_another_organisations_ticket_looks_like_none(ticket, as_person, chloe):
    browser = as_person(chloe)

    def answers(number):
        given = [browser.post(f"/tickets/{number}/{verb}/", {"text": "x"}) for verb in ("reply", "solve")]
        given += [browser.get(f"/tickets/{number}/"), browser.get(f"/tickets/{number}/conversation/")]
        return [(answer.status_code, _without_tokens(answer.content.decode(), number)) for answer in given]

    assert [status for status, _page in answers(ticket.pk)] == [404] * 4
    assert answers(ticket.pk) == answers(999_999) == answers(10**30)
    assert ticket.messages.count() == 1


def _without_tokens(page: str, number: int) -> str:
    """What differs in any two answers: the token of a form, and the address asked for."""
    return re.sub(r'value="\w{64}"', "", page).replace(f"/tickets/{number}/", "/tickets/…/")


def test_a_colleague_who_is_no_manager_does_not_see_it(ticket, as_person, azenha):
    from tests.cast import person

    eva = person("Eva Esteves", "eva@azenha.example", azenha)

    assert as_person(eva).get(f"/tickets/{ticket.pk}/").status_code == 404


def test_the_manager_sees_a_colleagues_ticket(ticket, as_person, ana):
    assert as_person(ana).get(f"/tickets/{ticket.pk}/").status_code == 200


def test_notes_taken_back_and_unsent_answers_are_never_shown(ticket, as_person, bruno, rui):
    earlier = now() - timedelta(minutes=5)
    handling.add_note(ticket, text="canary-note", by=rui, at=earlier)
    taken_back = handling.reply(ticket, text="canary-taken-back", by=rui, at=earlier)
    handling.take_back(taken_back, by=rui, at=earlier + timedelta(seconds=5))
    handling.reply(ticket, text="canary-on-its-way", by=rui, at=now())
    handling.reply(ticket, text="This has left.", by=rui, at=earlier)
    browser = as_person(bruno)

    for path in (
        f"/tickets/{ticket.pk}/",
        f"/tickets/{ticket.pk}/conversation/",
        "/tickets/?show=all&q=canary",
    ):
        page = browser.get(path).content.decode()
        assert "canary-" not in page, path
    assert "This has left." in browser.get(f"/tickets/{ticket.pk}/").content.decode()


def test_an_agents_address_is_never_shown(ticket, as_person, bruno, rui):
    rui.name = ""
    rui.save(update_fields=["name"])
    handling.reply(ticket, text="Hello.", by=rui, at=now() - timedelta(minutes=1))
    page = as_person(bruno).get(f"/tickets/{ticket.pk}/?lang=en")

    assert rui.email not in page.content.decode()
    assert [said.who for said in page.context["thread"] if said.message.kind == "agent"] == ["Support"]


def test_the_due_time_is_shown_in_support_time_and_in_the_readers_own(ticket, as_person, bruno):
    Person.objects.filter(pk=bruno.pk).update(zone="America/Sao_Paulo", language="en")
    page = as_person(bruno).get(f"/tickets/{ticket.pk}/").content.decode()

    assert "Lisbon time (WET/WEST)" in page
    assert "For you" in page
    assert "A goal, not a guarantee." in page


@pytest.mark.parametrize("zone", ["", "Nowhere/Atall", "../../etc/passwd"])
def test_without_a_real_zone_only_supports_time_is_shown(ticket, as_person, bruno, zone):
    Person.objects.filter(pk=bruno.pk).update(zone=zone, language="en")
    page = as_person(bruno).get(f"/tickets/{ticket.pk}/").content.decode()

    assert ("Lisbon time (WET/WEST)" in page, "For you" in page) == (True, False)


def test_a_binding_contract_is_named_instead_of_the_disclaimer(desk, as_person, contract, bruno):
    rewrite(agreed(contract), is_binding=True, agreement_reference="MSA 2025-17 § 4")
    Person.objects.filter(pk=bruno.pk).update(language="en")
    ticket = open_by(bruno, "Bound")
    page = as_person(bruno).get(f"/tickets/{ticket.pk}/").content.decode()

    assert "Binding under your agreement MSA 2025-17 § 4." in page
    assert "not a guarantee. It is counted" not in page


def test_text_is_escaped_and_only_real_links_become_links(ticket, as_person, bruno):
    words = "<script>alert(1)</script> see https://example.org/a?b=1&c=2 or javascript:alert(1)"
    Message.objects.filter(ticket=ticket).update(text=words)
    page = as_person(bruno).get(f"/tickets/{ticket.pk}/").content.decode()

    assert "<script>alert" not in page
    assert '<a href="https://example.org/a?b=1&amp;c=2" rel="nofollow">' in page
    assert 'href="javascript' not in page


def test_the_ticket_page_costs_the_same_for_one_message_and_for_many(ticket, as_person, bruno, rui):
    browser = as_person(bruno)
    path = f"/tickets/{ticket.pk}/"
    browser.get(path)
    one = count_of(browser, path)
    for number in range(15):
        handling.reply(ticket, text=f"Part {number}", by=rui, at=now() - timedelta(minutes=20 - number))

    assert count_of(browser, path) == one
    assert one <= 10


def test_an_open_page_is_told_only_of_what_is_new(ticket, as_person, bruno, rui):
    browser = as_person(bruno)
    path = reverse("portal:conversation", args=[ticket.pk])
    last = ticket.messages.latest("id").pk

    assert browser.get(path, {"seen": last}).status_code == 204
    handling.reply(ticket, text="Hello.", by=rui, at=now() - timedelta(minutes=1))
    answer = browser.get(path, {"seen": last})
    assert (answer.status_code, "Hello." in answer.content.decode()) == (200, True)
    assert browser.get(path, {"seen": "x"}).status_code == 200


def test_a_request_without_a_session_has_no_person(db):
    request = RequestFactory().get("/")
    assert person_of(request) is None
    request.user = AnonymousUser()
    assert person_of(request) is None


# --- solving ------------------------------------------------------------------------------------


def test_a_customer_marks_it_as_solved_and_a_link_cannot(ticket, as_person, bruno):
    browser = as_person(bruno)
    path = reverse("portal:solve", args=[ticket.pk])

    assert browser.get(path).status_code == 405
    assert browser.post(path).status_code == 302
    ticket.refresh_from_db()
    assert ticket.status == "solved"
    assert browser.post(path).status_code == 302


def test_looking_changes_no_row(ticket, as_person, bruno):
    before = snapshot()
    browser = as_person(bruno)
    for path in (
        "/",
        "/tickets/",
        f"/tickets/{ticket.pk}/",
        "/tickets/new/",
        "/profile/",
        "/support-policy/",
    ):
        browser.get(path)

    assert snapshot() == before


def snapshot():
    return (
        list(Ticket.objects.values_list()),
        list(Message.objects.values_list()),
        list(Person.objects.values_list()),
    )

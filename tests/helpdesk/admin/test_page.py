"""The page of one ticket."""

import re
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import html

from contracts.models import Charge
from helpdesk import handling
from helpdesk.incoming import IncomingFile
from helpdesk.models import Attachment, Message, OutboundMessage, Ticket, TicketEvent
from tests.cast import TUESDAY_10, agreed, by_mail, by_portal, offer, rewrite, take_in
from tests.helpdesk.admin.conftest import statements

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


def page(ticket: Ticket) -> str:
    return f"/admin/helpdesk/ticket/{ticket.pk}/change/"


def verb(ticket: Ticket, name: str) -> str:
    return f"/admin/helpdesk/ticket/{ticket.pk}/{name}/"


def tree(answer):
    return html.fromstring(answer.content.decode())


def told(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def text_of(element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def said(answer) -> list[tuple[str, str]]:
    """Each contribution as its class and its words."""
    articles = tree(answer).xpath("//ol[@class='pz-thread']/li")
    return [
        (one.get("class").split()[1], text_of(one.xpath(".//div[@class='pz-text']")[0])) for one in articles
    ]


# --- saying something -------------------------------------------------------------------------------


def test_an_answer_is_written_and_leaves_after_the_undo_time(ticket, rui, as_rui):
    answer = as_rui.post(verb(ticket, "reply"), {"text": "Turn it off.", "key": "a", "then": "solved"})

    message = Message.objects.get(kind="agent")
    outbound = OutboundMessage.objects.get(kind="reply")
    ticket.refresh_from_db()
    assert answer["Location"] == page(ticket) + "?said=a#latest"
    assert (message.text, message.account, ticket.status) == ("Turn it off.", rui, "solved")
    assert (outbound.message, outbound.send_after) == (message, TUESDAY_10 + timedelta(seconds=15))


def test_pressing_twice_says_it_once(ticket, as_rui, as_ines):
    for browser in (as_rui, as_rui, as_ines):
        browser.post(verb(ticket, "reply"), {"text": "Turn it off.", "key": "the-same"})

    assert Message.objects.filter(kind="agent").count() == 2, "Inês's key is her own"
    assert OutboundMessage.objects.filter(kind="reply").count() == 2


def test_each_page_names_its_forms_anew(ticket, as_rui):
    keys = [tree(as_rui.get(page(ticket))).xpath("//input[@name='key']/@value") for _ in range(2)]

    assert len({key for pair in keys for key in pair}) == 4


def test_a_note_cannot_be_taken_for_an_answer(ticket, as_rui):
    as_rui.post(verb(ticket, "note"), {"text": "He is always like that."})
    as_rui.post(verb(ticket, "reply"), {"text": "Turn it off."})

    answer = as_rui.get(page(ticket))
    note = tree(answer).xpath("//li[contains(@class,'pz-said-note')]")[0]

    assert said(answer) == [
        ("pz-said-customer", "It does not print."),
        ("pz-said-note", "He is always like that."),
        ("pz-said-agent", "Turn it off."),
    ]
    assert "internal note, never shown to the customer" in text_of(note)
    assert note.xpath("./article/@aria-label") == ["internal note: Rui Costa, today 10:00"]
    assert OutboundMessage.objects.filter(message__kind="note").count() == 0


def test_the_two_ways_to_write_are_two_forms_with_two_addresses(ticket, as_rui):
    forms = tree(as_rui.get(page(ticket))).xpath("//section[@id='composer']//form")

    assert [(form.get("action"), form.xpath("string(.//textarea/@id)")) for form in forms] == [
        (verb(ticket, "reply"), "pz-reply-text"),
        (verb(ticket, "note"), "pz-note-text"),
    ]


def test_files_go_along(ticket, as_rui):
    files = [SimpleUploadedFile("../../x.txt", b"words"), SimpleUploadedFile("b.png", PNG, "image/png")]

    as_rui.post(verb(ticket, "reply"), {"text": "See these.", "files": files})

    kept = Attachment.objects.filter(message__kind="agent").values_list("name", "size", "content_type")
    assert list(kept) == [("x.txt", 5, "text/plain"), ("b.png", 28, "image/png")]


@pytest.mark.parametrize("mode", ["reply", "note"])
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": " \n "}, "Please write a message."),
        ({"text": "Look", "files": [SimpleUploadedFile("empty.txt", b"")]}, "One of the files is empty."),
    ],
)
def test_what_was_written_is_kept_when_it_is_refused(ticket, as_rui, mode, fields, sentence):
    for file in fields.get("files", ()):
        file.seek(0)

    answer = as_rui.post(verb(ticket, mode), fields)

    kept = tree(answer).xpath(f"//textarea[@id='pz-{mode}-text']")[0].text
    assert (answer.status_code, told(answer)) == (409, [sentence])
    assert (kept or "").strip() == fields["text"].strip()
    assert tree(answer).xpath("//section[@id='composer']/@data-mode") == [mode]
    assert Message.objects.exclude(kind__in=("customer", "automatic")).count() == 0


def test_a_closed_ticket_takes_no_answer_and_the_words_are_kept(ticket, rui, as_rui):
    handling.reply(ticket, text="Done", by=rui, at=TUESDAY_10, then="solved")
    Ticket.objects.update(status="closed", closed_at=TUESDAY_10)

    answer = as_rui.post(verb(ticket, "reply"), {"text": "One more thing"})

    assert told(answer) == ["This ticket is closed. Please open a new one."]
    assert answer.status_code == 409


# --- taking it back ---------------------------------------------------------------------------------


def test_an_answer_is_taken_back_and_its_words_stand_in_the_form_again(ticket, as_rui, clock):
    as_rui.post(verb(ticket, "reply"), {"text": "Oops, not that."})
    message = Message.objects.get(kind="agent")
    clock.on(seconds=10)

    bar = tree(as_rui.get(page(ticket))).xpath("//form[@data-undo]")[0]
    answer = as_rui.post(verb(ticket, "take_back"), {"message": message.uid}, follow=True)

    assert (bar.get("data-undo"), bar.get("action")) == ("5", verb(ticket, "take_back"))
    assert "Taken back. Nothing was sent." in answer.content.decode()
    assert tree(answer).xpath("//textarea[@id='pz-reply-text']")[0].text.strip() == "Oops, not that."
    assert OutboundMessage.objects.get(kind="reply").state == "cancelled"


def test_after_the_undo_time_it_has_left(ticket, as_rui, clock):
    as_rui.post(verb(ticket, "reply"), {"text": "Turn it off."})
    clock.on(seconds=15)

    shown = tree(as_rui.get(page(ticket))).xpath("//form[@data-undo]")
    answer = as_rui.post(verb(ticket, "take_back"), {"message": Message.objects.get(kind="agent").uid})

    assert shown == []
    assert told(answer) == ["The message has already left."]


def test_a_colleagues_answer_shows_no_bar_and_its_words_stay_theirs(ticket, as_rui, as_ines):
    as_rui.post(verb(ticket, "reply"), {"text": "Turn it off."})
    message = Message.objects.get(kind="agent")
    bar = tree(as_ines.get(page(ticket))).xpath("//form[@data-undo]")
    as_rui.post(verb(ticket, "take_back"), {"message": message.uid})

    form = tree(as_ines.get(page(ticket), {"again": message.uid})).xpath("//textarea[@id='pz-reply-text']")[0]

    assert (bar, (form.text or "").strip()) == ([], "")


@pytest.mark.parametrize("uid", ["", "abc", "00000000-0000-0000-0000-000000000000"])
def test_taking_back_what_is_not_there_is_not_found(ticket, as_rui, uid):
    assert as_rui.post(verb(ticket, "take_back"), {"message": uid}).status_code == 404


# --- deciding ---------------------------------------------------------------------------------------


def test_a_ticket_is_assigned_and_given_up(ticket, rui, as_rui):
    as_rui.post(verb(ticket, "assign"), {"to": rui.pk})
    answer = as_rui.post(verb(ticket, "assign"), {"to": ""})

    assert told(answer) == ["The ticket is assigned to Rui Costa.", "The ticket is nobody's again."]
    assert Ticket.objects.get().assignee is None


def test_the_second_of_two_who_edit_at_once_is_told(ticket, rui, ines, as_rui, as_ines):
    seen = tree(as_ines.get(page(ticket))).xpath("//form[contains(@action,'assign')]//input[@name='version']")
    as_rui.post(verb(ticket, "assign"), {"to": rui.pk, "version": ticket.version})

    answer = as_ines.post(verb(ticket, "assign"), {"to": ines.pk, "version": seen[0].get("value")})

    ticket.refresh_from_db()
    assert told(answer) == ["Somebody else changed this ticket meanwhile. Please look again."]
    assert ticket.assignee == rui


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 50])
def test_a_version_that_is_none_is_an_old_one(ticket, rui, as_rui, version):
    answer = as_rui.post(verb(ticket, "assign"), {"to": rui.pk, "version": version})

    assert told(answer) == ["Somebody else changed this ticket meanwhile. Please look again."]


def test_the_priority_changes_with_a_reason_and_the_targets_follow(ticket, as_rui):
    answer = as_rui.post(verb(ticket, "priority"), {"priority": "urgent", "reason": "Front desk is down\x00"})

    ticket.refresh_from_db()
    event = TicketEvent.objects.get(kind="priority")
    assert told(answer) == ["The priority is Urgent; the targets are taken anew."]
    assert (ticket.priority.key, event.facts["reason"]) == ("urgent", "Front desk is down")
    assert ticket.next_due_at == TUESDAY_10 + timedelta(hours=4)


def test_only_what_the_plan_offers_can_be_chosen(ticket, plus, priorities, as_rui):
    offer(plus, [priorities["medium"], priorities["low"]])

    offered = tree(as_rui.get(page(ticket))).xpath("//select[@id='pz-priority']/option/@value")
    answer = as_rui.post(verb(ticket, "priority"), {"priority": "urgent", "reason": "He shouts"})

    assert offered == ["medium", "low"]
    assert told(answer) == ["The plan does not offer this priority. It offers: medium, low."]


@pytest.mark.parametrize(
    ("name", "fields", "sentence"),
    [
        ("priority", {"priority": "urgent", "reason": " "}, "Please give the reason."),
        (
            "status",
            {"status": "waiting_customer"},
            "Answer the customer first; then it can wait for them.",
        ),
        ("status", {"status": "closed"}, "A ticket in this state cannot be changed in this way."),
        ("status", {"status": "asleep"}, "A ticket in this state cannot be changed in this way."),
        ("assign", {"to": "12345678"}, "There is no such agent."),
        (
            "link",
            {"organisation": "Nobody Ltd"},
            "There is no organisation of that name. Choose one from the list.",
        ),
        ("link", {"organisation": "Azenha Hotels"}, "This ticket already belongs to an organisation."),
    ],
)
def test_a_refusal_is_told_in_a_sentence_and_changes_nothing(ticket, as_rui, name, fields, sentence):
    before = Ticket.objects.values().get()

    answer = as_rui.post(verb(ticket, name), fields)

    assert (told(answer), answer["Location"]) == ([sentence], page(ticket))
    assert Ticket.objects.values().get() == before


def test_the_status_offers_what_can_follow(ticket, as_rui):
    offered = tree(as_rui.get(page(ticket))).xpath("//select[@id='pz-status']/option/@value")

    assert offered == ["new", "open", "waiting_customer", "waiting_third_party", "solved"]


def test_spam_gives_the_unit_back(ticket, as_rui):
    as_rui.post(verb(ticket, "spam"))

    assert Charge.objects.order_by("id").values_list("kind", flat=True).last() == "reversal"
    assert Ticket.objects.get().status == "spam"


def test_an_unknown_sender_is_linked_charged_and_clocked_from_receipt(desk, as_rui, clock):
    ticket = take_in(by_mail("stranger@nowhere.example")).ticket
    clock.on(hours=1)
    banner = text_of(tree(as_rui.get(page(ticket))).xpath("//div[contains(@class,'pz-banner')]")[0])

    answer = as_rui.post(verb(ticket, "link"), {"organisation": "Azenha Hotels"})

    ticket.refresh_from_db()
    assert "Unverified sender." in banner
    assert told(answer) == ["Linked to Azenha Hotels: charged and clocked from its receipt."]
    assert (ticket.entitlement, ticket.clock_set.started_at) == ("inside", TUESDAY_10)
    assert Charge.objects.get().at == TUESDAY_10


# --- beside it --------------------------------------------------------------------------------------


def clocks_card(answer):
    """The clocks, without the tools that lie folded up beside each."""
    card = tree(answer).xpath("//section[@id='pz-clocks']")[0]
    for folded in card.xpath(".//details"):
        folded.drop_tree()
    return card


def test_the_clocks_say_what_is_promised_used_and_left(ticket, as_rui, clock):
    clock.on(hours=1, minutes=30)

    clocks = clocks_card(as_rui.get(page(ticket)))

    assert [text_of(one) for one in clocks.xpath("./div")] == [
        "First response 1 business day 1 d 9 h tomorrow 21:00 21 h 30 min open time",
        "Resolution 24 business hours 1 d 22 h Thu 12 Mar 10:00 22 h 30 min open time",
    ]
    assert "goal, not a guarantee" in text_of(clocks)
    assert clocks.xpath(".//div[@role='img']/@aria-label") == [
        "7 % of the open time is used",
        "6 % of the open time is used",
    ]


def test_a_met_a_missed_and_a_paused_clock_say_so(ticket, rui, as_rui, clock):
    clock.on(days=2)
    handling.reply(
        ticket, text="When?", by=rui, at=TUESDAY_10 + timedelta(days=1, hours=12), then="waiting_customer"
    )

    clocks = clocks_card(as_rui.get(page(ticket))).xpath("./div")

    assert [text_of(one) for one in clocks] == [
        "First response 1 business day ✓ Met yesterday 22:00 Missed yesterday 21:00",
        "Resolution 24 business hours Paused 1 h left when it goes on",
    ]


def test_the_customers_contract_and_quota_stand_beside_it(ticket, as_rui):
    facts = tree(as_rui.get(page(ticket))).xpath("//dl[@class='pz-facts']")[0]

    assert {text_of(row[0]): text_of(row[1]) for row in facts} == {
        "Requester": "Bruno Braga",
        "Organisation": "Azenha Hotels all its tickets",
        "Contract": "C-azenha",
        "Plan": "Plus version 1",
        "Offers": "Urgent High Medium Low",
        "Quota": "1 of 15 used resets 1 Apr 00:00 (Lisbon)",
    }


def test_over_quota_and_no_contract_have_a_banner(ticket, azenha, contract, as_rui):
    Ticket.objects.update(entitlement="flagged")
    over = tree(as_rui.get(page(ticket))).xpath("//div[contains(@class,'pz-banner-flagged')]")
    Ticket.objects.update(entitlement="uncovered")
    none = tree(as_rui.get(page(ticket))).xpath("//div[contains(@class,'pz-banner-uncovered')]")

    assert text_of(over[0]).startswith("Over quota. Accepted beyond the plan's tickets of the month")
    assert text_of(none[0]) == (
        "No contract in force. Azenha Hotels had no contract when this came: it is accepted, "
        "without a target. Vera Lima is told once a day."
    )


def test_the_history_tells_who_did_what(ticket, rui, as_rui):
    handling.assign(ticket, to=rui, by=rui, at=TUESDAY_10 + timedelta(minutes=1))
    handling.set_priority(
        ticket, priority="high", reason="He waits", by=rui, at=TUESDAY_10 + timedelta(minutes=2)
    )

    events = tree(as_rui.get(verb(ticket, "history"))).xpath("//ol[@id='pz-history']/li")

    assert [text_of(event) for event in events] == [
        "today 10:02 Rui Costa priority: medium → high He waits",
        "today 10:01 Rui Costa assigned it to Rui Costa",
        "today 10:00 Prazo opened it (portal)",
    ]


def test_a_due_time_is_explained_date_by_date(ticket, as_rui):
    sections = tree(as_rui.get(verb(ticket, "explain"))).xpath("//section")

    assert [text_of(row) for row in sections[0].xpath(".//tbody/tr")] == [
        "Tue 10 Mar 2026 0 10:00–21:00 usual hours 11 h",
        "Wed 11 Mar 2026 1 09:00–21:00 usual hours 12 h",
    ]
    assert "Close of the 1st business day after 2026-03-10 in Lisbon" in text_of(sections[0])


def test_the_explanation_names_each_version_and_who_moved_the_clocks(ticket, as_rui, rui, clock):
    handling.set_priority(ticket, priority="high", reason="He waits", by=rui, at=clock.on(minutes=2))

    page = tree(as_rui.get(verb(ticket, "explain")))

    assert "Support policy v1, in force from 2025-01-01 00:00 UTC · C-azenha · Plus v1" in text_of(page)
    assert "Lisbon 9-21 from 2025-01-01 00:00 UTC, Europe/Lisbon, zone data 20" in text_of(page)
    assert [text_of(event) for event in page.xpath("//section[last()]//li")] == [
        "today 10:00 Received, priority medium · Prazo",
        "today 10:02 Priority high: its targets count from the original start · Rui Costa He waits",
    ]


# --- strangers' words -------------------------------------------------------------------------------

HOSTILE = (
    "<p>Hello</p><script>alert(1)</script><img src='https://spy.example/x.png' onerror='alert(2)'>"
    "<a href='javascript:alert(3)'>click</a><img src='cid:logo'>"
)


@pytest.fixture
def hostile(desk) -> Ticket:
    files = (
        IncomingFile("logo.png", "image/png", PNG, "logo"),
        IncomingFile("page.html", "text/html", b"<script>alert(4)</script>"),
        IncomingFile("fake.png", "image/png", b"<svg onload='alert(5)'>"),
    )
    mail = by_mail(
        "bruno@azenha.example",
        subject="<script>alert(6)</script>",
        text="<b>bold</b> https://desk.example/a?b=1&c=<2>.",
        html=HOSTILE,
        files=files,
    )
    return take_in(mail).ticket


def test_nothing_of_a_stranger_is_markup_in_our_page(hostile, as_rui):
    for address in (page(hostile), "/admin/helpdesk/ticket/", verb(hostile, "history"), "/admin/"):
        content = as_rui.get(address).content.decode()
        assert "alert(" not in re.sub(r"&lt;script&gt;alert\(6\)&lt;/script&gt;", "", content)
    words = tree(as_rui.get(page(hostile))).xpath("//div[@class='pz-text']")[0]
    assert words.text_content() == "<b>bold</b> https://desk.example/a?b=1&c=<2>."
    assert words.xpath("./a/@href") == ["https://desk.example/a?b=1&c="]


def test_a_mails_formatting_is_framed_without_any_power(hostile, as_rui):
    frame = tree(as_rui.get(page(hostile))).xpath("//iframe")[0]
    body = as_rui.get(frame.get("data-src"))
    policy = dict(part.strip().split(" ", 1) for part in body["Content-Security-Policy"].split(";"))

    assert "allow-scripts" not in frame.get("sandbox")
    assert frame.get("src") is None, "it is loaded when somebody opens it"
    assert policy["frame-ancestors"] == "'self'"
    assert policy["default-src"] == policy["script-src"] == policy["form-action"] == "'none'"
    assert "allow-scripts" not in policy["sandbox"]
    assert policy["img-src"] == "'self' data:"
    assert body["X-Frame-Options"] == "SAMEORIGIN"
    assert [
        word for word in ("alert", "script", "onerror", "javascript") if word in body.content.decode()
    ] == []


def test_pictures_from_elsewhere_are_shown_only_when_asked_for(hostile, as_rui):
    address = tree(as_rui.get(page(hostile))).xpath("//iframe/@data-src")[0]
    logo = Attachment.objects.get(name="logo.png")
    inside = f"/admin/helpdesk/ticket/file/{logo.uid}/?show=1"

    before, after = as_rui.get(address), as_rui.get(address, {"images": "1"})

    assert tree(before).xpath("//img/@src") == [inside]
    assert tree(after).xpath("//img/@src") == ["https://spy.example/x.png", inside]
    assert "https:" in after["Content-Security-Policy"]


def test_only_real_pictures_are_shown_and_everything_else_is_saved(hostile, as_rui):
    def get(name, **query):
        uid = Attachment.objects.get(name=name).uid
        return as_rui.get(f"/admin/helpdesk/ticket/file/{uid}/", query)

    shown = get("logo.png", show=1)
    saved = get("page.html")

    assert (shown.status_code, shown["Content-Type"]) == (200, "image/png")
    assert [get(name, show=1).status_code for name in ("page.html", "fake.png")] == [404, 404]
    assert saved["Content-Type"] == "application/octet-stream"
    assert saved["Content-Disposition"] == 'attachment; filename="page.html"'
    assert "sandbox" in saved["Content-Security-Policy"]
    assert saved["X-Content-Type-Options"] == "nosniff"


def test_an_infected_file_is_named_and_kept_away(hostile, as_rui):
    Attachment.objects.filter(name="page.html").update(scan="infected")

    uid = Attachment.objects.get(name="page.html").uid

    assert as_rui.get(f"/admin/helpdesk/ticket/file/{uid}/").status_code == 404
    assert "infected, kept away" in as_rui.get(page(hostile)).content.decode()


# --- addresses and cost -----------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["0", "99999", "9" * 18, "9" * 19, "9" * 5000, "abc", "_31", "1%00", "-1"])
def test_a_ticket_that_is_not_there_is_not_found(ticket, as_rui, number):
    assert as_rui.get(f"/admin/helpdesk/ticket/{number}/change/").status_code == 404


def test_djangos_own_form_is_nowhere(ticket, as_rui):
    shown = as_rui.get(page(ticket))
    posted = as_rui.post(page(ticket), {"subject": "Mine", "status": "closed"})

    assert tree(shown).xpath("//form[@id='ticket_form']") == []
    assert posted.status_code == 405
    assert Ticket.objects.get().subject == "Printer"


def test_a_long_conversation_costs_as_much_as_a_short_one(ticket, rui, bruno, as_rui):
    file = IncomingFile("a.txt", "text/plain", b"a")
    handling.reply(ticket, text="Hello", attached=[file], by=rui, at=TUESDAY_10)
    short = statements(as_rui, page(ticket))
    for i in range(12):
        at = TUESDAY_10 + timedelta(minutes=i)
        take_in(by_portal(bruno, ticket=ticket, files=(file,)), at)
        handling.reply(ticket, text="Hello", attached=[file], by=rui, at=at)
        handling.add_note(ticket, text="Hm", by=rui, at=at)

    assert statements(as_rui, page(ticket)) == short <= 15


# --- minutes ----------------------------------------------------------------------------------------


def test_minutes_are_logged_where_the_contract_counts_them(ticket, as_rui, contract):
    assert "Log minutes" not in as_rui.get(page(ticket)).content.decode()
    rewrite(agreed(contract), quota_metric="minutes", units_source="own", units=120)
    log = {"minutes": "25", "reason": "Looked at the printer"}

    as_rui.post(verb(ticket, "minutes"), log)
    shown = as_rui.get(page(ticket)).content.decode()

    assert "26 of 120 minutes used" in shown

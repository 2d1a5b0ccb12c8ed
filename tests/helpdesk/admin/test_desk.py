"""The desk's own pages: tags on a ticket, webhooks, shifts, teams, and what people say of themselves."""

import pytest
from django.contrib.messages import get_messages

from contracts.models import Account
from helpdesk import roles, tagging
from helpdesk.models import OnCallShift, Tag, Team, Webhook
from tests.cast import TUESDAY_10
from tests.helpdesk.admin.conftest import console_of

pytestmark = pytest.mark.django_db

WEBHOOK = "/admin/helpdesk/webhook/add/"
SHIFT = "/admin/helpdesk/oncallshift/add/"


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


# --- tags -------------------------------------------------------------------------------------------


def test_an_agent_tags_a_ticket_on_its_page_and_finds_it_by_the_tag(ticket, tickets, as_rui):
    tickets(2)
    address = f"/admin/helpdesk/ticket/{ticket.pk}"

    put = as_rui.post(f"{address}/tag/", {"tag": "Front desk"})
    page = as_rui.get(f"{address}/change/").content.decode()
    found = as_rui.get("/admin/helpdesk/ticket/?tag=front-desk")

    assert said(put) == ["The ticket is tagged Front desk."]
    assert '<a href="/admin/helpdesk/ticket/?tag=front-desk">Front desk</a>' in page
    assert [row.ticket.pk for row in found.context["cl"].queue] == [ticket.pk]

    off = as_rui.post(f"{address}/untag/", {"tag": "front-desk"})
    assert said(off)[-1:] == ["The tag Front desk is taken off."]
    history = as_rui.get(f"{address}/history/").content.decode()
    assert "tagged it Front desk" in history
    assert "took the tag Front desk off" in history


@pytest.mark.parametrize("words", ["", "!!", "\x00", "x" * 5000])
def test_a_tag_that_is_none_is_refused_with_a_sentence(ticket, as_rui, words):
    answer = as_rui.post(f"/admin/helpdesk/ticket/{ticket.pk}/tag/", {"tag": words})

    assert answer.status_code == 302
    assert ticket.tags.count() == (1 if words.startswith("x") else 0)


def test_an_unknown_tag_in_the_address_is_no_filter(ticket, rui, as_rui):
    tagging.add(ticket, words="Front desk", by=rui, at=TUESDAY_10)

    assert as_rui.get("/admin/helpdesk/ticket/?tag=nowhere").status_code == 302


def test_a_customer_never_sees_a_tag(ticket, rui, bruno):
    tagging.add(ticket, words="Tiresome guest", by=rui, at=TUESDAY_10)
    shown = console_of(bruno.account).get(f"/tickets/{ticket.pk}/").content.decode()

    assert "iresome" not in shown


# --- webhooks ---------------------------------------------------------------------------------------


def test_an_admin_makes_a_webhook_and_no_page_holds_its_secret(as_vera):
    as_vera.post(
        WEBHOOK, {"name": "Pager", "key": "pager", "url": "https://pager.example/in", "is_active": "on"}
    )

    webhook = Webhook.objects.get()
    page = as_vera.get(f"/admin/helpdesk/webhook/{webhook.pk}/change/").content.decode()
    assert (webhook.key, webhook.url) == ("pager", "https://pager.example/in")
    assert "whsec_" not in page


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://pager.example/in", "must begin with https"),
        ("https://127.0.0.1/in", "not a public address"),
        ("https://169.254.169.254/latest/", "not a public address"),
        ("https://a:b@pager.example/", "must not hold a name or a password"),
    ],
)
def test_an_address_inside_is_refused_when_it_is_typed(as_vera, url, sentence):
    answer = as_vera.post(WEBHOOK, {"name": "Pager", "key": "pager", "url": url})

    assert sentence in answer.content.decode()
    assert not Webhook.objects.exists()


def test_without_a_signing_key_there_are_no_webhooks(as_vera, settings):
    settings.WEBHOOK_SIGNING_KEY = ""
    answer = as_vera.post(WEBHOOK, {"name": "Pager", "key": "pager", "url": "https://pager.example/in"})

    assert "Set WEBHOOK_SIGNING_KEY first" in answer.content.decode()
    assert not Webhook.objects.exists()


# --- shifts and teams -------------------------------------------------------------------------------


def shift(account, start, end):
    return {
        "account": account.pk,
        "starts_at_0": start,
        "starts_at_1": "18:00",
        "ends_at_0": end,
        "ends_at_1": "09:00",
        "channel": "whatsapp",
    }


def test_a_lead_keeps_the_roster_in_the_desks_time(as_marta, rui):
    as_marta.post(SHIFT, shift(rui, "2026-07-10", "2026-07-11"))

    made = OnCallShift.objects.get()
    assert (made.account, made.starts_at.isoformat()) == (rui, "2026-07-10T17:00:00+00:00")


def test_a_shift_that_ends_before_it_begins_is_refused(as_marta, rui):
    answer = as_marta.post(SHIFT, shift(rui, "2026-07-11", "2026-07-11"))

    assert "A shift ends after it begins." in answer.content.decode()
    assert not OnCallShift.objects.exists()


def test_a_teams_key_is_given_once(as_vera, team):
    as_vera.post(f"/admin/helpdesk/team/{team.pk}/change/", {"name": "Front office", "key": "other"})

    team.refresh_from_db()
    assert (team.name, team.key) == ("Front office", "care")
    assert Team.objects.count() == 1


# --- of oneself -------------------------------------------------------------------------------------

ABSENT = {
    "away_from_0": "2026-03-16",
    "away_from_1": "09:00",
    "away_until_0": "2026-03-20",
    "away_until_1": "21:00",
    "whatsapp": "+351912345678",
}


def test_an_agent_says_when_they_are_away_and_nothing_else_of_themselves(as_rui, rui):
    address = f"/admin/contracts/account/{rui.pk}/change/"
    stronger = {
        "email": "mine@lumiar.example",
        "is_lead": "on",
        "is_desk_manager": "on",
        "is_superuser": "on",
    }

    answer = as_rui.post(address, {**ABSENT, **stronger, "groups": [1, 2, 3], "name": "Boss"})

    changed = Account.objects.get(pk=rui.pk)
    assert answer.status_code == 302
    assert changed.away_from.isoformat() == "2026-03-16T09:00:00+00:00"
    assert changed.whatsapp == "+351912345678"
    kept = (changed.email, changed.name, changed.is_lead, changed.is_desk_manager, changed.is_superuser)
    assert kept == ("rui@lumiar.example", "Rui Costa", False, False, False)
    assert [role.name for role in changed.groups.all()] == [roles.AGENT]


def test_nobody_says_it_of_a_colleague(as_rui, ines):
    answer = as_rui.post(f"/admin/contracts/account/{ines.pk}/change/", ABSENT)

    assert answer.status_code == 403
    assert Account.objects.get(pk=ines.pk).away_from is None


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"away_until_0": "2026-03-01"}, "leaves before they return"),
        ({"whatsapp": "912 345 678"}, "with its country code"),
        ({"whatsapp": "+999123"}, "with its country code"),
    ],
)
def test_what_cannot_be_is_refused(as_rui, rui, fields, sentence):
    answer = as_rui.post(f"/admin/contracts/account/{rui.pk}/change/", {**ABSENT, **fields})

    assert sentence in answer.content.decode()
    assert Account.objects.get(pk=rui.pk).away_from is None


def test_a_customer_changes_nothing_of_their_account_in_the_console(ana):
    answer = console_of(ana.account).post(f"/admin/contracts/account/{ana.account.pk}/change/", ABSENT)

    assert answer.status_code in {302, 403}
    assert Account.objects.get(pk=ana.account.pk).away_from is None


def test_tags_are_the_leads_to_keep(as_marta, ticket, rui):
    tag = tagging.add(ticket, words="Front desk", by=rui, at=TUESDAY_10)
    as_marta.post(f"/admin/helpdesk/tag/{tag.pk}/change/", {"name": "Reception"})

    assert list(Tag.objects.values_list("key", "name")) == [("front-desk", "Reception")]

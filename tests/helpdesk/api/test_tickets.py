"""Programs open, read and answer tickets."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from contracts.models import Charge
from helpdesk import handling
from helpdesk.api.authentication import READ, SCOPES, issue_token
from helpdesk.models import ApiToken, IdempotencyKey, Ticket
from sla import timekeeping
from tests.cast import by_portal, take_in

pytestmark = pytest.mark.django_db

NEW = {"subject": "Lift", "text": "It is stuck."}


def client_of(person, scopes=SCOPES, **fields) -> APIClient:
    token = issue_token(person.account, name="test", scopes=list(scopes), lives=fields.get("lives"))
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


@pytest.fixture
def api(desk, bruno) -> APIClient:
    return client_of(bruno)


def test_a_program_opens_a_ticket_and_is_told_when_it_is_due(api, bruno, azenha):
    answer = api.post("/api/v1/tickets/", NEW | {"impact": "blocked"})

    ticket = Ticket.objects.get()
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/v1/tickets/{ticket.pk}/"
    shown = answer.json()
    assert (shown["number"], shown["subject"], shown["status"]) == (ticket.pk, "Lift", "new")
    assert (shown["priority"], shown["impact"], shown["entitlement"]) == ("medium", "blocked", "inside")
    assert (shown["channel"], shown["organisation"], shown["commitment"]) == ("api", azenha.name, "goal")
    assert [target["metric"] for target in shown["targets"]] == ["first_response", "resolution"]
    assert [message["text"] for message in shown["messages"]] == ["It is stuck."]


def test_the_same_key_and_body_open_one_ticket_and_give_the_same_answer(api):
    first = api.post("/api/v1/tickets/", NEW, headers={"Idempotency-Key": "a-1"})
    second = api.post("/api/v1/tickets/", NEW, headers={"Idempotency-Key": "a-1"})

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert (Ticket.objects.count(), Charge.objects.count()) == (1, 1)


def test_the_same_key_with_another_body_is_refused(api):
    api.post("/api/v1/tickets/", NEW, headers={"Idempotency-Key": "a-1"})
    answer = api.post("/api/v1/tickets/", NEW | {"text": "Other"}, headers={"Idempotency-Key": "a-1"})

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Ticket.objects.count() == 1


def test_a_key_whose_request_still_runs_is_a_conflict_and_an_abandoned_one_is_done_again(api, bruno):
    api.post("/api/v1/tickets/", NEW, headers={"Idempotency-Key": "a-1"})
    IdempotencyKey.objects.update(status=None, answer=None)
    running = api.post("/api/v1/tickets/", NEW, headers={"Idempotency-Key": "a-1"})
    IdempotencyKey.objects.update(created_at=timekeeping.now() - timedelta(minutes=5))
    again = api.post("/api/v1/tickets/", NEW, headers={"Idempotency-Key": "a-1"})

    assert (running.status_code, again.status_code) == (409, 201)
    assert Ticket.objects.count() == 1


def test_a_refused_request_may_be_put_right_under_the_same_key(api):
    key = {"Idempotency-Key": "a-1"}
    wrong = api.post("/api/v1/tickets/", {"subject": "Lift", "text": " "}, headers=key)
    right = api.post("/api/v1/tickets/", NEW, headers=key)

    assert (wrong.status_code, right.status_code) == (422, 201)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "x"}, "subject"),
        ({"subject": "x"}, "text"),
        (NEW | {"priority": "urgent"}, "priority"),
        (NEW | {"impact": "apocalypse"}, "impact"),
        (NEW | {"subject": "x" * 256}, "subject"),
        (NEW | {"text": "a\x00b"}, "text"),
        (NEW | {"subject": ["a", "list"]}, "subject"),
    ],
)
def test_a_wrong_field_is_named(api, body, field):
    answer = api.post("/api/v1/tickets/", body)

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [field]
    assert Ticket.objects.count() == 0


def test_what_is_not_json_is_a_problem_and_no_crash(api):
    broken = api.post("/api/v1/tickets/", "{", content_type="application/json")
    listed = api.post("/api/v1/tickets/", [1, 2])
    form = api.post("/api/v1/tickets/", "a=b", content_type="application/x-www-form-urlencoded")
    assert [broken.status_code, listed.status_code, form.status_code] == [400, 422, 415]


def test_a_list_has_the_callers_tickets_and_nobody_elses(api, bruno, chloe):
    mine = take_in(by_portal(bruno, subject="Mine")).ticket
    take_in(by_portal(chloe, subject="Hers"))

    page = api.get("/api/v1/tickets/").json()

    assert [(row["number"], row["subject"]) for row in page["results"]] == [(mine.pk, "Mine")]


def test_a_list_is_narrowed_and_paged(api, bruno):
    for word in ("one", "two", "three"):
        take_in(by_portal(bruno, subject=word))

    first = api.get("/api/v1/tickets/", {"page_size": 2}).json()
    second = api.get(first["next"]).json()
    none = api.get("/api/v1/tickets/", {"status": "solved"}).json()
    wrong = api.get("/api/v1/tickets/", {"status": "gone"})

    assert [len(page["results"]) for page in (first, second, none)] == [2, 1, 0]
    assert wrong.status_code == 422


def test_a_list_costs_the_same_for_one_and_for_many(api, bruno, django_assert_max_num_queries):
    for _ in range(20):
        take_in(by_portal(bruno))
    api.get("/api/v1/tickets/")
    with django_assert_max_num_queries(6):
        assert len(api.get("/api/v1/tickets/").json()["results"]) == 20


def test_another_customers_ticket_and_none_look_alike(api, chloe):
    hers = take_in(by_portal(chloe)).ticket
    answers = [api.get(f"/api/v1/tickets/{number}/") for number in (hers.pk, 999_999)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()
    assert api.post(f"/api/v1/tickets/{hers.pk}/messages/", {"text": "Hi"}).status_code == 404
    assert hers.messages.count() == 1


def test_a_ticket_shows_no_note_and_no_agents_address(api, bruno, rui):
    ticket = take_in(by_portal(bruno)).ticket
    handling.add_note(ticket, text="CANARY", by=rui, at=ticket.received_at)
    handling.reply(ticket, text="Hello Bruno", by=rui, at=ticket.received_at)

    whole = api.get(f"/api/v1/tickets/{ticket.pk}/")

    assert [(m["kind"], m["author"]) for m in whole.json()["messages"]] == [
        ("customer", "Bruno Braga"),
        ("agent", "Rui Costa"),
    ]
    assert "CANARY" not in whole.content.decode()
    assert "lumiar" not in whole.content.decode()


def test_an_answer_by_the_api_reopens_a_solved_ticket(api, bruno, rui):
    at = timekeeping.now()
    ticket = take_in(by_portal(bruno), at).ticket
    handling.reply(ticket, text="Done", by=rui, at=at, then="solved")

    answer = api.post(f"/api/v1/tickets/{ticket.pk}/messages/", {"text": "Not yet"})

    ticket.refresh_from_db()
    assert (answer.status_code, answer.json()["ticket"], ticket.status) == (201, ticket.pk, "open")


def test_tokens_are_needed_and_limited(desk, bruno, rui):
    nobody = APIClient()
    reader = client_of(bruno, scopes=[READ])
    agent = APIClient()
    agent.credentials(
        HTTP_AUTHORIZATION=f"Bearer {issue_token(rui, name='a', scopes=list(SCOPES), lives=None)}"
    )
    expired = client_of(bruno, lives=timedelta(seconds=-1))

    assert nobody.get("/api/v1/tickets/").status_code == 401
    assert reader.get("/api/v1/tickets/").status_code == 200
    assert reader.post("/api/v1/tickets/", NEW).status_code == 403
    assert agent.get("/api/v1/tickets/").status_code == 403
    assert expired.get("/api/v1/tickets/").status_code == 401


def test_a_token_is_kept_as_a_digest_and_not_taken_from_the_address(desk, bruno):
    token = issue_token(bruno.account, name="test", scopes=list(SCOPES), lives=None)
    row = ApiToken.objects.get()

    assert token not in {row.digest, row.token_key}
    assert APIClient().get(f"/api/v1/tickets/?token={token}").status_code == 401
    for forged in ("", token[:-1], token.swapcase(), f"{token}x"):
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {forged}")
        assert client.get("/api/v1/tickets/").status_code == 401


def test_the_schema_describes_what_there_is():
    answer = APIClient().get("/api/v1/schema/", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert set(answer.json()["paths"]) == {
        "/api/v1/billing/quotes/{uid}/",
        "/api/v1/tickets/",
        "/api/v1/tickets/{number}/",
        "/api/v1/tickets/{number}/messages/",
    }


@pytest.mark.parametrize(
    "moment",
    [
        "2026-03-10T10:00:00",
        "2026-03-10",
        "yesterday",
        "9999-99-99T99:99:99Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_what_is_no_instant_is_a_wrong_field(api, moment):
    answer = api.get("/api/v1/tickets/", {"updated_after": moment})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["updated_after"])


def test_an_instant_counts_whatever_its_offset(api, bruno):
    take_in(by_portal(bruno))  # on Tuesday 10 March 2026, 10:00 UTC

    def found(moment):
        return len(api.get("/api/v1/tickets/", {"received_after": moment}).json()["results"])

    moments = ("2026-03-10T11:00:00+01:00", "2026-03-10T10:00:00Z", "2026-03-10T10:00:01Z")
    assert [found(moment) for moment in moments] == [1, 1, 0]

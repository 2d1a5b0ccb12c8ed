"""Every address, every method, everybody: who gets what, and nothing breaks or changes on the way.

The expectations are the table in tests/permissions/matrix.py; a new address needs its rows there.
"""

import re
import uuid
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.permissions import garbage
from tests.permissions.addresses import arguments, filled, model_of, patterns
from tests.permissions.knocking import forms, knock, outcome
from tests.permissions.matrix import PRINCIPALS, matrix
from tests.permissions.watching import snapshot, written
from tests.permissions.world import World

pytestmark = pytest.mark.django_db

OTHER_METHODS = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
WITHOUT_FORMS = ("/hooks/", "/anymail/", "/api/")
"""Where other systems knock: they prove who they are in another way."""
DIFFERENT_MODELS = (
    None,
    "helpdesk.ticket",
    "helpdesk.outboundmessage",
    "channels_inbound.inboundmessage",
    "contracts.person",
    "sla.policyversion",
    "sla.calendar",
    "sla.calendarversion",
)
"""The console's pages of all other models are made by the same code as these."""


@pytest.fixture
def world(desk, bruno, ana, chloe, rui, owner, settings) -> World:
    settings.SIGN_IN_SECONDS = 0
    return World(bruno=bruno, ana=ana, chloe=chloe, rui=rui, vera=owner)


NOBODYS = ("/admin/", "/support-policy/")
"""Addresses of what is no customer's: the desk's own, and what everybody may read."""


def different(pattern: str) -> bool:
    return model_of(pattern) in DIFFERENT_MODELS


# --- the matrix ---------------------------------------------------------------------------------


def test_every_address_has_its_rows_and_every_row_its_address():
    needed = {(pattern, method) for pattern in patterns() for method in ("GET", "POST")}
    known = set(matrix())

    assert needed - known == set(), "addresses without a row in tests/permissions/matrix.py"
    assert {row for row in known if row[0] not in patterns()} == set(), "rows whose address is gone"


@pytest.mark.parametrize("who", PRINCIPALS)
def test_everybody_gets_what_the_matrix_says_and_looking_changes_no_row(world, who):
    before = snapshot()
    got, written_by_looking = _asked(world, who, {row for row in matrix() if row[1] == "GET"}, is_kept=True)
    assert written_by_looking == {}
    assert snapshot() == before

    got |= _asked(world, who, {row for row in matrix() if row[1] != "GET"}, is_kept=False)[0]
    expected = {row: outcomes[who] for row, outcomes in matrix().items()}
    assert {row: (got[row], expected[row]) for row in expected if got[row] != expected[row]} == {}


def _asked(world, who, rows, *, is_kept):
    """What each address answered, and the tables that were written to, where any was."""
    got, changed, filled_in = {}, {}, forms(world)
    for pattern, method in sorted(rows):
        with written() as tables:
            answer = knock(world, who, method, pattern, form=filled_in.get(pattern), is_kept=is_kept)
        got[pattern, method] = outcome(answer)
        if tables:
            changed[pattern, method] = tables
    return got, changed


def test_a_change_would_be_seen(world):
    pattern = "/admin/helpdesk/ticket/<int:number>/note/"
    before = snapshot()
    with written() as tables:
        knock(world, "rui", "POST", pattern, form=forms(world)[pattern], is_kept=True)

    assert tables == ["helpdesk_message"]
    assert {table for table, rows in snapshot().items() if rows != before[table]} == {"helpdesk_message"}


def test_what_is_anothers_and_what_is_not_there_look_alike(world):
    differing = []
    for pattern in [one for one in patterns() if arguments(one) and not one.startswith(NOBODYS)]:
        theirs = filled(pattern, world)
        absent = filled(pattern, world, number=str(world.ticket.pk + 1000), uid=str(uuid.uuid4()))
        for method in ("GET", "POST"):
            form = forms(world).get(pattern)
            seen = [
                _seen(knock(world, "chloe", method, pattern, address=address, form=form), address)
                for address in (theirs, absent)
            ]
            if seen[0] != seen[1]:
                differing.append((method, pattern))

    assert differing == []


OF_THE_TEXT = ("Content-Length", "Content-Security-Policy")
"""Headers that differ where the text does: by the digits of a number, by the nonce."""


def _seen(answer, address: str) -> tuple[int, str, dict[str, str]]:
    """What can be told from an answer, but for what was asked and what is another each time."""
    text = answer.content.decode().replace(address, "ADDRESS")
    text = re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"', r"\1", text)
    headers = {name: value for name, value in answer.headers.items() if name not in OF_THE_TEXT}
    return answer.status_code, text, headers


def test_a_browsers_session_opens_no_api_and_a_programs_token_no_page(world):
    browser = Client()
    browser.cookies.load(world.cookies["bruno"].output(header="", sep=";"))
    program = Client(headers={"Authorization": f"Bearer {world.tokens['bruno']}"})

    assert browser.get("/tickets/").status_code == 200
    assert browser.get("/api/v1/tickets/").status_code == 401
    assert outcome(program.get("/tickets/")) == "login"
    assert outcome(program.get("/admin/")) == "login"


def test_without_a_demonstration_its_pages_are_not_there(world, settings):
    settings.DEMO = False
    demo = [pattern for pattern in patterns() if pattern.startswith("/demo/")]
    got = {knock(world, who, "GET", pattern).status_code for pattern in demo for who in PRINCIPALS}
    assert (demo, got) == (["/demo/write/"], {404})


# --- only a form that we gave changes anything --------------------------------------------------


@pytest.mark.parametrize("who", ["bruno", "vera"])
def test_only_post_changes_anything(world, who):
    changed = {}
    for pattern in filter(different, patterns()):
        for method in OTHER_METHODS:
            with written() as tables:
                answer = knock(world, who, method, pattern, form=forms(world).get(pattern))
            if tables or (answer.status_code >= 500 and pattern != "/readyz"):
                changed[method, pattern] = (tables, answer.status_code)

    assert changed == {}


@pytest.mark.parametrize("who", ["nobody", "bruno", "vera"])
def test_no_form_is_taken_without_its_token(world, who):
    taken = {}
    for pattern in patterns():
        if pattern.startswith(WITHOUT_FORMS):
            continue
        with written() as tables:
            answer = knock(world, who, "POST", pattern, form=forms(world).get(pattern), checks_forms=True)
        if answer.status_code not in {403, 405} or tables:
            taken[pattern] = (answer.status_code, tables)

    assert taken == {}


# --- garbage ------------------------------------------------------------------------------------


def broken(world, who: str, knocks) -> list[str]:
    """What was answered as if it were our fault; each knock is a method, a pattern and what else is sent."""
    found = []
    for method, pattern, sent in knocks:
        status = knock(world, who, method, pattern, **sent).status_code
        if status >= 500 and pattern != "/readyz":
            found.append(f"{method} {sent.get('address', pattern)[:120]} {status}")
    return found


def _reads(pattern: str, who: str) -> bool:
    """The console asks who somebody is before it reads what they sent."""
    return different(pattern) and (who == "vera" or not pattern.startswith("/admin/"))


@pytest.mark.parametrize("who", ["nobody", "bruno", "vera"])
def test_a_garbled_address_breaks_nothing(world, who):
    knocks = [
        (
            method,
            pattern,
            {"address": filled(pattern, world, **{name: value}), "form": forms(world).get(pattern)},
        )
        for pattern in patterns()
        for name in arguments(pattern)
        for value in garbage.ARGUMENTS[name]
        for method in ("GET", "POST")
        if _reads(pattern, who)
    ]
    assert len(knocks) > 50
    assert broken(world, who, knocks) == []


@pytest.mark.parametrize("who", ["nobody", "bruno", "vera"])
def test_a_garbled_query_breaks_nothing(world, who):
    knocks = [
        ("GET", pattern, {"address": f"{pattern}?{urlencode({name: value})}"})
        for pattern in patterns()
        for name, value in garbage.queries(pattern)
        if not arguments(pattern) and _reads(pattern, who)
    ]
    assert len(knocks) > 50
    assert broken(world, who, knocks) == []


@pytest.mark.parametrize("who", ["nobody", "bruno", "vera"])
def test_a_garbled_form_breaks_nothing(world, who):
    knocks = [
        ("POST", pattern, {"form": form | {name: value}})
        for pattern, form in forms(world).items()
        for name in form
        for value in garbage.WORDS
        if _reads(pattern, who)
    ]
    assert len(knocks) > 50
    assert broken(world, who, knocks) == []


@pytest.mark.parametrize("kind", garbage.TYPES)
def test_a_body_that_is_no_form_breaks_nothing(world, kind):
    failed = []
    for pattern in [*forms(world), "/anymail/postmark/inbound/", "/hooks/whatsapp/twilio/"]:
        who = "vera" if pattern.startswith("/admin/") else "bruno"
        address = filled(pattern, world)
        for body in garbage.BODIES:
            answer = world.client(who, address).generic("POST", address, body, content_type=kind)
            if answer.status_code >= 500:
                failed.append((pattern, body, answer.status_code))

    assert failed == []

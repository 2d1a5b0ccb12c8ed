"""D11, PP-07: what customers read of a backlog period, inside its time and to whom its scope names."""

from datetime import timedelta

import pytest
from django.test import Client

from helpdesk import backlogs, roles
from helpdesk.models import OutboundMessage
from sla import backlog, excuses, timekeeping
from sla.backlog import Draft
from sla.excuses import BindingPromise
from sla.models import Clock
from tests.cast import TUESDAY_10, agreed, by_mail, by_portal, rewrite, take_in

pytestmark = pytest.mark.django_db

TEXTS = {"en": "We are slow.", "fr": "Nous sommes lents.", "es": "Vamos lentos.", "pt-pt": "Estamos lentos.",
         "pt-br": "Estamos devagar."}  # fmt: skip


@pytest.fixture
def declare(desk, owner):
    roles.establish()
    roles.give(owner, roles.ADMIN)

    def declare(at, *, hours=4, begins=0, scope=None):
        starts = at + timedelta(hours=begins)
        draft = Draft(
            starts_at=starts,
            ends_at=starts + timedelta(hours=hours),
            reason="CANARY a storm",
            texts=TEXTS,
            scope=scope or {},
        )
        return backlogs.declare(draft, by=owner, at=at)

    return declare


def page(address, who=None, language="en") -> str:
    client = Client()
    if who is not None:
        client.force_login(who.account, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(address, {"lang": language}).content.decode()


@pytest.fixture
def now() -> object:
    return timekeeping.now()


def test_everybody_reads_it_on_the_public_pages_in_their_language(declare, now):
    declare(now)
    for address in ("/", "/support-policy/"):
        assert "We are slow." in page(address)
        assert "Nous sommes lents." in page(address, language="fr")
        assert "CANARY" not in page(address)


def test_before_and_after_nobody_does(declare, now):
    declare(now, begins=1)
    assert "We are slow." not in page("/")
    ended = declare(now - timedelta(hours=5), hours=4)
    assert ended.until < now
    assert "We are slow." not in page("/support-policy/")


def test_ended_early_it_is_gone_at_once(declare, now, owner):
    period = declare(now - timedelta(hours=1))
    assert "We are slow." in page("/")
    backlogs.end(period, by=owner, at=now)
    assert "We are slow." not in page("/")


def test_what_is_for_a_plan_is_read_by_those_who_have_it(declare, now, bruno, chloe, plus):
    declare(now, scope={"plan": ["plus"]})
    assert "We are slow." not in page("/support-policy/")
    assert "We are slow." in page("/tickets/", bruno)
    assert "We are slow." in page("/tickets/new/", bruno)


def test_what_is_for_a_priority_is_read_on_the_tickets_that_have_it(declare, now, bruno):
    ticket = take_in(by_portal(bruno), now).ticket
    declare(now, scope={"priority": [ticket.priority.key]})
    assert "We are slow." not in page("/tickets/", bruno)
    assert "We are slow." in page(f"/tickets/{ticket.pk}/", bruno)


def test_the_acknowledgement_says_it_in_the_readers_language(declare):
    declare(TUESDAY_10)
    take_in(by_mail("bruno@azenha.example"))
    assert "Estamos lentos." in OutboundMessage.objects.get(kind="acknowledgement").text


def test_a_stranger_is_told_nothing_of_it(declare):
    declare(TUESDAY_10)
    take_in(by_mail("who@nowhere.example"))
    assert "slow" not in OutboundMessage.objects.get(kind="acknowledgement").text


def test_the_report_of_a_period_has_a_line_of_it(declare, now, ana, bruno):
    take_in(by_portal(bruno), now)
    declare(now)
    report = page("/my/usage/", ana)
    assert "Periods of backlog" in report
    assert "We are slow." in report


# --- excuses ------------------------------------------------------------------------------------


def missed(bruno) -> Clock:
    ticket = take_in(by_mail("bruno@azenha.example")).ticket
    clock = Clock.objects.get(clock_set=ticket.clock_set_id, metric="resolution")
    Clock.objects.filter(pk=clock.pk).update(breached_at=TUESDAY_10 + timedelta(days=9))
    return Clock.objects.select_related("clock_set").get(pk=clock.pk)


@pytest.mark.parametrize("allows", [False, True])
def test_what_binds_may_be_excused_only_where_the_agreement_says_so(desk, contract, bruno, allows):
    rewrite(agreed(contract), is_binding=True, agreement_reference="MSA 7", allows_excuses=allows)
    clock = missed(bruno)
    assert (clock.clock_set.is_binding, clock.clock_set.allows_excuses) == (True, allows)

    def propose():
        at = TUESDAY_10 + timedelta(days=10)
        return excuses.propose(clock, cause="complexity", text="Three vendors.", by="account:1", at=at)

    if allows:
        assert propose().state == "proposed"
    else:
        with pytest.raises(BindingPromise):
            propose()


def test_a_backlog_explains_what_binds_only_where_the_agreement_says_so(declare, contract, bruno):
    rewrite(agreed(contract), is_binding=True, agreement_reference="MSA 7")
    clock = missed(bruno)
    declare(TUESDAY_10 + timedelta(days=9, hours=-1))
    at = TUESDAY_10 + timedelta(days=10)
    assert backlogs.explain_misses(at=at) == 0
    type(clock.clock_set).objects.update(allows_excuses=True)
    assert backlogs.explain_misses(at=at) == 1
    assert tuple(TEXTS) == backlog.LOCALES

"""The console's pages of backlog periods."""

from datetime import timedelta

import pytest
from lxml import html

from sla import backlog
from sla.models import BacklogPeriod
from tests.cast import TUESDAY_10

pytestmark = pytest.mark.django_db

LIST = "/admin/sla/backlogperiod/"
TIMES = {
    "starts_at_0": "2026-03-10",
    "starts_at_1": "12:00",
    "ends_at_0": "2026-03-12",
    "ends_at_1": "18:00",
}
TEXTS = {f"text_{locale.replace('-', '_')}": f"We are slow ({locale})." for locale in backlog.LOCALES}
GIVEN = {**TIMES, **TEXTS, "reason": "A storm.", "metrics": ["resolution"]}


@pytest.fixture
def declared(desk, as_marta) -> BacklogPeriod:
    as_marta.post(f"{LIST}add/", {**GIVEN, "plan": ["plus"], "channel": ["email", "portal"]})
    return BacklogPeriod.objects.get()


def page(period: BacklogPeriod) -> str:
    return f"{LIST}{period.pk}/change/"


def errors(answer) -> list[str]:
    tree = html.fromstring(answer.content.decode())
    found = tree.xpath("//*[contains(@class,'errornote') or contains(@class,'errorlist')]//text()")
    return [text.strip() for text in found if text.strip()]


def test_a_lead_declares_one_in_the_desks_own_time(declared, marta):
    assert (declared.starts_at, declared.ends_at) == (
        TUESDAY_10 + timedelta(hours=2),
        TUESDAY_10 + timedelta(days=2, hours=8),
    )
    assert declared.scope == {"plan": ["plus"], "channel": ["email", "portal"]}
    assert (declared.metrics, declared.reason) == (["resolution"], "A storm.")
    assert declared.texts == {locale: f"We are slow ({locale})." for locale in backlog.LOCALES}
    assert declared.declared_by == f"account:{marta.pk}"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ends_at_0": "2026-03-10"}, None),
        ({"ends_at_0": "2026-03-09"}, "A backlog period ends after it begins."),
        ({"starts_at_0": "2026-03-08"}, "A backlog period cannot begin more than 24 hours ago."),
        ({"ends_at_0": "2026-03-20"}, "more than 5 business days needs the approval of an admin"),
        ({"ends_at_0": "2028-03-20"}, "A backlog period ends within a year from now."),
        ({"text_fr": " "}, "This field is required."),
        ({"metrics": []}, "This field is required."),
        ({"plan": ["gold"]}, "gold is not one of the available choices"),
    ],
)
def test_what_cannot_be_declared_is_refused_on_the_page(desk, as_marta, changes, sentence):
    answer = as_marta.post(f"{LIST}add/", {**GIVEN, **changes})

    assert (answer.status_code, BacklogPeriod.objects.count()) == ((302, 1) if not sentence else (200, 0))
    if sentence:
        assert any(sentence in error for error in errors(answer)), errors(answer)


def test_an_admin_declares_a_long_one(desk, as_vera, owner):
    as_vera.post(f"{LIST}add/", {**GIVEN, "ends_at_0": "2026-03-20"})

    assert BacklogPeriod.objects.get().approved_by == f"account:{owner.pk}"


def test_an_agent_reads_and_declares_nothing(declared, as_rui):
    assert as_rui.get(LIST).status_code == 200
    assert as_rui.get(page(declared)).status_code == 200
    assert as_rui.post(f"{LIST}add/", GIVEN).status_code == 403
    assert as_rui.post(f"{LIST}{declared.pk}/end/").status_code == 403
    assert "End now" not in as_rui.get(page(declared)).content.decode()


def test_its_page_says_everything_and_offers_to_end_it(declared, as_marta):
    text = as_marta.get(page(declared)).content.decode()

    for words in ("plans: Plus; channels: e-mail, portal", "We are slow (pt-br).", "Marta Reis", "End now"):
        assert words in text


def test_it_is_ended_and_never_changed_or_deleted(declared, as_marta, marta, clock):
    assert as_marta.post(page(declared), GIVEN).status_code == 403
    assert as_marta.post(f"{LIST}{declared.pk}/delete/", {"post": "yes"}).status_code == 403
    at = clock.on(hours=4)

    answer = as_marta.post(f"{LIST}{declared.pk}/end/", follow=True)

    declared.refresh_from_db()
    assert (declared.ended_at, declared.ended_by) == (at, f"account:{marta.pk}")
    assert "Ended: what comes in from now on is not covered." in answer.content.decode()
    assert "End now" not in answer.content.decode()


def test_ended_twice_it_says_so(declared, as_marta):
    as_marta.post(f"{LIST}{declared.pk}/end/")

    answer = as_marta.post(f"{LIST}{declared.pk}/end/", follow=True)

    assert "This backlog period is over already." in answer.content.decode()


def test_looking_ends_nothing(declared, as_marta):
    assert as_marta.get(f"{LIST}{declared.pk}/end/").status_code == 405

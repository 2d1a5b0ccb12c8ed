"""The portal in the reader's language, down to names that come from the database."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import translation

from helpdesk.portal import spelling, tags
from helpdesk.portal.holiday_names import holiday_said
from translating.source import everything

SPOKEN = ("fr", "es", "pt-pt", "pt-br")


def left_in_english(page: str, language: str) -> list[str]:
    """What the page says in English although it has other words in that language."""
    with translation.override(language):
        return [
            said.singular
            for said in everything()
            if len(said.singular) > len("Support") and "%" not in said.singular
            if said.singular in page and translation.pgettext(said.context, said.singular) != said.singular
        ]


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("address", ["/", "/support-policy/", "/accounts/login/code/", "/accounts/login/"])
def test_a_visitor_reads_no_english(desk, language, address):
    page = Client().get(address, {"lang": language}).content.decode()

    assert left_in_english(page, language) == []


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("address", ["/tickets/", "/tickets/new/", "/profile/", "/support-policy/"])
def test_a_customer_reads_no_english(desk, as_person, ana, language, address):
    page = as_person(ana).get(address, {"lang": language}).content.decode()

    assert left_in_english(page, language) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ("Urgente", "Haute", "Moyenne", "Basse", "4 heures ouvrées", "2 jours ouvrés", "Noël")),
        ("es", ("Urgente", "Alta", "Media", "Baja", "4 horas laborables", "2 días laborables", "Navidad")),
        ("pt-pt", ("Urgente", "Alta", "Média", "Baixa", "4 horas úteis", "2 dias úteis", "Dia de Natal")),
        ("pt-br", ("Urgente", "Alta", "Média", "Baixa", "Nossas metas", "Solução", "Natal")),
    ],
)
def test_priorities_goals_and_holidays_are_said_in_the_readers_language(desk, language, words):
    page = Client().get("/support-policy/", {"lang": language}).content.decode()

    assert [word for word in words if word not in page] == []


def test_a_holiday_that_somebody_named_keeps_its_name():
    with translation.override("fr"):
        assert [holiday_said(name) for name in ("Natal", "Lumiar's birthday", "")] == [
            "Noël",
            "Lumiar's birthday",
            "",
        ]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Monday to Friday"),
        ("fr", "lundi à vendredi"),
        ("es", "lunes a viernes"),
        ("pt-pt", "segunda-feira a sexta-feira"),
        ("pt-br", "segunda-feira a sexta-feira"),
    ],
)
def test_only_english_writes_weekdays_with_a_capital(language, words):
    with translation.override(language):
        assert spelling.days(range(5)) == words


def test_french_tells_june_from_july_and_tuesday_from_march():
    with translation.override("fr"):
        said = [tags.said(datetime(2027, month, 1, 9, tzinfo=UTC), "moment") for month in (3, 6, 7)]

    assert said == ["lun. 1er mars 2027, 09h00", "mar. 1er juin 2027, 09h00", "jeu. 1er juil. 2027, 09h00"]

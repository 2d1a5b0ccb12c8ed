"""Instants in words that people use."""

from datetime import UTC, datetime

import pytest

from helpdesk.models import OutboundMessage
from helpdesk.notifications import moments
from helpdesk.notifications.recipient import Recipient

FRIDAY_9_PM = datetime(2026, 3, 13, 21, tzinfo=UTC)
IN_SUMMER = datetime(2026, 7, 1, 8, 30, tzinfo=UTC)


def reader(language="en", zone=""):
    return Recipient(OutboundMessage.Channel.EMAIL, "a@b.example", language, zone)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Friday 13 March 2026, 21:00, Lisbon time (WET/WEST)"),
        ("fr", "vendredi 13 mars 2026 à 21h00, heure de Lisbonne (WET/WEST)"),
        ("es", "viernes 13 de marzo de 2026, 21:00, hora de Lisboa (WET/WEST)"),
        ("pt-pt", "sexta-feira, 13 de março de 2026, 21:00, hora de Lisboa (WET/WEST)"),
        ("pt-br", "sexta-feira, 13 de março de 2026, 21:00, horário de Lisboa (WET/WEST)"),
    ],
)
def test_each_language_says_it_its_own_way(language, words):
    assert moments.said(FRIDAY_9_PM, "Europe/Lisbon", language) == words


def test_french_has_a_first_of_the_month():
    first = datetime(2026, 6, 1, 8, tzinfo=UTC)

    assert moments.said(first, "Europe/Lisbon", "fr").startswith("lundi 1er juin 2026")
    assert moments.as_written("21 Janvier 2026", "fr") == "21 janvier 2026"


def test_summer_time_is_followed():
    assert moments.said(IN_SUMMER, "Europe/Lisbon", "en").startswith("Wednesday 1 July 2026, 09:30")


def test_a_reader_elsewhere_hears_their_own_time_too():
    assert moments.said_to(reader(zone="Europe/Paris"), FRIDAY_9_PM, "Europe/Lisbon") == (
        "Friday 13 March 2026, 21:00, Lisbon time (WET/WEST)"
        " / Friday 13 March 2026, 22:00, Paris time (CET/CEST)"
    )


@pytest.mark.parametrize("zone", ["", "Europe/London", "Mars/Olympus", "../../etc/passwd", "\x00", "x" * 500])
def test_where_their_time_is_the_same_or_unknown_it_is_said_once(zone):
    assert moments.said_to(reader(zone=zone), FRIDAY_9_PM, "Europe/Lisbon") == (
        "Friday 13 March 2026, 21:00, Lisbon time (WET/WEST)"
    )


def test_nothing_is_said_of_no_instant():
    assert moments.said_to(reader(), None, "Europe/Lisbon") == ""


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("America/Sao_Paulo", "Sao Paulo time (UTC-03)"),
        ("Asia/Kolkata", "Kolkata time (IST)"),
        ("UTC", "UTC time (UTC)"),
        ("America/New_York", "New York time (EST/EDT)"),
    ],
)
def test_a_zone_is_spelled_out(zone, words):
    assert moments.zone_said(zone, "en") == words


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "March 2026"), ("fr", "mars 2026"), ("es", "marzo de 2026"), ("pt-br", "março de 2026")],
)
def test_a_month_is_said(language, words):
    assert moments.month_said("2026-03", language) == words

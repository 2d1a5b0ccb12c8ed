"""The sample mails, read as they are."""

from pathlib import Path

import pytest

from channels_inbound.email.parsing import read_mail

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "mail"


@pytest.fixture
def raw():
    """The bytes of a sample."""
    return lambda name: (SAMPLES / f"{name}.eml").read_bytes()


@pytest.fixture
def read(raw):
    """A sample as a person would see it."""
    return lambda name: read_mail(raw(name))

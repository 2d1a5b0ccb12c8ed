import pytest
from django.test import Client

from contracts.models import Person


@pytest.fixture(autouse=True)
def _answers_at_once(settings):
    settings.SIGN_IN_SECONDS = 0


@pytest.fixture
def as_person():
    """A browser in which somebody is signed in."""

    def sign_in(person: Person) -> Client:
        browser = Client()
        browser.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return sign_in

"""What every page of the portal may need."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from helpdesk.portal import slowness
from helpdesk.portal.signed_in import person_of
from sla import timekeeping

NATIVE_NAMES = {
    "en": "English",
    "fr": "Français",
    "es": "Español",
    "pt-pt": "Português (Portugal)",
    "pt-br": "Português (Brasil)",
}


def portal(request: HttpRequest) -> dict[str, Any]:
    """The reader, the languages, and whether this is a demonstration."""
    return {
        "person": SimpleLazyObject(lambda: person_of(request)),
        "backlog": SimpleLazyObject(lambda: slowness.notices(person_of(request), at=timekeeping.now())),
        "languages": [(code, NATIVE_NAMES.get(code, name)) for code, name in settings.LANGUAGES],
        "is_demo": settings.DEMO,
        "desk_name": settings.DESK_NAME,
        "support_address": settings.SUPPORT_ADDRESS,
        "site_url": settings.SITE_URL,
    }

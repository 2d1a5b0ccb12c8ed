"""In which language and zone a page is read."""

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from contracts.models import Person
from helpdesk.portal.signed_in import person_of
from helpdesk.portal.zones import known_zone

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ReadersLanguage:
    """The language of the address (`?lang=`), else of the profile, the cookie, the browser, the desk (PP-05).

    Times are shown in the reader's zone; where a goal is shown, support's own stands beside it (CR-05).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Speak that language for this answer alone."""
        with translation.override(readers_language(request)), timezone.override(readers_zone(request)):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response


def readers_language(request: HttpRequest) -> str:
    """One of our languages; an unknown `?lang=` is the desk's own, never an error.

    The console speaks the desk's own alone: half of its words in another would help nobody.
    """
    if request.path.startswith(reverse("admin:index")):
        return settings.LANGUAGE_CODE
    asked = request.GET.get("lang")
    if asked is not None:
        return _ours(asked) or settings.LANGUAGE_CODE
    return _ours(_profile_language(request)) or translation.get_language_from_request(request)


def _ours(code: str) -> str:
    """That language if we speak it; `pt` alone is Portugal's."""
    try:
        return translation.get_supported_language_variant(code.lower().replace("_", "-")) if code else ""
    except (LookupError, ValueError):  # unknown, or longer than any
        return ""


def _profile_language(request: HttpRequest) -> str:
    reader = _reader(request)
    return reader.language if reader else ""


def readers_zone(request: HttpRequest) -> zoneinfo.ZoneInfo | None:
    """The zone of the profile, else of the organisation, where it is a real one."""
    reader = _reader(request)
    if reader is None:
        return None
    organisation = reader.organisation
    return known_zone(reader.zone) or known_zone(organisation.zone if organisation else "")


def _reader(request: HttpRequest) -> Person | None:
    """Agents have no profile here, and their pages are spared the question."""
    return None if getattr(request.user, "is_staff", False) else person_of(request)

"""How a customer likes to be addressed."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from contracts.models import Person
from helpdesk.portal.forms import ProfileForm
from helpdesk.portal.signed_in import for_customers, person_of

UNPROCESSABLE = 422
A_YEAR = 365 * 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def profile(request: HttpRequest, person: Person) -> HttpResponseBase:
    """Name, language and zone."""
    form = ProfileForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        person.save(update_fields=["name", "language", "zone"])
        with translation.override(person.language or translation.get_language()):
            messages.success(request, translation.gettext("Saved."))
        return redirect("portal:profile")
    return render(
        request, "portal/profile.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200
    )


@require_POST
def speak(request: HttpRequest) -> HttpResponseBase:
    """Choose the language: for this browser, and for the profile of whoever is signed in."""
    response = HttpResponseRedirect(_back(request))
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return response
    person = person_of(request)
    if person is not None:
        Person.objects.filter(pk=person.pk).update(language=language)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=A_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _back(request: HttpRequest) -> str:
    """The page the reader came from, if it is ours."""
    asked = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and asked.startswith("/")
    return asked if is_ours else resolve_url("portal:home")

"""Who is at the portal's door."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from contracts.models import Person

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
PersonsView = Callable[Concatenate[HttpRequest, Person, P], HttpResponseBase]

SIGN_IN_URL: Final = "account_request_login_code"
KEPT_AS: Final = "portal_person"


def person_of(request: HttpRequest) -> Person | None:
    """The customer who is signed in, or nobody; asked of the database once a request."""
    if not hasattr(request, KEPT_AS):
        setattr(request, KEPT_AS, _look_up(request))
    person: Person | None = getattr(request, KEPT_AS)
    return person


def _look_up(request: HttpRequest) -> Person | None:
    account = getattr(request, "user", None)
    if account is None or not account.is_authenticated:
        return None
    return Person.objects.select_related("organisation").filter(account=account.pk).first()


def for_customers(view: PersonsView[P]) -> View[P]:
    """Let a view in only for a signed-in customer, whom it gets as its second argument.

    No browser or proxy keeps the answer, unless the view says so.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        person = person_of(request)
        if person is not None:
            response = view(request, person, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response
        if request.user.is_authenticated:
            return render(request, "portal/no_customer.html", status=403)
        return redirect_to_login(request.get_full_path(), SIGN_IN_URL)

    return guarded

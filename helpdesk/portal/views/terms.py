"""What applies to the reader (CM-07)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contracts.models import Person
from helpdesk.portal.signed_in import for_customers
from helpdesk.portal.terms import terms_of
from sla import timekeeping


@require_safe
@for_customers
def terms(request: HttpRequest, person: Person) -> HttpResponse:
    """The merged terms of the reader's contract."""
    return render(request, "portal/terms.html", {"terms": terms_of(person, at=timekeeping.now())})

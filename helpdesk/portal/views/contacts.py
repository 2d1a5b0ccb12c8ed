"""Who may open tickets: a manager names people, and takes them off the list again (CM-06)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from contracts.models import Person
from contracts.named_contacts import NamingRefused
from helpdesk import naming
from helpdesk.portal.contacts import contacts_of
from helpdesk.portal.forms import ContactForm
from helpdesk.portal.signed_in import for_customers
from helpdesk.refusals import Refused
from sla import timekeeping

UNPROCESSABLE = 422


@require_safe
@for_customers
def contacts(request: HttpRequest, person: Person) -> HttpResponse:
    """Who is named, who was, and who could be."""
    return _page(request, person, ContactForm())


@require_POST
@for_customers
def add(request: HttpRequest, person: Person) -> HttpResponseBase:
    """Name somebody; what is wrong is said beside the field."""
    form = ContactForm(request.POST)
    if not person.is_manager or not form.is_valid():
        return _page(request, person, form, status=UNPROCESSABLE)
    given: dict[str, Any] = {"name": form.cleaned_data["name"], "by": person, "at": timekeeping.now()}
    try:
        contact = naming.name(form.cleaned_data["email"], **given)
    except (Refused, NamingRefused) as refusal:
        form.add_error("email", str(refusal))
        return _page(request, person, form, status=UNPROCESSABLE)
    messages.success(request, _("%(name)s may open tickets.") % {"name": contact.person})
    return redirect("portal:contacts")


@require_POST
@for_customers
def remove(request: HttpRequest, person: Person, number: int) -> HttpResponseBase:
    """Take somebody off the list; who they were stays in its history."""
    try:
        naming.remove(number, by=person, at=timekeeping.now())
    except Refused as refusal:
        raise Http404 from refusal
    messages.success(request, _("Taken off the list."))
    return redirect("portal:contacts")


def _page(request: HttpRequest, person: Person, form: ContactForm, *, status: int = 200) -> HttpResponse:
    """Only a manager of an organisation reads who is named."""
    if not person.is_manager or person.organisation_id is None:
        raise Http404
    shown = contacts_of(person, at=timekeeping.now())
    return render(request, "portal/contacts.html", {"shown": shown, "form": form}, status=status)

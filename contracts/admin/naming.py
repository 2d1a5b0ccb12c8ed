"""Whom a contract names as entitled to ask: the list, and its two verbs (CM-06)."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.console import TextLine, page
from contracts import named_contacts
from contracts.addresses import LONGEST_ADDRESS
from contracts.admin.signing import signed
from contracts.models import Contract, NamedContact
from contracts.named_contacts import NamingRefused
from sla import timekeeping, typed

UNPROCESSABLE: Final = 422


class NamingForm(forms.Form):
    """Whom to name."""

    email = forms.CharField(label=_("E-mail address"), max_length=LONGEST_ADDRESS, widget=TextLine)
    name = forms.CharField(label=_("Name"), max_length=160, required=False, widget=TextLine)


def view(request: HttpRequest, contract: Contract) -> HttpResponse:
    """Show who is named and who was; name somebody, or take somebody off the list, when that is sent."""
    form = NamingForm(request.POST if "email" in request.POST else None)
    if request.method == "POST" and _did(request, contract, form):
        return redirect("admin:contracts_contract_contacts", contract.pk)
    answer: HttpResponse = page(
        request,
        "admin/contracts/contacts.html",
        of=contract,
        title=gettext("Named contacts of %s") % contract,
        form=form,
        limit=named_contacts.limit_of(contract, at=timekeeping.now()),
        **_listed(contract),
        back=reverse("admin:contracts_contract_change", args=(contract.pk,)),
        status=UNPROCESSABLE if form.errors else 200,
    )
    return answer


def _listed(contract: Contract) -> dict[str, Any]:
    rows = NamedContact.objects.filter(contract=contract).select_related("person__organisation")
    listed = list(rows.prefetch_related("person__addresses"))
    return {
        "named": [one for one in listed if one.removed_at is None],
        "removed": [one for one in listed if one.removed_at is not None],
    }


def _did(request: HttpRequest, contract: Contract, form: NamingForm) -> bool:
    number = typed.whole(request.POST.get("remove", ""))
    if number is not None:
        contact = NamedContact.objects.filter(contract=contract, pk=number).first()
        if contact is not None and named_contacts.remove(contact, **signed(request)):
            messages.success(request, gettext("%s is no longer named.") % contact.person)
        return True
    if not form.is_valid():
        return False
    try:
        contact = named_contacts.add_known(contract, **form.cleaned_data, **signed(request))
    except NamingRefused as refusal:
        form.add_error("email", str(refusal))
        return False
    messages.success(request, gettext("%s is named.") % contact.person)
    return True

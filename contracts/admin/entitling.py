"""What a contract's plan includes besides tickets: how it stands, and its two verbs (AM-09)."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.console import Choice, Number, TextLine, page
from contracts import entitlements
from contracts.admin.signing import signed
from contracts.entitlements import Standing, UseRefused
from contracts.models import Contract, EntitlementUse
from sla import timekeeping, typed

UNPROCESSABLE: Final = 422
SHOWN: Final = 50


class UseForm(forms.Form):
    """What was used."""

    key = forms.ChoiceField(label=_("What"), widget=Choice)
    units = forms.IntegerField(label=_("Units"), min_value=1, max_value=100_000, widget=Number)
    reason = forms.CharField(label=_("For what"), max_length=entitlements.LONGEST_REASON, widget=TextLine)

    def __init__(self, *args: Any, counted: list[Standing], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [one.entitlement for one in counted]
        self.fields["key"].choices = [(one.key, f"{one.name} ({one.metric})") for one in named]  # type: ignore[attr-defined]  # a choice field


def view(request: HttpRequest, contract: Contract) -> HttpResponse:
    """Show each with what is left of it; write what is used, or give an entry back, when that is sent."""
    counted = entitlements.standings(contract, at=timekeeping.now())
    is_return = "back" in request.POST
    is_use = request.method == "POST" and not is_return
    form = UseForm(request.POST if is_use else None, counted=counted)
    if (is_return and _gave_back(request, contract)) or (is_use and _used(request, contract, form)):
        return redirect("admin:contracts_contract_entitlements", contract.pk)
    answer: HttpResponse = page(
        request,
        "admin/contracts/entitlements.html",
        of=contract,
        title=gettext("Besides tickets: %s") % contract,
        form=form,
        counted=counted,
        told=[one for one in entitlements.included(contract, at=timekeeping.now()) if not one.metric],
        entries=entitlements.uses(contract)[:SHOWN],
        back=reverse("admin:contracts_contract_change", args=(contract.pk,)),
        status=UNPROCESSABLE if form.errors else 200,
    )
    return answer


def _used(request: HttpRequest, contract: Contract, form: UseForm) -> bool:
    if not form.is_valid():
        return False
    given = form.cleaned_data
    words: dict[str, Any] = {"units": given["units"], "reason": given["reason"]}
    try:
        entitlements.use(contract, given["key"], **words, **signed(request))
    except UseRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, gettext("Written into the ledger."))
    return True


def _gave_back(request: HttpRequest, contract: Contract) -> bool:
    number = typed.whole(request.POST["back"]) or 0  # which no row has
    entry = EntitlementUse.objects.filter(contract=contract, pk=number).first()
    try:
        if entry and entitlements.give_back(entry, reason=request.POST.get("why", ""), **signed(request)):
            messages.success(request, gettext("Given back into its own period."))
    except UseRefused as refusal:
        messages.error(request, str(refusal))
    return True

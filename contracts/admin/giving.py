"""Units given or corrected by hand: one form, one rule (AM-04)."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.console import Choice, Number, TextLine, page
from contracts import granting, quota
from contracts.admin.signing import signed
from contracts.granting import GrantRefused
from contracts.models import Charge, Contract
from sla import timekeeping

UNPROCESSABLE = 422


class GiveForm(forms.Form):
    """A grant, or an adjustment."""

    kind = forms.ChoiceField(
        label=_("What"),
        choices=((Charge.Kind.GRANT, _("grant")), (Charge.Kind.ADJUSTMENT, _("adjustment"))),
        widget=Choice,
    )
    units = forms.IntegerField(
        label=_("Units"), min_value=-granting.MOST, max_value=granting.MOST, widget=Number
    )
    reason = forms.CharField(label=_("Why"), max_length=granting.LONGEST_REASON, widget=TextLine)
    until = forms.DateField(
        label=_("Lasts until (a grant only)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )


def view(request: HttpRequest, contract: Contract) -> HttpResponse:
    """Ask, and write it when it is sent."""
    form = GiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _give(request, contract, form):
        return redirect(_address(contract))
    answer: HttpResponse = page(
        request,
        "admin/contracts/give.html",
        of=contract,
        title=gettext("Give or correct units of %s") % contract,
        form=form,
        line=quota.quota_line(contract, at=timekeeping.now()) if contract.versions.exists() else None,
        back=_address(contract),
        status=UNPROCESSABLE if form.errors else 200,
    )
    return answer


def _give(request: HttpRequest, contract: Contract, form: GiveForm) -> bool:
    given = form.cleaned_data
    words: dict[str, Any] = {"units": given["units"], "reason": given["reason"]}
    try:
        if given["kind"] == Charge.Kind.GRANT:
            granting.grant(contract, **words, **signed(request), expires_at=_end_of(given["until"], contract))
        else:
            granting.adjust(contract, **words, **signed(request))
    except (GrantRefused, LookupError) as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, gettext("Written into the ledger."))
    return True


def _end_of(day: Any, contract: Contract) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(contract.zone)).astimezone(UTC)


def _address(contract: Contract) -> str:
    return reverse("admin:contracts_contract_change", args=(contract.pk,))

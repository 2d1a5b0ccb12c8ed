"""What a contract said at an instant: the versions that governed, each value, and who says it (AM-01)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from config.console import page
from contracts import agreements, coverage, crediting, money, named_contacts, quota_terms, terms
from contracts.coverage import Coverage
from contracts.models import Contract, ContractVersion, OverQuota, PlanVersion, QuotaMetric, QuotaPeriod
from contracts.quota_terms import QuotaTerms
from contracts.terms import CellShown, Source
from sla import calendars, comparing, timekeeping

UNPROCESSABLE: Final = 422


class InstantForm(forms.Form):
    """The instant, on the desk's clock."""

    on = forms.DateTimeField(
        label=_("As of"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


@dataclass(frozen=True, slots=True)
class CellSaid:
    """A target in words."""

    cell: CellShown
    metric: str
    said: str
    is_agreed: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """Another value, and whether the contract itself says it; else its plan or policy does."""

    name: str
    text: str
    is_agreed: bool


@require_safe
def view(request: HttpRequest, contract: Contract) -> HttpResponse:
    """The contract as it governs now, or did or will at the instant that is asked for."""
    form = InstantForm(request.GET if "on" in request.GET else None)
    at = form.cleaned_data["on"] if form.is_bound and form.is_valid() else timekeeping.now()
    agreed = agreements.version_in_force(contract, at=at)
    answer: HttpResponse = page(
        request,
        "admin/contracts/as_of.html",
        of=contract,
        title=gettext("What %s said") % contract,
        form=form if form.is_bound else InstantForm(initial={"on": at}),
        at=at,
        agreed=agreed,
        back=reverse("admin:contracts_contract_change", args=(contract.pk,)),
        status=UNPROCESSABLE if form.errors else 200,
        **(_governing(contract, agreed, at=at) if agreed else {}),
    )
    return answer


def _governing(contract: Contract, agreed: ContractVersion, *, at: datetime) -> dict[str, Any]:
    cover = coverage.under(agreed, contract.organisation, at=at)
    plan = cover.plan_version or agreed.plan_version
    shown = terms.cells_shown(cover)
    return {
        "cover": cover,
        "plan": plan,
        "hours": calendars.version_at(cover.calendar, at=at) if cover.calendar else None,
        "cells": [_cell(cell) for cell in shown],
        "facts": [
            *_of_the_quota(agreed, quota_terms.merged(agreed, plan)),
            *_of_people(agreed, plan),
            *_of_the_clocks(agreed, cover),
        ],
    }


def _cell(cell: CellShown) -> CellSaid:
    said = comparing.cell_said(cell) + comparing.conditions_said(cell)
    return CellSaid(cell, comparing.metric_said(cell.metric), said, cell.source is Source.AGREEMENT)


def _of_the_quota(agreed: ContractVersion, quota: QuotaTerms) -> Iterator[Fact]:
    units = gettext("unlimited") if quota.units is None else str(quota.units or gettext("none"))
    is_own = agreed.says_units or bool(agreed.quota_metric)
    yield Fact(gettext("Units"), f"{units} {QuotaMetric(quota.metric).label}", is_own)
    begins = gettext("from day %(day)d") % {"day": quota.anchor_day}
    is_own = bool(agreed.quota_period) or agreed.anchor_day is not None or agreed.anchor_month is not None
    yield Fact(gettext("Period"), f"{QuotaPeriod(quota.period).label}, {begins}", is_own)
    carried = str(quota.rollover_periods or gettext("none"))
    yield Fact(gettext("Periods for which unused units last"), carried, agreed.rollover_periods is not None)
    beyond = str(OverQuota(quota.over_quota).label)
    if quota.overage_price is not None:
        beyond += f": {money.exact(quota.overage_price)} {quota.overage_currency}"
    yield Fact(gettext("Beyond the quota"), beyond, bool(agreed.over_quota))
    marks = ", ".join(f"{mark} %" for mark in quota.thresholds)
    yield Fact(gettext("Warned at"), marks or "–", agreed.thresholds is not None)


def _of_people(agreed: ContractVersion, plan: PlanVersion) -> Iterator[Fact]:
    channels = agreements.channels_under(agreed, plan)
    yield Fact(gettext("Channels"), ", ".join(channels) or "–", agreed.channels is not None)
    limit = named_contacts.limit_under(agreed, plan)
    said = gettext("any number") if limit is None else str(limit)
    yield Fact(gettext("Named contacts"), said, agreed.named_contacts_max is not None)


def _of_the_clocks(agreed: ContractVersion, cover: Coverage) -> Iterator[Fact]:
    policy = cover.policy_version
    if cover.calendar is not None:
        yield Fact(gettext("Hours"), cover.calendar.name, agreed.calendar_id is not None)
    if policy is not None:
        mode = ContractVersion.DayMode(agreed.day_mode or policy.day_mode)
        yield Fact(gettext("Business days"), str(mode.label), bool(agreed.day_mode))
    binding = gettext("binding") if cover.is_binding else gettext("goals, not guarantees")
    yield Fact(gettext("Its times are"), binding, agreed.is_binding)
    if agreed.credit_scheme is not None:
        yield Fact(gettext("Credits"), crediting.in_words(crediting.parse(agreed.credit_scheme)), True)

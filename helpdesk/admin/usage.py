"""What was used of a contract's quota: figures, entries, a picture, a file (CM-02, AM-10)."""

import csv
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from config import console
from contracts import ledger, quota, spreadsheets
from contracts.models import Allotment, Contract
from helpdesk import usage, visibility
from helpdesk.admin import aside, asked
from sla import typed


@require_safe
def view(request: HttpRequest, number: int) -> HttpResponse:
    """The present period of a contract, or the one that is asked for."""
    contract, periods = _asked(request, number)
    period = _chosen(request, periods)
    answer: HttpResponse = console.page(
        request,
        "admin/contracts/usage.html",
        of=contract,
        title=gettext("What %s used") % contract,
        contract=contract,
        periods=periods,
        now=_now(contract, request),
        back=reverse("admin:contracts_contract_change", args=(contract.pk,)),
        **(_shown(request, period) if period else {}),
    )
    return answer


@require_safe
def download(request: HttpRequest, number: int, period: int) -> HttpResponseBase:
    """A period's whole ledger, with who wrote each entry and why."""
    contract, periods = _asked(request, number)
    found = next((one for one in periods if one.pk == period), None)
    if found is None:
        raise Http404
    answer = StreamingHttpResponse(_file(request, found), content_type="text/csv; charset=utf-8")
    name = f"usage-{contract.pk}-{found.starts_at:%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _asked(request: HttpRequest, number: int) -> tuple[Contract, list[Allotment]]:
    if not request.user.has_perm("contracts.view_contract"):
        raise PermissionDenied
    contract = get_object_or_404(Contract.objects.select_related("organisation"), pk=number)
    return contract, ledger.periods_under(Contract.objects.filter(pk=contract.pk))


def _chosen(request: HttpRequest, periods: list[Allotment]) -> Allotment | None:
    wanted = request.GET.get("period")
    if wanted is None:
        return periods[0] if periods else None
    found = next((one for one in periods if str(one.pk) == wanted), None)
    if found is None:
        raise Http404
    return found


def _now(contract: Contract, request: HttpRequest) -> aside.Quota | None:
    if not contract.versions.exists():
        return None
    at = asked.at(request)
    return aside.Quota(quota.quota_line(contract, at=at), at)


def _shown(request: HttpRequest, period: Allotment) -> dict[str, Any]:
    page = ledger.page(period, before=typed.whole(request.GET.get("before", "")))
    days = ledger.course(period)
    return {
        "period": period,
        "units": usage.units_of(period),
        "lines": usage.lines(period, page.entries, among=visibility.queue_for(asked.by(request))),
        "before": page.before,
        "days": days,
        "picture": usage.picture(period, days),
        "shares": usage.shares(period),
    }


def _file(request: HttpRequest, period: Allotment) -> Iterator[str]:
    writer = csv.writer(spreadsheets.Echo())
    yield writer.writerow((*usage.COLUMNS, "by", "reason"))
    for line in usage.all_lines(period, among=visibility.queue_for(asked.by(request))):
        said = (spreadsheets.safe(line.entry.by), spreadsheets.safe(line.entry.reason))
        yield writer.writerow((*line.cells, *said))

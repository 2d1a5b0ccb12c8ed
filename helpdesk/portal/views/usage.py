"""What is used of the quota, and what waits for a manager's decision (CM-02, CM-04)."""

import csv
from collections.abc import Iterator

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from contracts import coverage, entitlements, ledger, spreadsheets
from contracts.models import Allotment, Person
from helpdesk import approving, pump
from helpdesk import usage as all_used
from helpdesk.portal import slowness
from helpdesk.portal import usage as used
from helpdesk.portal.quota import quota_of
from helpdesk.portal.signed_in import for_customers
from helpdesk.portal.views.tickets import theirs
from helpdesk.refusals import Refused
from sla import timekeeping, typed


@require_safe
@for_customers
def usage(request: HttpRequest, person: Person) -> HttpResponse:
    """The periods of a manager's organisation, the entries of one, and what waits for a decision."""
    periods = _periods(person)
    period = _chosen(request, periods)
    before = typed.whole(request.GET.get("before", ""))
    context = {
        "quota": quota_of(person, at=timekeeping.now()),
        "periods": periods,
        "shown": used.usage(person, period, before=before) if period else None,
        "waiting": approving.waiting(person),
        "besides": _besides(person),
        "slow": slowness.during(period, person) if period else [],
    }
    return render(request, "portal/usage.html", context)


@require_safe
@for_customers
def download(_request: HttpRequest, person: Person, number: int) -> HttpResponseBase:
    """A period's whole ledger as a file."""
    period = next((one for one in _periods(person) if one.pk == number), None)
    if period is None:
        raise Http404
    answer = StreamingHttpResponse(_file(person, period), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="usage-{period.starts_at:%Y-%m-%d}.csv"'
    return answer


@require_POST
@for_customers
def decide(request: HttpRequest, person: Person, number: int) -> HttpResponseBase:
    """A manager approves or refuses a ticket beyond the quota."""
    is_approved = request.POST.get("decision") == "approve"
    try:
        approving.decide(theirs(person, number), is_approved=is_approved, by=person, at=timekeeping.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        pump.send_soon()
        messages.success(request, _("Approved. We begin now.") if is_approved else _("Refused."))
    return redirect("portal:ticket", number)


def _besides(person: Person) -> list[entitlements.Standing]:
    """What the plan in force includes besides tickets, and what is left of it."""
    at = timekeeping.now()
    organisation = person.organisation_id
    contract = coverage.contract_in_force(organisation, at=at) if organisation else None
    return entitlements.standings(contract, at=at) if contract else []


def _periods(person: Person) -> list[Allotment]:
    """Only a manager of the organisation reads what it used."""
    if not person.is_manager or person.organisation is None:
        raise Http404
    return ledger.periods(person.organisation)


def _chosen(request: HttpRequest, periods: list[Allotment]) -> Allotment | None:
    wanted = typed.whole(request.GET.get("period", ""))
    if wanted is None:
        return periods[0] if periods else None
    found = next((one for one in periods if one.pk == wanted), None)
    if found is None:
        raise Http404
    return found


def _file(person: Person, period: Allotment) -> Iterator[str]:
    writer = csv.writer(spreadsheets.Echo())
    yield writer.writerow(all_used.COLUMNS)
    for line in all_used.all_lines(period, among=used.tickets(person)):
        yield writer.writerow(line.cells)

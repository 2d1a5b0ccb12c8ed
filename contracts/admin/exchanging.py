"""Contracts from a file: first what would become of each row, then one POST; and all of them to a file."""

import secrets
from typing import Any, Final

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from config.console import page
from contracts.exchange import files
from contracts.exchange.files import Unreadable
from contracts.models import Account, Contract
from sla import timekeeping

KEPT: Final = 15 * 60
"""Seconds for which a file waits for its second step."""
SHOWN: Final = 200
LONGEST_TOKEN: Final = 64
UNPROCESSABLE: Final = 422
TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_http_methods(["GET", "HEAD", "POST"])
def import_view(request: HttpRequest) -> HttpResponse:
    """Ask for a file, show what would become of it, and put it in."""
    if not request.user.has_perm("contracts.add_contract"):
        raise Http404
    if request.method != "POST":
        return _page(request)
    token = request.POST.get("token", "")[:LONGEST_TOKEN]
    return _put(request, token) if token else _preview(request)


def _page(request: HttpRequest, status: int = 200, **shown: Any) -> HttpResponse:
    answer: HttpResponse = page(
        request,
        "admin/contracts/import.html",
        of=Contract(),
        title=gettext("Import contracts"),
        status=status,
        shown_rows=SHOWN,
        **shown,
    )
    return answer


def _preview(request: HttpRequest) -> HttpResponse:
    upload = request.FILES.get("file")
    if upload is None or not upload.name or (upload.size or 0) > files.MOST_BYTES:
        return _page(request, UNPROCESSABLE, refusal=gettext("Choose a .csv or .xlsx file of at most 20 MB."))
    kind, content = upload.name.rpartition(".")[2].lower(), upload.read()
    try:
        data = files.read(content, kind=kind)
    except Unreadable as error:
        return _page(request, UNPROCESSABLE, refusal=str(error))
    report = files.put(data, by=_author(request), at=timekeeping.now(), dry_run=True)
    token = secrets.token_urlsafe(24)
    cache.set(_key(request, token), (kind, content), KEPT)
    counts = {name: report.count(name) for name in ("new", "update", "skip", "invalid")}
    return _page(request, report=report, token=token, counts=counts, rows=report.rows[:SHOWN])


def _put(request: HttpRequest, token: str) -> HttpResponse:
    """The same file as was previewed; a second press finds it gone."""
    kept = cache.get(_key(request, token))
    if kept is None:
        messages.error(
            request, gettext("This file has gone in already, or waited too long. Choose it again.")
        )
        return redirect("admin:contracts_contract_import")
    cache.delete(_key(request, token))
    kind, content = kept
    is_strict = request.POST.get("all_or_nothing") == "yes"
    report = files.put(
        files.read(content, kind=kind), by=_author(request), at=timekeeping.now(), all_or_nothing=is_strict
    )
    said = gettext("%(new)d new, %(amended)d amended, %(same)d as they were, %(wrong)d wrong.") % {
        "new": report.count("new"),
        "amended": report.count("update"),
        "same": report.count("skip"),
        "wrong": len(report.wrong),
    }
    if report.is_written:
        messages.success(request, said)
    else:
        messages.error(request, gettext("Nothing was written: %s") % said)
    return redirect(reverse("admin:contracts_contract_changelist"))


@require_safe
def export_view(request: HttpRequest, kind: str) -> HttpResponse:
    """All contracts as a file."""
    if not request.user.has_perm("contracts.view_contract") or kind not in TYPES:
        raise Http404
    content = files.write(Contract.objects.all(), kind=kind)
    answer = HttpResponse(content, content_type=TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="contracts.{kind}"'
    return answer


def _author(request: HttpRequest) -> Account | None:
    return request.user if isinstance(request.user, Account) else None


def _key(request: HttpRequest, token: str) -> str:
    """Nobody finds another's file."""
    return f"contracts:import:{request.user.pk}:{token}"

"""The support policy: as it is now, as it was, what changed, and for programs."""

from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from contracts import coverage
from contracts.models import Person
from contracts.terms import cells_shown
from helpdesk.portal import policy_json, published, reading, versions
from helpdesk.portal.goal_table import goal_rows, rows_of
from helpdesk.portal.signed_in import person_of
from helpdesk.portal.ways import ways
from helpdesk.portal.week import week
from sla import timekeeping, typed
from sla.models import PolicyVersion

MOST_VERSIONS: Final = 50
LONGEST: Final = 9
HIGHEST: Final = 2**31 - 1
"""What a database still takes for a version's number."""


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """Hours, holidays, channels, goals, and what is not included (PP-01..03, PP-05)."""
    at = timekeeping.now()
    desk = published.desk(at=at)
    context: dict[str, Any] = {"desk": desk, "ways": ways(published.channels(at=at))}
    context["written_in"] = pgettext(
        "the language that this text is written in, as a code like fr or pt-pt", "en"
    )
    if desk is not None:
        context |= {
            "week": week(desk, at=at),
            "special_days": published.special_days(desk.version, at=at),
            "goals": goal_rows(desk.policy_version, works_saturdays=desk.works_saturdays),
            "reading": list(reading.sentences(desk.policy_version)),
            "agreement": _agreement(person_of(request), desk),
            "earlier": _others(request, desk, at=at),
        }
    return render(request, "portal/policy.html", context)


def _agreement(person: Person | None, desk: published.Desk) -> dict[str, Any] | None:
    """What the reader's own contract says, where it says anything of its own (PP-03)."""
    cover = coverage.cover(person, at=timekeeping.now()) if person else None
    if cover is None or cover.contract is None:
        return None
    rows = rows_of(cells_shown(cover), works_saturdays=desk.works_saturdays)
    return {"cover": cover, "contract": cover.contract, "rows": rows}


def _others(request: HttpRequest, desk: published.Desk, *, at: datetime) -> list[PolicyVersion]:
    seen = versions.seen(at=at, by_staff=_is_staff(request))
    return list(seen.exclude(pk=desk.policy_version.pk)[:MOST_VERSIONS])


def _is_staff(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated and request.user.is_staff)


# --- versions -----------------------------------------------------------------------------------


@require_safe
def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version at its own address, with what followed it (PP-04)."""
    found = _version(request, number)
    return render(request, "portal/policy_version.html", {"shown": _shown(request, found)})


@require_safe
def changes(request: HttpRequest, number: int) -> HttpResponse:
    """What a version says otherwise than the one before it, or than the one that `from` names."""
    newer = _shown(request, _version(request, number))
    named = typed.whole(request.GET.get("from", ""), digits=LONGEST)
    other = named if named is not None else newer.follows
    if other is None:
        raise Http404
    older = _shown(request, _version(request, other))
    if older.version.number > newer.version.number:
        older, newer = newer, older
    return render(request, "portal/policy_changes.html", {"changes": versions.changes(older, newer)})


def _version(request: HttpRequest, number: int) -> PolicyVersion:
    seen = versions.seen(at=timekeeping.now(), by_staff=_is_staff(request))
    found = seen.filter(number=number).first() if number <= HIGHEST else None
    if found is None:
        raise Http404
    return found


def _shown(request: HttpRequest, found: PolicyVersion) -> versions.Version:
    return versions.shown(found, at=timekeeping.now(), by_staff=_is_staff(request))


# --- for programs -------------------------------------------------------------------------------


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """The policy in force for programs (PP-06)."""
    found = published.public_policy(at=timekeeping.now())
    if found is None:
        raise Http404
    return _json(request, found)


@require_safe
def version_as_json(request: HttpRequest, number: int) -> HttpResponse:
    """One version for programs."""
    return _json(request, _version(request, number))


def _json(request: HttpRequest, found: PolicyVersion) -> HttpResponse:
    """With an ETag: whoever has these bytes is told so, and whoever takes no JSON gets none."""
    if not request.accepts("application/json"):
        return HttpResponse("This address gives application/json.", status=406, content_type="text/plain")
    content = policy_json.body(found, at=timekeeping.now())
    etag = policy_json.etag(content)
    answer = HttpResponse(content, content_type="application/json; charset=utf-8", headers={"ETag": etag})
    answer["Cache-Control"] = "public, max-age=60"
    kept = get_conditional_response(request, etag=etag, response=answer)
    return kept if isinstance(kept, HttpResponse) else answer

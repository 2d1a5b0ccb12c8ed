"""The support policy as it is now."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from contracts import coverage
from contracts.models import Person
from contracts.terms import cells_shown
from helpdesk.portal import published, reading
from helpdesk.portal.goal_table import goal_rows, rows_of
from helpdesk.portal.signed_in import person_of
from helpdesk.portal.ways import ways
from helpdesk.portal.week import week
from sla import timekeeping


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
        }
    return render(request, "portal/policy.html", context)


def _agreement(person: Person | None, desk: published.Desk) -> dict[str, Any] | None:
    """What the reader's own contract says, where it says anything of its own (PP-03)."""
    cover = coverage.cover(person, at=timekeeping.now()) if person else None
    if cover is None or cover.contract is None:
        return None
    rows = rows_of(cells_shown(cover), works_saturdays=desk.works_saturdays)
    return {"cover": cover, "contract": cover.contract, "rows": rows}

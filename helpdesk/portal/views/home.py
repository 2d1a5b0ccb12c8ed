"""The front page."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from helpdesk.portal import published
from helpdesk.portal.goal_table import goal_rows
from helpdesk.portal.signed_in import person_of
from helpdesk.portal.ways import ways
from helpdesk.portal.week import week
from sla import timekeeping


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """A customer's tickets; for everybody else the ways to reach us, and when."""
    if person_of(request) is not None:
        return redirect("portal:tickets")
    at = timekeeping.now()
    desk = published.desk(at=at)
    context = {
        "desk": desk,
        "week": week(desk, at=at) if desk else None,
        "ways": ways(published.channels(at=at)),
        "goals": goal_rows(desk.policy_version, works_saturdays=desk.works_saturdays) if desk else (),
    }
    return render(request, "portal/home.html", context)

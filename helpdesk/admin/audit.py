"""What was done by hand, by month and by person, to look at and to take along (AU-03)."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from config.console import page
from contracts import spreadsheets
from helpdesk import actors, auditing
from helpdesk.admin import aside, asked, when
from helpdesk.auditing import Line
from helpdesk.models import Ticket

MONTH: Final = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
DECEMBER: Final = 12

KINDS: Final[dict[str, Any]] = {
    "excuse_proposed": _("proposed an excuse"),
    "excuse_approved": _("approved an excuse"),
    "excuse_refused": _("refused an excuse"),
    "manual_due": _("set a due time by hand"),
    "correct": _("corrected a clock event"),
    "retarget": _("applied other terms"),
    "linked": _("linked a sender, back-dated"),
    "backlog_begun": _("declared a backlog period after it began"),
    "units_grant": _("granted units"),
    "units_adjustment": _("adjusted units"),
}


@dataclass(frozen=True, slots=True)
class LineShown:
    """One line, with names in the place of actors."""

    line: Line
    who: str

    @property
    def kind(self) -> str:
        """What was done."""
        return str(KINDS.get(self.line.kind, self.line.kind))

    @property
    def moment(self) -> str:
        """When, in the desk's zone."""
        return when.stamp(self.line.at)

    @property
    def address(self) -> str:
        """The ticket's page."""
        return reverse("admin:helpdesk_ticket_change", args=(self.line.ticket,)) if self.line.ticket else ""

    def cells(self) -> list[str]:
        """The same for a spreadsheet: the instant in UTC, and nothing that could be a formula."""
        number = str(self.line.ticket or "")
        at = self.line.at.strftime("%Y-%m-%dT%H:%M:%SZ")
        return [
            spreadsheets.safe(text)
            for text in (at, self.who, self.kind, number, self.line.what, self.line.reason)
        ]


@require_safe
def view(request: HttpRequest) -> HttpResponse:
    """One month of it; `?format=csv` gives the same as a file."""
    asked.may(request, "view")
    month, by = _month(request), request.GET.get("by", "")[:64]
    since, until = _bounds(month)
    names = {actors.account(agent): str(agent) for agent in asked.agents(request)}
    found = [
        LineShown(line, aside.name_of(line.by, names))
        for line in auditing.lines(since=since, until=until, by=by)
    ]
    if request.GET.get("format") == "csv":
        return _file(found, month)
    answer: HttpResponse = page(
        request,
        "admin/helpdesk/ticket/audit.html",
        of=Ticket(),
        original=None,
        title=gettext("Done by hand"),
        lines=found,
        month=month,
        by=by,
        people=_people(names),
    )
    return answer


def _month(request: HttpRequest) -> str:
    """The month asked for; the present one where none, or no such, is."""
    given = request.GET.get("month", "")
    return given if MONTH.fullmatch(given) else timezone.localtime(asked.at(request)).strftime("%Y-%m")


def _bounds(month: str) -> tuple[datetime, datetime]:
    """The month's first instant, and the next one's, in the desk's zone."""
    year, number = map(int, month.split("-"))
    zone = timezone.get_current_timezone()
    following = (year + 1, 1) if number == DECEMBER else (year, number + 1)
    return datetime(year, number, 1, tzinfo=zone), datetime(*following, 1, tzinfo=zone)


def _people(names: Mapping[str, str]) -> list[tuple[str, str]]:
    return [*names.items(), (actors.system("backlog"), gettext("Prazo, for backlog periods"))]


def _file(found: Iterable[LineShown], month: str) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="by-hand-{month}.csv"'
    rows = csv.writer(answer)
    rows.writerow(("at", "by", "what", "ticket", "facts", "reason"))
    rows.writerows(one.cells() for one in found)
    return answer

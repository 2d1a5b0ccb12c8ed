"""The simulator: pick when, under what, how urgent; see when it is due under each meaning of a day (SA-06).

A GET form that changes nothing. What rules is found as for a ticket received then (R1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from config.console import page
from contracts import promised
from contracts.models import Contract, Plan
from contracts.promised import NothingPromised, Promised
from helpdesk.admin import asked, simulated
from helpdesk.admin.simulated import Metric
from sla import calendars, simulating
from sla.hours import OutOfHorizon
from sla.models import Calendar, PolicyVersion, Priority
from sla.simulating import Simulated, SimulationRefused

Choices = Sequence[tuple[str, Any]]

FIRST_CHOICE: Final = "medium"
MOST_VERSIONS: Final = 200


def _of_choices() -> list[tuple[str, Choices]]:
    plans = [(f"plan:{plan.pk}", str(plan)) for plan in Plan.objects.all()]
    rows = PolicyVersion.objects.select_related("policy").order_by("policy", "-number")[:MOST_VERSIONS]
    versions = [(f"version:{row.pk}", f"{row} ({row.get_status_display()})") for row in rows]
    return [(gettext("Plans"), plans), (gettext("Policy versions"), versions)]


def _calendar_choices() -> Choices:
    return [("", gettext("that of the policy")), *((row.key, row.name) for row in Calendar.objects.all())]


def _priority_choices() -> Choices:
    return [(row.key, row.name) for row in Priority.objects.all()]


class SimulatorForm(forms.Form):
    """When, how urgent, and under which promise."""

    date = forms.DateField(
        label=_("Received on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(label=_("at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    priority = forms.ChoiceField(label=_("Priority"), choices=_priority_choices)
    of = forms.ChoiceField(label=_("Plan or policy version"), choices=_of_choices)
    contract = forms.CharField(
        label=_("or contract"),
        required=False,
        max_length=60,
        help_text=_("Its reference; it comes before the plan."),
    )
    calendar = forms.ChoiceField(label=_("Calendar"), choices=_calendar_choices, required=False)

    promise: Promised
    hours: Calendar
    received_at: datetime
    zone: ZoneInfo

    def clean(self) -> dict[str, Any]:
        """Find what would rule then."""
        given = super().clean() or {}
        if not self.errors:
            self._find(given)
        return given

    def _find(self, given: dict[str, Any]) -> None:
        """The zone is the calendar's, and that may be the policy's: so the date's noon is asked first."""
        noon = datetime.combine(given["date"], time(12), tzinfo=UTC)
        try:
            self._rule(given, at=noon)
            self.received_at = _instant(given["date"], given["time"], self.zone)
            self._rule(given, at=self.received_at)
        except (NothingPromised, calendars.NoVersion) as error:
            self.add_error(None, str(error))
        except SimulationRefused as refusal:
            self.add_error("date", str(refusal))

    def _rule(self, given: dict[str, Any], *, at: datetime) -> None:
        simulating.starts(at, at, simulating.LONGEST)  # refuses what no calendar reaches
        self.promise = _promised(given, at=at)
        chosen = Calendar.objects.filter(key=given["calendar"]).first() if given["calendar"] else None
        self.hours = chosen or self.promise.version.calendar
        self.zone = ZoneInfo(calendars.current_version(self.hours, at=at).zone)

    def clean_contract(self) -> Contract | None:
        """The contract of that reference."""
        reference = self.cleaned_data["contract"].strip()
        if not reference:
            return None
        found = Contract.objects.filter(reference__iexact=reference).first()
        if found is None:
            raise forms.ValidationError(gettext("There is no contract %s.") % reference, code="none")
        return found


def _promised(given: dict[str, Any], *, at: datetime) -> Promised:
    if given["contract"]:
        return promised.by_contract(given["contract"], at=at)
    kind, _colon, key = given["of"].partition(":")
    if kind == "plan":
        return promised.by_plan(Plan.objects.get(pk=key), at=at)
    return Promised(PolicyVersion.objects.select_related("policy", "calendar").get(pk=key))


def _instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


# --- the page -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """What came out."""

    promise: Promised
    calendar: Calendar
    zone: str
    metrics: Sequence[Metric]
    warnings: Sequence[str]
    is_withheld: bool
    """Whether the plan does not offer that priority."""


@require_safe
def view(request: HttpRequest) -> HttpResponse:
    """The form, and below it what came out."""
    if not request.user.has_perm("sla.view_policyversion"):
        raise PermissionDenied
    at = asked.at(request)
    form = SimulatorForm(request.GET if "date" in request.GET else _at_first(at))
    answer: HttpResponse = page(
        request,
        "admin/simulator.html",
        of=PolicyVersion(),
        title=gettext("Simulator"),
        form=form,
        shown=_shown(form) if form.is_valid() else None,
        original=None,
    )
    return answer


def _at_first(at: datetime) -> dict[str, str]:
    """Now, of the first plan, medium where there is one."""
    local = at.astimezone(settings.DESK_ZONE)
    of = next((key for _group, choices in _of_choices() for key, _name in choices), "")
    keys = [key for key, _name in _priority_choices()]
    first = FIRST_CHOICE if FIRST_CHOICE in keys else "".join(keys[-1:])
    return {"date": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}", "of": of, "priority": first}


def _shown(form: SimulatorForm) -> Shown | None:
    key, promise = form.cleaned_data["priority"], form.promise
    try:
        metrics = [_metric(row) for row in _rows(form, key)]
    except calendars.NoVersion as error:  # a cell's own calendar
        form.add_error(None, str(error))
        return None
    except OutOfHorizon:
        form.add_error("date", gettext("It would be due centuries later."))
        return None
    return Shown(
        promise=promise,
        calendar=form.hours,
        zone=form.zone.key,
        metrics=metrics,
        warnings=_warnings(form, metrics),
        is_withheld=promise.offered is not None and key not in promise.offered,
    )


def _rows(form: SimulatorForm, key: str) -> Sequence[Simulated]:
    version = form.promise.version
    cells = simulating.cells_of(version, agreed=form.promise.agreed, priorities=[key])
    return list(simulating.simulate(version, form.hours, cells=cells, received=[form.received_at]))


def _warnings(form: SimulatorForm, metrics: Sequence[Metric]) -> Sequence[str]:
    """What each calendar that is counted on does not know until the last of its due times."""
    until = {form.hours: form.received_at}
    for one in metrics:
        dues = [due for due in one.row.due_by_mode.values() if due]
        until[one.row.calendar] = max(
            [form.received_at, *dues, until.get(one.row.calendar, form.received_at)]
        )
    return [
        sentence
        for calendar, end in until.items()
        for sentence in simulating.warnings(calendar, form.received_at, end)
    ]


def _metric(row: Simulated) -> Metric:
    calendar = row.calendar
    dues = [due for due in row.due_by_mode.values() if due]
    course = simulating.course(calendar, row.received_at, max(dues)) if dues else None
    own = simulating.course(calendar, row.received_at, row.due_at) if row.due_at else None
    return simulated.metric(row, course, own)

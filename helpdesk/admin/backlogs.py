"""Backlog periods: leads declare and end them here; what was declared is history."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from config.console import AgentConsole, Checkboxes, TextArea
from contracts.models import Account, Plan
from helpdesk import backlogs, clockwork
from helpdesk.admin import asked, when
from helpdesk.models import Team, Ticket
from helpdesk.refusals import Refused
from sla import backlog
from sla.backlog import Draft
from sla.hours import Metric
from sla.models import BacklogPeriod, Priority
from sla.models.policy import Cell

LANGUAGES: Final = {
    "en": _("Text in English"),
    "fr": _("Text in French"),
    "es": _("Text in Spanish"),
    "pt-pt": _("Text in Portuguese (Portugal)"),
    "pt-br": _("Text in Portuguese (Brazil)"),
}
KINDS: Final = {"plan": _("plans"), "priority": _("priorities"), "channel": _("channels"), "team": _("teams")}


def _named(kind: str) -> list[tuple[str, str]]:
    """The keys of a kind of scope, each with its name."""
    match kind:
        case "plan":
            return [(plan.key, plan.name) for plan in Plan.objects.all()]
        case "priority":
            return [(priority.key, priority.name) for priority in Priority.objects.all()]
        case "team":
            return [(team.key, team.name) for team in Team.objects.all()]
        case _:
            return [(key, str(label)) for key, label in Ticket.Channel.choices]


def _metrics() -> list[tuple[str, str]]:
    return [(str(metric), str(Cell.Metric(metric).label)) for metric in Metric]


def _choices(label: Any, given: Any, *, required: bool = False, initial: Any = ()) -> Any:
    return forms.MultipleChoiceField(
        label=label, choices=given, required=required, initial=initial, widget=Checkboxes
    )


def _text(locale: str) -> forms.CharField:
    return forms.CharField(
        label=LANGUAGES[locale], max_length=backlog.LONGEST_TEXT, widget=TextArea(attrs={"rows": 2})
    )


class PeriodForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """What is declared: for whom nothing is chosen it is for everybody."""

    plan = _choices(_("Plans"), lambda: _named("plan"))
    priority = _choices(_("Priorities"), lambda: _named("priority"))
    channel = _choices(_("Channels"), lambda: _named("channel"))
    team = _choices(_("Teams"), lambda: _named("team"))
    metrics = _choices(_("May excuse"), _metrics, required=True, initial=backlog.EXCUSED)

    text_en = _text("en")
    text_fr = _text("fr")
    text_es = _text("es")
    text_pt_pt = _text("pt-pt")
    text_pt_br = _text("pt-br")

    class Meta:
        model = BacklogPeriod
        fields = ("starts_at", "ends_at", "reason")

    by: Account
    """Who declares it; set by the page."""
    asked_for: HttpRequest
    draft: Draft

    def clean(self) -> dict[str, Any]:
        """Refuse what cannot be declared, by its reason."""
        given = super().clean() or {}
        if not self.errors:
            self.draft = _draft(given)
            try:
                backlogs.check(self.draft, by=self.by, at=asked.at(self.asked_for))
            except Refused as refusal:
                self.add_error(None, str(refusal))
        return given


def _field(locale: str) -> str:
    return f"text_{locale.replace('-', '_')}"


def _draft(given: Mapping[str, Any]) -> Draft:
    return Draft(
        starts_at=given["starts_at"],
        ends_at=given["ends_at"],
        reason=given["reason"],
        texts={locale: given[_field(locale)] for locale in LANGUAGES},
        scope={kind: given[kind] for kind in KINDS if given.get(kind)},
        metrics=given["metrics"],
    )


@admin.register(BacklogPeriod)
class BacklogPeriodAdmin(AgentConsole[BacklogPeriod]):
    """Times at which there is more to do than can be done: they explain misses, and extend nothing."""

    form = PeriodForm
    is_deletable = False
    list_display = ("starts_at", "until_shown", "scope_shown", "reason", "standing")
    list_display_links = ("starts_at",)
    ordering = ("-starts_at",)
    change_form_template = "admin/sla/backlogperiod/change_form.html"

    def is_frozen(self, _row: BacklogPeriod) -> bool:
        """It is ended, never changed."""
        return True

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, knowing who asks and when."""
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"by": asked.by(request), "asked_for": request})

    def get_fieldsets(self, request: HttpRequest, obj: BacklogPeriod | None = None) -> Any:
        """Fields to declare one, facts of a declared one."""
        if obj is not None:
            shown = ("starts_at", "ends_at", "scope_shown", "metrics_shown", "reason", "texts_shown")
            return ((None, {"fields": (*shown, "declared", "ended")}),)
        texts = tuple(_field(locale) for locale in LANGUAGES)
        return (
            (None, {"fields": ("starts_at", "ends_at", "reason", "metrics")}),
            (_("For whom; where nothing is chosen, for everybody"), {"fields": tuple(KINDS)}),
            (_("What customers read"), {"fields": texts}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The facts of a declared one."""
        shown = ("scope_shown", "metrics_shown", "texts_shown", "declared", "ended")
        return (*super().get_readonly_fields(request, obj), *shown) if obj else ()

    def save_model(self, request: HttpRequest, obj: BacklogPeriod, form: Any, change: bool) -> None:
        """Declare it."""
        obj.pk = backlogs.declare(form.draft, by=asked.by(request), at=asked.at(request)).pk

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The facts, and for leads the way to end it."""
        row = self.get_object(request, unquote(object_id))
        may_end = request.user.has_perm(backlogs.DECLARES)
        is_over = row is None or row.ended_at is not None or row.ends_at <= asked.at(request)
        context = {"may_end": may_end and not is_over, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        """Ending is a POST of its own."""
        end = self.admin_site.admin_view(require_POST(self.end_view))
        return [path("<path:object_id>/end/", end, name="sla_backlogperiod_end"), *super().get_urls()]

    def end_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End it now."""
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        try:
            backlogs.end(row, by=asked.by(request), at=asked.at(request))
        except clockwork.LeadsOnly as refusal:
            raise PermissionDenied from refusal
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, gettext("Ended: what comes in from now on is not covered."))
        return redirect(reverse("admin:sla_backlogperiod_change", args=(row.pk,)))

    # --- in words

    @admin.display(description=_("until"))
    def until_shown(self, row: BacklogPeriod) -> str:
        """When it ends, or was ended."""
        return when.stamp(row.until)

    @admin.display(description=_("for"))
    def scope_shown(self, row: BacklogPeriod) -> str:
        """Whom it covers."""
        parts = [f"{KINDS.get(kind, kind)}: {_names(kind, keys)}" for kind, keys in row.scope.items()]
        return "; ".join(parts) or gettext("everybody")

    @admin.display(description=_("may excuse"))
    def metrics_shown(self, row: BacklogPeriod) -> str:
        """Which promises."""
        names = dict(_metrics())
        return ", ".join(names.get(metric, metric) for metric in row.metrics)

    @admin.display(description=_("what customers read"))
    def texts_shown(self, row: BacklogPeriod) -> SafeString:
        """Each language's."""
        lines = [(str(LANGUAGES.get(locale, locale)), text) for locale, text in row.texts.items()]
        return format_html_join("", "<p><strong>{}</strong><br>{}</p>", lines)

    @admin.display(description=_("declared"))
    def declared(self, row: BacklogPeriod) -> str:
        """By whom and when."""
        return _signed(row.declared_by, when.stamp(row.declared_at))

    @admin.display(description=_("ended early"))
    def ended(self, row: BacklogPeriod) -> str:
        """By whom and when."""
        return _signed(row.ended_by, when.stamp(row.ended_at)) if row.ended_at else "–"

    @admin.display(description=_("state"))
    def standing(self, row: BacklogPeriod) -> str:
        """Whether it was ended."""
        if row.ended_at is None:
            return gettext("as declared")
        return gettext("withdrawn") if row.ended_at == row.starts_at else gettext("ended early")


def _names(kind: str, keys: Iterable[str]) -> str:
    names = dict(_named(kind))
    return ", ".join(names.get(key, key) for key in keys)


def _signed(actor: str, moment: str) -> str:
    number = actor.removeprefix("account:")
    known = Account.objects.filter(pk=int(number)).first() if number.isdecimal() else None
    return f"{known or actor}, {moment}"

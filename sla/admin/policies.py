"""Policies: a draft is edited and published, what is published is frozen."""

from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from config.console import AgentConsole, LinkedRows, Rows, VersionedConsole, page
from sla import comparing, linter, policies, publishing, timekeeping
from sla.admin.comparing import shown as compared
from sla.admin.findings import shown
from sla.admin.ladder import LadderRows
from sla.models import Calendar, Policy, PolicyVersion, Priority, TargetCell

LONGEST_KEY: Final = 18
LONGEST_GRACE: Final = 10_000
"""A week of open time that never closes."""


@admin.register(Priority)
class PriorityAdmin(AgentConsole[Priority]):
    """How urgent a ticket can be."""

    is_deletable = False  # policies and tickets refer to it
    list_display = ("name", "key", "rank")
    search_fields = ("name", "key")
    frozen_fields = ("key",)


class VersionRows(LinkedRows[PolicyVersion, Policy]):
    """The policy's versions."""

    model = PolicyVersion
    fields = ("number", "label", "status", "valid_from", "valid_until", "calendar")
    readonly_fields = ("valid_until",)


@admin.register(Policy)
class PolicyAdmin(VersionedConsole[Policy]):
    """A support policy under one name."""

    version_model = PolicyVersion
    version_field = "policy"
    list_display = ("name", "key")
    search_fields = ("name", "key")
    prepopulated_fields = {"key": ("name",)}
    frozen_fields = ("key",)
    inlines = (VersionRows,)


class CellForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A number; it counts only on hours that there are."""

    class Meta:
        model = TargetCell
        fields = (
            "metric", "priority", "kind", "unit", "amount", "from_amount", "aim_amount", "aim_unit",
            "channel", "named_contacts_only", "calendar",
        )  # fmt: skip

    def clean_calendar(self) -> Calendar | None:
        """Refuse a calendar that nobody has published."""
        calendar: Calendar | None = self.cleaned_data["calendar"]
        if calendar is not None and not calendar.versions.exists():
            raise forms.ValidationError(_("This calendar has no hours yet: publish a version of it first."))
        return calendar


class CellRows(Rows[TargetCell, PolicyVersion]):
    """The numbers."""

    model = TargetCell
    form = CellForm

    def is_frozen(self, row: PolicyVersion) -> bool:
        """With its version."""
        return not _is_draft(row)


class VersionForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A version's numbers, within what they can be."""

    class Meta:
        model = PolicyVersion
        fields = ("grace_minutes",)  # the page says which others

    def clean_grace_minutes(self) -> int:
        """Refuse a grace that is none."""
        minutes: int = self.cleaned_data["grace_minutes"]
        if minutes > LONGEST_GRACE:
            raise forms.ValidationError(_("At most %d open minutes.") % LONGEST_GRACE)
        return minutes


@admin.register(PolicyVersion)
class PolicyVersionAdmin(AgentConsole[PolicyVersion]):
    """The numbers of a policy from one date on."""

    form = VersionForm
    list_display = ("policy", "number", "label", "status", "valid_from", "valid_until", "is_binding")
    list_display_links = ("policy", "number")
    list_select_related = ("policy",)
    list_filter = ("status", "policy")
    inlines = (CellRows, LadderRows)
    readonly_fields = ("status", "valid_until")
    fieldsets = (
        (None, {"fields": (("policy", "number"), "label", "status", "valid_from", "valid_until")}),
        (
            _("What the times mean"),
            {"fields": ("calendar", "day_mode", "day_floor", "clamps_first_response", "is_binding")},
        ),
        (_("What the clocks do"), {"fields": ("pausing_statuses", "reopen_days", "grace_minutes")}),
    )
    change_form_template = "admin/sla/policyversion/change_form.html"

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The next number of the policy that the version is added to."""
        given = super().get_changeform_initial_data(request)
        key = str(given.get("policy", ""))
        named = [int(key)] if key.isdecimal() and len(key) <= LONGEST_KEY else []
        last = PolicyVersion.objects.filter(policy__pk__in=named).aggregate(last=Max("number"))["last"]
        return {**given, "number": (last or 0) + 1}

    def is_frozen(self, row: PolicyVersion) -> bool:
        """Once it is published: a change is a new version."""
        return not _is_draft(row)

    def get_urls(self) -> list[URLPattern]:
        """Publishing is a POST of its own, after a page that says what follows."""
        publish = self.admin_site.admin_view(self.publish_view)
        return [
            path("<path:object_id>/publish/", publish, name="sla_policyversion_publish"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page, with what it changes."""
        version = self.get_object(request, unquote(object_id))
        context = compared(version, request) if version else {}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def publish_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask first, then put the draft in force."""
        version = self.get_object(request, unquote(object_id))
        if version is None or not self.has_change_permission(request, version):
            raise Http404
        if request.method == "POST":
            return _publish(request, version)
        answer: HttpResponse = page(
            request,
            "admin/sla/policyversion/publish.html",
            of=version,
            title=gettext("Publish %s?") % version,
            version=version,
            cells=[(cell, comparing.cell_said(cell)) for cell in policies.cells_of(version)],
            **compared(version, request),
            **shown(linter.of_policy(version, at=timekeeping.now())),
        )
        return answer


@require_POST
def _publish(request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    try:
        publishing.publish(version, typed=request.POST.get("confirm", ""), at=timekeeping.now())
    except policies.PublicationRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, gettext("%s is published.") % version)
    return redirect(reverse("admin:sla_policyversion_change", args=(version.pk,)))


def _is_draft(version: PolicyVersion) -> bool:
    return version.status == PolicyVersion.Status.DRAFT

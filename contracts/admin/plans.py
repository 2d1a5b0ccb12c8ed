"""Plans and their versions; a version in use is history, a change is a new one."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.console import LinkedRows, VersionedConsole
from contracts import plans
from contracts.admin.publishing import PublishedConsole
from contracts.models import Plan, PlanVersion
from sla import timekeeping


class VersionRows(LinkedRows[PlanVersion, Plan]):
    """The plan's versions."""

    model = PlanVersion
    fields = ("number", "policy", "units", "status", "valid_from")


@admin.register(Plan)
class PlanAdmin(VersionedConsole[Plan]):
    """What is on offer."""

    is_deletable = True  # one that was published is retired in its place
    version_model = PlanVersion
    version_field = "plan"
    list_display = ("name", "key", "is_sample", "retired_at")
    search_fields = ("name", "key")
    prepopulated_fields = {"key": ("name",)}
    frozen_fields = ("key",)
    inlines = (VersionRows,)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What was published does not stand in the way: the plan is retired."""
        named, counts, _lacking, _protected = super().get_deleted_objects(objs, request)
        return named, counts, set(), []

    def delete_model(self, request: HttpRequest, obj: Plan) -> None:
        """By the rule."""
        if not plans.remove(obj, at=timekeeping.now()):
            messages.info(request, gettext("It was published, so it is retired: nobody can buy it any more."))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Plan]) -> None:
        """Each by the same rule."""
        for plan in queryset:
            self.delete_model(request, plan)


@admin.register(PlanVersion)
class PlanVersionAdmin(PublishedConsole[PlanVersion]):
    """A plan's terms from one date on."""

    list_display = ("plan", "number", "policy", "included", "status", "valid_from")
    list_select_related = ("plan", "policy")
    list_filter = ("status", "plan")
    fieldsets = (
        (None, {"fields": (("plan", "number"), "status", "valid_from", "valid_until")}),
        (_("What is promised"), {"fields": ("policy", "offered_priorities", "channels")}),
        (
            _("Quota"),
            {
                "fields": (
                    ("units", "units_per_contract"),
                    ("quota_metric", "quota_period"),
                    ("anchor_day", "anchor_month"),
                    "rollover_periods",
                    "thresholds",
                )
            },
        ),
        (
            _("Beyond the quota"),
            {
                "fields": (
                    "over_quota",
                    ("overage_price", "overage_currency"),
                    ("approval_hours", "approval_default"),
                )
            },
        ),
        (_("Whom it is for"), {"fields": ("named_contacts_max", "named_contacts_rule", "entitlements")}),
    )

    @admin.display(description=_("included"))
    def included(self, version: PlanVersion) -> str:
        """Null and none spelled out (D15)."""
        if version.units is None:
            return str(_("unlimited"))
        return str(version.units or _("none"))

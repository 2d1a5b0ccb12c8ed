"""Plans and their versions; a version in use is history, a change is a new one."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from config.console import LinkedRows, VersionedConsole
from contracts.admin.publishing import PublishedConsole
from contracts.models import Plan, PlanVersion


class VersionRows(LinkedRows[PlanVersion, Plan]):
    """The plan's versions."""

    model = PlanVersion
    fields = ("number", "policy", "units", "status", "valid_from")


@admin.register(Plan)
class PlanAdmin(VersionedConsole[Plan]):
    """What is on offer."""

    version_model = PlanVersion
    version_field = "plan"
    list_display = ("name", "key", "is_sample")
    search_fields = ("name", "key")
    prepopulated_fields = {"key": ("name",)}
    frozen_fields = ("key",)
    inlines = (VersionRows,)


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

"""Plans and their versions; a version in use is history, a change is a new one."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from config.console import AgentConsole, LinkedRows, VersionedConsole
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
class PlanVersionAdmin(AgentConsole[PlanVersion]):
    """A plan's terms from one date on."""

    is_deletable = False  # tickets refer to it
    list_display = ("plan", "number", "policy", "included", "status", "valid_from")
    list_select_related = ("plan", "policy")
    list_filter = ("plan",)

    @admin.display(description=_("included"))
    def included(self, version: PlanVersion) -> str:
        """Null and none spelled out (D15)."""
        if version.units is None:
            return str(_("unlimited"))
        return str(version.units or _("none"))

    def is_frozen(self, row: PlanVersion) -> bool:
        """What was published stays as it was."""
        return not row.is_draft

"""Plans and their versions; a version in use is history, a change is a new one."""

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.console import AgentConsole, LinkedRows, VersionedConsole
from contracts.models import Contract, Plan, PlanVersion


class VersionRows(LinkedRows[PlanVersion, Plan]):
    """The plan's versions."""

    model = PlanVersion
    fields = ("number", "policy", "monthly_tickets", "valid_from")


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
    list_display = ("plan", "number", "policy", "tickets_a_month", "valid_from")
    list_select_related = ("plan", "policy")
    list_filter = ("plan",)

    @admin.display(description=_("tickets a month"))
    def tickets_a_month(self, version: PlanVersion) -> str:
        """Null and none spelled out (D15)."""
        if version.monthly_tickets is None:
            return str(_("unlimited"))
        return str(version.monthly_tickets or _("none"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanVersion]:
        """Each with whether it was promised to anybody."""
        promised = Contract.objects.filter(plan_version=OuterRef("pk"))
        return super().get_queryset(request).annotate(is_promised=Exists(promised))

    def is_frozen(self, row: PlanVersion) -> bool:
        """What a contract was signed on stays as it was."""
        return bool(getattr(row, "is_promised", False))

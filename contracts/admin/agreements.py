"""Contracts, and the cells in which they differ from the policy."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.console import AgentConsole, Rows
from contracts.models import Contract, ContractCell


class CellRows(Rows[ContractCell, Contract]):
    """What the agreement says otherwise."""

    model = ContractCell
    verbose_name = _("cell that the agreement says otherwise")
    verbose_name_plural = _("what the agreement says otherwise")


@admin.register(Contract)
class ContractAdmin(AgentConsole[Contract]):
    """What an organisation bought, from when to when."""

    is_deletable = False  # a contract ends; it is not deleted
    list_display = ("reference", "organisation", "plan_version", "starts_at", "ends_at", "is_binding")
    list_select_related = ("organisation", "plan_version__plan")
    list_filter = ("is_binding", "plan_version__plan")
    search_fields = ("reference", "organisation__name")
    search_help_text = _("Reference or organisation")
    autocomplete_fields = ("organisation",)
    inlines = (CellRows,)
    fieldsets = (
        (None, {"fields": ("reference", "organisation", "plan_version", "pinned_policy_version")}),
        (_("In force"), {"fields": ("starts_at", "ends_at", "zone")}),
        (_("Whether its times bind"), {"fields": ("is_binding", "agreement_reference")}),
    )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Name versions with their plan or policy in one statement."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        joined = {"plan_version": "plan", "pinned_policy_version": "policy"}.get(db_field.name)
        if joined and field is not None and field.queryset is not None:
            field.queryset = field.queryset.select_related(joined)
        return field

"""Contracts, their versions, and the cells in which they differ from the policy."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.console import AgentConsole, LinkedRows, Rows, VersionedConsole
from contracts.models import Contract, ContractCell, ContractOrganisation, ContractVersion


class VersionRows(LinkedRows[ContractVersion, Contract]):
    """What the contract said from when on."""

    model = ContractVersion
    fields = ("number", "plan_version", "status", "valid_from", "is_binding")


class ShareRows(Rows[ContractOrganisation, Contract]):
    """Further organisations that it covers."""

    model = ContractOrganisation
    autocomplete_fields = ("organisation",)


class CellRows(Rows[ContractCell, ContractVersion]):
    """What the agreement says otherwise."""

    model = ContractCell
    verbose_name = _("cell that the agreement says otherwise")
    verbose_name_plural = _("what the agreement says otherwise")


@admin.register(Contract)
class ContractAdmin(VersionedConsole[Contract]):
    """What an organisation bought, from when to when."""

    version_model = ContractVersion
    version_field = "contract"
    list_display = ("reference", "organisation", "starts_at", "ends_at")
    list_select_related = ("organisation",)
    search_fields = ("reference", "organisation__name")
    search_help_text = _("Reference or organisation")
    autocomplete_fields = ("organisation",)
    inlines = (VersionRows, ShareRows)
    fieldsets = (
        (None, {"fields": ("reference", "organisation")}),
        (_("In force"), {"fields": ("starts_at", "ends_at", "zone")}),
    )


@admin.register(ContractVersion)
class ContractVersionAdmin(AgentConsole[ContractVersion]):
    """What a contract says from one date on."""

    is_deletable = False  # tickets refer to it
    list_display = ("contract", "number", "plan_version", "status", "valid_from", "is_binding")
    list_select_related = ("contract", "plan_version__plan")
    list_filter = ("is_binding", "plan_version__plan")
    inlines = (CellRows,)

    def is_frozen(self, row: ContractVersion) -> bool:
        """What was published stays as it was."""
        return not row.is_draft

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Name versions with their plan or policy in one statement."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        joined = {"plan_version": "plan", "pinned_policy_version": "policy"}.get(db_field.name)
        if joined and field is not None and field.queryset is not None:
            field.queryset = field.queryset.select_related(joined)
        return field

"""Contracts, their versions, and the cells in which they differ from the policy."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from config.console import LinkedRows, Rows, VersionedConsole
from contracts.admin import as_of, entitling, exchanging, giving, naming
from contracts.admin.publishing import PublishedConsole
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
    change_list_template = "admin/contracts/contracts.html"
    change_form_template = "admin/contracts/contract.html"
    fieldsets = (
        (None, {"fields": ("reference", "organisation")}),
        (_("In force"), {"fields": ("starts_at", "ends_at", "zone")}),
    )

    def get_urls(self) -> list[URLPattern]:
        """Units are given, and files exchanged, on pages of their own."""
        view = self.admin_site.admin_view
        return [
            path("import/", view(exchanging.import_view), name="contracts_contract_import"),
            path("export/<slug:kind>/", view(exchanging.export_view), name="contracts_contract_export"),
            path("<path:object_id>/give/", view(self.give_view), name="contracts_contract_give"),
            path(
                "<path:object_id>/entitlements/",
                view(self.entitlements_view),
                name="contracts_contract_entitlements",
            ),
            path("<path:object_id>/as-of/", view(self.as_of_view), name="contracts_contract_as_of"),
            path("<path:object_id>/contacts/", view(self.contacts_view), name="contracts_contract_contacts"),
            *super().get_urls(),
        ]

    def give_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give or correct units by hand."""
        return giving.view(request, self._changeable(request, object_id))

    def as_of_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What it said at an instant."""
        contract = self.get_object(request, unquote(object_id))
        if contract is None or not self.has_view_permission(request, contract):
            raise Http404
        return as_of.view(request, contract)

    def entitlements_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What the plan includes besides tickets: used, and given back."""
        return entitling.view(request, self._changeable(request, object_id))

    def contacts_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Name people, and take them off the list."""
        return naming.view(request, self._changeable(request, object_id))

    def _changeable(self, request: HttpRequest, object_id: str) -> Contract:
        contract = self.get_object(request, unquote(object_id))
        if contract is None or not self.has_change_permission(request, contract):
            raise Http404
        return contract


@admin.register(ContractVersion)
class ContractVersionAdmin(PublishedConsole[ContractVersion]):
    """What a contract says from one date on; what is empty is said by its plan and policy."""

    list_display = ("contract", "number", "plan_version", "status", "valid_from", "valid_until", "is_binding")
    list_select_related = ("contract", "plan_version__plan")
    list_filter = ("status", "is_binding")
    search_fields = ("contract__reference", "contract__organisation__name")
    autocomplete_fields = ("contract",)
    inlines = (CellRows,)
    fieldsets = (
        (None, {"fields": (("contract", "number"), "status", "valid_from", "valid_until")}),
        (_("What was bought"), {"fields": ("plan_version", "follows_latest", "pinned_policy_version")}),
        (_("How it counts"), {"fields": ("calendar", "day_mode", "channels", "named_contacts_max")}),
        (
            _("Quota, where it differs from the plan"),
            {
                "fields": (
                    "units_source",
                    ("units", "units_added"),
                    ("quota_metric", "quota_period"),
                    ("anchor_day", "anchor_month"),
                    "rollover_periods",
                    "thresholds",
                    "over_quota",
                    ("overage_price", "overage_currency"),
                    ("approval_hours", "approval_default"),
                )
            },
        ),
        (
            _("Whether its times bind"),
            {"fields": ("is_binding", "agreement_reference", "allows_excuses", "credit_scheme")},
        ),
        (_("Where it is written"), {"fields": ("document", "author")}),
    )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Name versions with their plan or policy in one statement."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        joined = {"plan_version": "plan", "pinned_policy_version": "policy"}.get(db_field.name)
        if joined and field is not None and field.queryset is not None:
            field.queryset = field.queryset.select_related(joined)
        return field

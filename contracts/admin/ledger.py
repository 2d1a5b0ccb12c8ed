"""The quota ledger and the months' counters; both are shown and never changed."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from config.console import HistoryConsole
from contracts.models import Allotment, Charge


@admin.register(Allotment)
class AllotmentAdmin(HistoryConsole[Allotment]):
    """How much of a month's units is used."""

    list_display = ("contract", "customer", "starts_at", "used_of", "over")
    list_select_related = ("contract__organisation",)
    search_fields = ("contract__reference", "contract__organisation__name")
    search_help_text = _("Contract or organisation")
    ordering = ("-starts_at", "contract")

    @admin.display(description=_("organisation"))
    def customer(self, month: Allotment) -> str:
        """Whose month it is."""
        return month.contract.organisation.name

    @admin.display(description=_("used"))
    def used_of(self, month: Allotment) -> str:
        """Null and none spelled out (D15)."""
        if month.units is None:
            return str(_("%d, unlimited")) % month.used
        return str(_("%(used)d of %(units)d")) % {"used": month.used, "units": month.units}


@admin.register(Charge)
class ChargeAdmin(HistoryConsole[Charge]):
    """Every debit, reversal, grant and adjustment, latest first."""

    list_display = ("at", "kind", "units", "is_over", "allotment", "by", "reason")
    list_display_links = ("at",)
    list_select_related = ("allotment__contract",)
    list_filter = ("kind", "is_over")
    search_fields = ("=ticket_uid", "=allotment__contract__reference")
    search_help_text = _("Ticket's identifier or contract")
    ordering = ("-id",)

"""What happened to the clocks; history, shown and never changed."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from config.console import HistoryConsole
from sla.models import ClockEvent


@admin.register(ClockEvent)
class ClockEventAdmin(HistoryConsole[ClockEvent]):
    """The events from which every due time is derived, latest first."""

    list_display = ("at", "kind", "clock_set_id", "by", "priority", "reason")
    list_display_links = ("at",)
    list_filter = ("kind",)
    search_fields = ("=clock_set__id",)
    search_help_text = _("Number of the clocks")
    ordering = ("-id",)

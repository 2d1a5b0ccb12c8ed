"""Technical services: their names by language, and the lines with which a quote for one begins (SA-12)."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext

from config.console import AgentConsole, Rows, TextArea
from contracts import services
from contracts.models import ServiceCategory, UsualLine
from sla import timekeeping


class UsualLineRows(Rows[UsualLine, ServiceCategory]):
    """What a quote for it usually says."""

    model = UsualLine

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Texts by language have a few lines."""
        if db_field.name == "descriptions":
            kwargs["widget"] = TextArea(attrs={"rows": 3})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(ServiceCategory)
class ServiceCategoryAdmin(AgentConsole[ServiceCategory]):
    """What no plan includes; one that a quote has is archived instead of deleted."""

    list_display = ("__str__", "key", "needs_authorisation", "checks_erasure", "archived_at")
    search_fields = ("key",)
    frozen_fields = ("key",)
    inlines = (UsualLineRows,)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Texts by language have a few lines."""
        if db_field.name in {"names", "examples"}:
            kwargs["widget"] = TextArea(attrs={"rows": 6})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What a quote has does not stand in the way: it is archived."""
        named, counts, lacking, _protected = super().get_deleted_objects(objs, request)
        return named, counts, lacking, []

    def delete_model(self, request: HttpRequest, obj: ServiceCategory) -> None:
        """By the rule."""
        if not services.remove(obj, at=timekeeping.now()):
            messages.info(
                request, gettext("A quote has it, so it is archived: nobody can choose it any more.")
            )

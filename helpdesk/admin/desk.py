"""The desk's own data: teams and kinds of request."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from config.console import AgentConsole
from contracts.models import Account
from helpdesk.models import RequestType, Team


def _agents() -> QuerySet[Account]:
    return Account.objects.filter(is_staff=True)


@admin.register(Team)
class TeamAdmin(AgentConsole[Team]):
    """Agents who share a queue, and who is told when a clock of theirs rings."""

    list_display = ("name", "lead")
    list_select_related = ("lead",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Agents alone can lead."""
        return super().formfield_for_foreignkey(db_field, request, **{"queryset": _agents(), **kwargs})

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Agents alone can be members; customers' accounts are not listed."""
        return super().formfield_for_manytomany(db_field, request, **{"queryset": _agents(), **kwargs})


@admin.register(RequestType)
class RequestTypeAdmin(AgentConsole[RequestType]):
    """Kinds of request: whether they take quota and whether clocks run."""

    list_display = ("name", "key", "takes_quota", "runs_clocks", "is_default")
    frozen_fields = ("key",)

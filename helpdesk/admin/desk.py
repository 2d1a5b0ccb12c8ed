"""The desk's own data: teams and kinds of request."""

from django.contrib import admin

from config.console import AgentConsole
from helpdesk.models import RequestType, Team


@admin.register(Team)
class TeamAdmin(AgentConsole[Team]):
    """Agents who share a queue, and who is told when a clock of theirs rings."""

    list_display = ("name", "lead")
    list_select_related = ("lead",)
    filter_horizontal = ("members",)
    autocomplete_fields = ("lead",)


@admin.register(RequestType)
class RequestTypeAdmin(AgentConsole[RequestType]):
    """Kinds of request: whether they take quota and whether clocks run."""

    list_display = ("name", "key", "takes_quota", "runs_clocks", "is_default")
    frozen_fields = ("key",)

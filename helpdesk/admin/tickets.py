"""The tickets of the console: the queue, the page of one, and the addresses of its verbs."""

from collections.abc import Iterator
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext

from config.console import AgentConsole
from helpdesk import search, visibility
from helpdesk.admin import (
    asked,
    audit,
    bulk,
    clock_verbs,
    clocks_page,
    downloads,
    explained,
    filters,
    kind_verbs,
    merge,
    page,
    rows,
    usage,
    verbs,
)
from helpdesk.admin.queue import Queue
from helpdesk.models import Ticket

FOUND_BY_PALETTE: Final = 8


@admin.register(Ticket)
class TicketAdmin(AgentConsole[Ticket]):
    """Agents work here; every rule is asked in `helpdesk.handling`."""

    is_deletable = False  # nothing is lost
    is_addable = False  # tickets come in through the doors
    list_filter = filters.QUEUE_FILTERS
    list_select_related = rows.WITH_A_ROW
    list_fullwidth = True
    search_fields = ("subject",)  # says that there is a search; what it finds says `helpdesk.search`
    actions = (bulk.assign, bulk.mark_as_spam)
    change_list_template = "admin/helpdesk/ticket/queue.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ticket]:
        """What this agent may see."""
        return visibility.queue_for(asked.by(request)).defer(*rows.UNREAD)

    # --- the queue

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Ours, which does not count."""
        return Queue

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        """As the tab says."""
        return filters.chosen_tab(request).ordering

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Ticket], search_term: str
    ) -> tuple[QuerySet[Ticket], bool]:
        """By number, subject, requester or organisation."""
        return (search.among(queryset, search_term) if search_term else queryset), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The queue."""
        context = {
            "title": gettext("Tickets"),
            "agents": asked.agents(request),
            "me": asked.by(request),
            "may_change": self.has_change_permission(request),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    # --- one ticket

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Our page in place of Django's form, so that nothing is changed but by a verb."""
        return page.view(request, asked.number(object_id))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What happened, by our own account."""
        return page.history(request, asked.number(object_id))

    def get_urls(self) -> list[URLPattern]:
        """The verbs of a ticket, each a POST of its own, and what its page loads."""
        view = self.admin_site.admin_view
        by_verb = [
            path(f"<int:number>/{name}/", view(verb), name=f"helpdesk_ticket_{name}")
            for name, verb in {**verbs.VERBS, **clock_verbs.VERBS, **kind_verbs.VERBS}.items()
        ]
        return [
            *by_verb,
            path("<int:number>/clocks/", view(clocks_page.view), name="helpdesk_ticket_clocks"),
            path("<int:number>/merge/", view(merge.view), name="helpdesk_ticket_merge"),
            path("<int:number>/technical/", view(kind_verbs.choose), name="helpdesk_ticket_technical"),
            path("<int:number>/split/", view(kind_verbs.split), name="helpdesk_ticket_split"),
            path("<int:number>/explain/", view(explained.view), name="helpdesk_ticket_explain"),
            path("usage/<int:number>/", view(usage.view), name="helpdesk_usage"),
            path("usage/<int:number>/<int:period>/", view(usage.download), name="helpdesk_usage_file"),
            path("by_hand/", view(audit.view), name="helpdesk_by_hand"),
            path("body/<uuid:uid>/", view(downloads.body), name="helpdesk_message_body"),
            path("file/<uuid:uid>/", view(downloads.file), name="helpdesk_attachment"),
            *super().get_urls(),
        ]


def find(request: HttpRequest, words: str) -> Iterator[tuple[str, str, str]]:
    """The newest tickets that have those words: title, description and address of each."""
    if not request.user.has_perm("helpdesk.view_ticket"):
        return
    seen = visibility.queue_for(asked.by(request)).select_related("requester", "organisation")
    for ticket in search.among(seen, words.replace("\x00", "")).order_by("-id")[:FOUND_BY_PALETTE]:
        customer = ticket.organisation or ticket.requester
        yield str(ticket), f"{customer} · {ticket.get_status_display()}", page.address(ticket)

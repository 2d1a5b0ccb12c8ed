"""What the queue can be narrowed to."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from helpdesk.admin import asked, tabs
from helpdesk.models import Tag, Ticket
from sla.models import Priority

NOBODY = "nobody"


class ChoiceFilter(SimpleListFilter):
    """One value of one field; a value that is not offered is refused, not looked up."""

    parameter_name: str
    lookup = ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows with the chosen value."""
        value = self.value()
        if not value:
            return queryset
        if value not in {str(key) for key, _label in self.lookup_choices}:
            raise IncorrectLookupParameters
        return queryset.filter(**self.condition(value))

    def condition(self, value: str) -> dict[str, Any]:
        """The lookup for a value."""
        return {self.lookup or self.parameter_name: value}


class TabFilter(SimpleListFilter):
    """The tab; without one, all open tickets, or everything when something is searched for."""

    title = _("tab")
    parameter_name = "tab"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """All tabs."""
        return [(tab.key, tab.label) for tab in tabs.TABS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the tab."""
        tab = chosen_tab(request)
        return queryset.filter(tab.rows(asked.by(request), asked.at(request)))


def chosen_tab(request: HttpRequest) -> tabs.Tab:
    """The tab that the address names, or that what is asked for needs."""
    fallback = tabs.SEARCHED if request.GET.get("q") or request.GET.get("status") else tabs.FIRST
    return tabs.BY_KEY.get(request.GET.get("tab", ""), tabs.BY_KEY[fallback])


class StatusFilter(ChoiceFilter):
    """By status."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """All of them."""
        return Ticket.Status.choices


class PriorityFilter(ChoiceFilter):
    """By priority, whatever the desk's are."""

    title = _("priority")
    parameter_name = "priority"
    lookup = "priority__key"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """The desk's own."""
        return Priority.objects.values_list("key", "name")


class ChannelFilter(ChoiceFilter):
    """By the door that it came through."""

    title = _("channel")
    parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """All of them."""
        return Ticket.Channel.choices


class EntitlementFilter(ChoiceFilter):
    """By what the contract gives."""

    title = _("entitlement")
    parameter_name = "entitlement"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """All of them."""
        return Ticket.Entitlement.choices


class AssigneeFilter(ChoiceFilter):
    """By agent."""

    title = _("assignee")
    parameter_name = "assignee"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Every agent, and nobody."""
        return [(NOBODY, _("nobody")), *((str(who.pk), str(who)) for who in asked.agents(request))]

    def condition(self, value: str) -> dict[str, Any]:
        """Nobody is an agent too."""
        return {"assignee": None if value == NOBODY else value}


class TagFilter(ChoiceFilter):
    """By a tag that it carries."""

    title = _("tag")
    parameter_name = "tag"
    lookup = "tags__key"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """All that there are, by name."""
        return Tag.objects.values_list("key", "name")


class OrganisationFilter(SimpleListFilter):
    """By the customer's exact name; there may be thousands, so they are typed and completed, not listed."""

    title = _("organisation")
    parameter_name = "organisation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Nothing to choose from, but Django leaves out a filter that offers nothing."""
        return [("", "")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The tickets of that customer; of nobody when there is none of that name."""
        name = (self.value() or "").replace("\x00", "")
        return queryset.filter(organisation__name=name) if name else queryset


QUEUE_FILTERS = (
    TabFilter,
    StatusFilter,
    PriorityFilter,
    ChannelFilter,
    EntitlementFilter,
    AssigneeFilter,
    TagFilter,
    OrganisationFilter,
)

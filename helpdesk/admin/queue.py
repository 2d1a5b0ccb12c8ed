"""The queue as a list of Django's admin: which rows, and the links around them."""

from typing import Any, Final

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.http import HttpRequest
from django.urls import reverse

from config.console import counts
from helpdesk.admin import asked, filters, rows, tabs

LAST_PAGE: Final = 10**9
"""A database takes no number of any length."""

SPECIAL = (filters.TabFilter, filters.OrganisationFilter)


class Queue(ChangeList):
    """A page of the queue; it never counts what it does not show."""

    queue: list[rows.QueueRow]
    tabs: list[dict[str, Any]]
    chips: list[dict[str, str]]
    previous: str = ""
    next: str = ""

    def get_results(self, request: HttpRequest) -> None:
        """Fetch one row more than a page has, to know whether there is another page."""
        if not 1 <= self.page_num <= LAST_PAGE:
            raise IncorrectLookupParameters
        begin = (self.page_num - 1) * self.list_per_page
        fetched = list(self.queryset[begin : begin + self.list_per_page + 1])
        self.result_list: Any = fetched[: self.list_per_page]
        self.result_count = len(self.result_list)
        self.full_result_count = None
        self.show_full_result_count = self.show_admin_actions = True
        self.can_show_all = self.multi_page = False
        self.queue = [rows.QueueRow.of(ticket, at=asked.at(request)) for ticket in self.result_list]
        self._link_pages(has_more=len(fetched) > self.list_per_page)
        self._link_tabs(request)
        self._link_chips()

    def _link_pages(self, *, has_more: bool) -> None:
        if self.page_num > 1:
            self.previous = self.get_query_string({PAGE_VAR: self.page_num - 1})
        if has_more:
            self.next = self.get_query_string({PAGE_VAR: self.page_num + 1})

    def _link_tabs(self, request: HttpRequest) -> None:
        """A tab keeps the filters and forgets the search, which looks everywhere."""
        known, chosen = counts(request), filters.chosen_tab(request)
        self.tabs = [
            {
                "tab": tab,
                "count": known.words(tab.key),
                "is_chosen": tab is chosen,
                "href": self.get_query_string({"tab": tab.key}, [PAGE_VAR, "q"]),
            }
            for tab in tabs.TABS
        ]

    def _link_chips(self) -> None:
        specs = [*self.choice_filters, self._spec(filters.OrganisationFilter)]
        self.chips = [
            {
                "label": f"{spec.title}: {_label(spec)}",
                "href": self.get_query_string(remove=[str(spec.parameter_name), PAGE_VAR]),
            }
            for spec in specs
            if spec.value()
        ]

    @property
    def choice_filters(self) -> list[SimpleListFilter]:
        """The filters with a list to choose from."""
        return [spec for spec in self._specs() if not isinstance(spec, SPECIAL)]

    @property
    def organisation(self) -> str:
        """The customer's name that is filtered for."""
        return self._spec(filters.OrganisationFilter).value() or ""

    @property
    def named_tab(self) -> str:
        """The tab, when the address names one."""
        return self._spec(filters.TabFilter).value() or ""

    @property
    def completion(self) -> str:
        """Where names of organisations are completed."""
        address = reverse("admin:autocomplete")
        return f"{address}?app_label=helpdesk&model_name=ticket&field_name=organisation"

    def _specs(self) -> list[SimpleListFilter]:
        return [spec for spec in self.filter_specs if isinstance(spec, SimpleListFilter)]

    def _spec(self, kind: type[SimpleListFilter]) -> SimpleListFilter:
        return next(spec for spec in self._specs() if isinstance(spec, kind))


def _label(spec: SimpleListFilter) -> str:
    chosen = spec.value() or ""
    return str(dict(spec.lookup_choices).get(chosen, chosen))

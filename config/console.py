"""The console: its site, its base classes, its navigation. The one module that knows the theme.

Everything else of the console imports its base classes from here and draws its own pages with the blocks that
Django's own templates have, so the theme can be left out (`CONSOLE_THEME=PLAIN`), upgraded or replaced.
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.conf import settings
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

if TYPE_CHECKING or not settings.IS_CONSOLE_THEMED:
    from django.contrib.admin import AdminSite, ModelAdmin, StackedInline, TabularInline
    from django.contrib.auth.forms import AdminPasswordChangeForm
else:
    from unfold.admin import ModelAdmin, StackedInline, TabularInline
    from unfold.forms import AdminPasswordChangeForm
    from unfold.sites import UnfoldAdminSite as AdminSite

__all__ = [
    "AdminPasswordChangeForm",
    "AgentConsole",
    "AgentSite",
    "BoundedPaginator",
    "Rows",
    "StackedRows",
    "View",
    "read_only",
]

Row = TypeVar("Row", bound=Model)
Parent = TypeVar("Parent", bound=Model)

View = Callable[..., HttpResponseBase]

MOST_COUNTED = 5000


# --- the site -----------------------------------------------------------------------------------


class AgentSite(AdminSite):
    """The agents' own site: our first page, the desk's time zone, staff alone."""

    site_header = "Prazo"
    site_title = "Prazo"
    index_title = _("Dashboard")
    index_template = "admin/dashboard.html"
    empty_value_display = "–"

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]  # narrower in the stubs
        """Guard a view as Django does, and draw its page while the desk's zone is the current one."""
        guarded = super().admin_view(view, cacheable)

        def in_desk_zone(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            with timezone.override(settings.DESK_ZONE):
                response = guarded(request, *args, **kwargs)
                if isinstance(response, SimpleTemplateResponse):
                    response.render()
            return response

        return update_wrapper(in_desk_zone, guarded)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The first page: how the desk stands."""
        from helpdesk.admin import dashboard

        return super().index(request, {**dashboard.context(request), **(extra_context or {})})

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The palette's answer; it has one page, whatever the address asks for."""
        query = request.GET.copy()
        query.pop("page", None)
        request.GET = query
        answer: HttpResponse = super().search(request, extra_context)  # type: ignore[misc]  # the theme's
        return answer


# --- lists --------------------------------------------------------------------------------------


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """Counts no further than MOST_COUNTED, so that a long table does not make its list slow."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, or MOST_COUNTED."""
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[:MOST_COUNTED].count()
        return len(rows)


class _Subscriptable:
    def __class_getitem__(cls, _rows: Any) -> type[Self]:
        return cls


if TYPE_CHECKING:

    class _Console(ModelAdmin[Row]): ...

    class _Rows(TabularInline[Row, Parent]): ...

    class _StackedRows(StackedInline[Row, Parent]): ...

else:

    class _Console(_Subscriptable, ModelAdmin): ...

    class _Rows(_Subscriptable, TabularInline): ...

    class _StackedRows(_Subscriptable, StackedInline): ...


class AgentConsole(_Console[Row]):
    """A page of rows and a page for one row, as every model of the console has them."""

    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    actions: Any = ()  # deleting many rows at once is nobody's daily work
    warn_unsaved_form = True
    compressed_fields = True
    list_fullwidth = False


class Rows(_Rows[Row, Parent]):
    """Rows shown inside the page of what they belong to."""

    extra = 0


class StackedRows(_StackedRows[Row, Parent]):
    """The same, one below the other."""

    extra = 0


def read_only(admin_class: type[Any]) -> type[Any]:
    """Make a page that shows and changes nothing: for history, which no door may touch."""

    def never(*_args: Any, **_kwargs: Any) -> bool:
        return False

    for right in ("has_add_permission", "has_change_permission", "has_delete_permission"):
        setattr(admin_class, right, never)
    return admin_class


# --- what the theme asks for --------------------------------------------------------------------


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar; what somebody may not see is left out."""
    from helpdesk.admin import counting

    counts = counting.counts(request)
    return [
        {
            "items": [
                _item(_("Dashboard"), "dashboard", "index"),
                _item(_("Tickets"), "inbox", "helpdesk_ticket_changelist", badge=counts.words("breaching")),
                _item(
                    _("What arrived"),
                    "move_to_inbox",
                    "channels_inbound_inboundmessage_changelist",
                    badge=counts.words("quarantined"),
                ),
                _item(_("Sent mail"), "outgoing_mail", "helpdesk_outboundmessage_changelist"),
            ],
        },
        _group(
            _("Customers"),
            (_("Organisations"), "apartment", "contracts_organisation_changelist"),
            (_("People"), "group", "contracts_person_changelist"),
            (_("Contracts"), "contract", "contracts_contract_changelist"),
            (_("Quotas"), "data_usage", "contracts_allotment_changelist"),
            (_("Quota ledger"), "receipt_long", "contracts_charge_changelist"),
        ),
        _group(
            _("Promises"),
            (_("Plans"), "sell", "contracts_plan_changelist"),
            (_("Policies"), "gavel", "sla_policy_changelist"),
            (_("Calendars"), "calendar_month", "sla_calendar_changelist"),
            (_("Priorities"), "priority_high", "sla_priority_changelist"),
            (_("Clock events"), "timer", "sla_clockevent_changelist"),
        ),
        _group(
            _("The desk"),
            (_("Accounts"), "badge", "contracts_account_changelist"),
            (_("Roles"), "shield_person", "auth_group_changelist"),
            (_("Teams"), "groups", "helpdesk_team_changelist"),
            (_("Request types"), "category", "helpdesk_requesttype_changelist"),
        ),
    ]


def _group(title: Any, *items: tuple[Any, str, str]) -> dict[str, Any]:
    return {"title": title, "separator": True, "items": [_item(*item) for item in items]}


def _item(title: Any, icon: str, name: str, badge: str = "") -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "link": reverse(f"admin:{name}"),
        "badge": badge,
        "permission": lambda request: _may_open(request, name),
    }


def _may_open(request: HttpRequest, name: str) -> bool:
    if name == "index":
        return True
    app, model, _page = name.split("_")
    return request.user.has_perm(f"{app}.view_{model}") or request.user.has_perm(f"{app}.change_{model}")


def find(request: HttpRequest, words: str) -> list[Any]:
    """What the theme's palette (Ctrl+K) finds: tickets."""
    from unfold.dataclasses import SearchResult

    from helpdesk.admin import tickets

    return [
        SearchResult(title=title, description=description, link=link, icon="confirmation_number")
        for title, description, link in tickets.find(request, words)
    ]

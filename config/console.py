"""The console: its site and its base classes. With `config.navigation` all that knows the theme.

Everything else of the console imports its base classes from here and draws its own pages with the blocks that
Django's own templates have, so the theme can be left out (`CONSOLE_THEME=PLAIN`), upgraded or replaced.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.main import ERROR_FLAG
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from helpdesk.admin.moved import MovesShown
    from sla.dry_run import Moves

if TYPE_CHECKING or not settings.IS_CONSOLE_THEMED:
    from django.contrib.admin import AdminSite, ModelAdmin, TabularInline
    from django.contrib.admin.widgets import AdminIntegerFieldWidget as Number
    from django.contrib.admin.widgets import AdminTextareaWidget as TextArea
    from django.contrib.admin.widgets import AdminTextInputWidget as TextLine
    from django.forms import CheckboxSelectMultiple as Checkboxes
    from django.forms import Select as Choice
else:
    from unfold.admin import ModelAdmin, TabularInline
    from unfold.sites import UnfoldAdminSite as AdminSite
    from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget as Checkboxes
    from unfold.widgets import UnfoldAdminIntegerFieldWidget as Number
    from unfold.widgets import UnfoldAdminSelectWidget as Choice
    from unfold.widgets import UnfoldAdminTextareaWidget as TextArea
    from unfold.widgets import UnfoldAdminTextInputWidget as TextLine

__all__ = [
    "AgentConsole",
    "AgentSite",
    "Checkboxes",
    "Choice",
    "Counts",
    "HistoryConsole",
    "LinkedRows",
    "Number",
    "Rows",
    "TextArea",
    "TextLine",
    "VersionedConsole",
    "counts",
    "moves_shown",
    "page",
    "tickets_of",
]

Row = TypeVar("Row", bound=Model)
Parent = TypeVar("Parent", bound=Model)

View = Callable[..., HttpResponseBase]

MOST_COUNTED = 5000
LONGEST_KEY = 18
"""Digits of a number that a database still takes."""


# --- the site -----------------------------------------------------------------------------------


class AgentSite(AdminSite):
    """The agents' own site: our first page, the desk's time zone, staff alone."""

    site_header = "Prazo"
    site_title = "Prazo"
    index_title = _("Dashboard")
    index_template = "admin/dashboard.html"
    empty_value_display = "–"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take our own pages alone: those that libraries bring pass our rules by."""
        if admin_class is not None and issubclass(admin_class, AgentConsole):
            super().register(model_or_iterable, admin_class, **options)

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

    def get_urls(self) -> list[Any]:
        """The pages that no model has to itself, before those of the models."""
        from helpdesk.admin import moved, simulator

        pages = [
            path("simulator/", self.admin_view(simulator.view), name="simulator"),
            path(
                "sla/policyversion/<int:number>/moves/",
                self.admin_view(moved.view),
                name="sla_policyversion_moves",
            ),
        ]
        return [*pages, *super().get_urls()]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign in by the one door that limits how often a password is tried; a customer has no way in.

        Raises:
            PermissionDenied: to whoever is signed in and no agent.
        """
        wanted = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(wanted, reverse("account_login"))
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("admin:index")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The first page: how the desk stands."""
        from helpdesk.admin import dashboard

        return super().index(
            request, {**dashboard.context(request, counts(request)), **(extra_context or {})}
        )

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The palette's answer; it has one page, whatever the address asks for."""
        query = request.GET.copy()
        query.pop("page", None)
        request.GET = query  # type: ignore[assignment]  # a copy may be changed, which the stubs do not like
        answer: HttpResponse = super().search(request, extra_context)  # type: ignore[misc]  # the theme's
        return answer


def page(
    request: HttpRequest, template: str, *, of: Model, title: str, status: int = 200, **context: Any
) -> Any:
    """A page of ours about one row, drawn inside the console's frame."""
    request.current_app = admin.site.name
    frame = {**admin.site.each_context(request), "opts": of._meta, "original": of, "title": title}  # noqa: SLF001  documented in spite of its name
    return TemplateResponse(request, template, {**frame, **context}, status=status)


# --- lists --------------------------------------------------------------------------------------


class _Subscriptable:
    def __class_getitem__(cls, _rows: Any) -> type[Self]:
        return cls


if TYPE_CHECKING:

    class _Paginator(Paginator[Row]): ...

    class _Console(ModelAdmin[Row]): ...

    class _Rows(TabularInline[Row, Parent]): ...

else:

    class _Paginator(_Subscriptable, Paginator): ...

    class _Console(_Subscriptable, ModelAdmin): ...

    class _Rows(_Subscriptable, TabularInline): ...


class BoundedPaginator(_Paginator[Row]):
    """Counts no further than MOST_COUNTED, so that a long table does not make its list slow."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, or MOST_COUNTED."""
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[:MOST_COUNTED].count()
        return len(rows)


class _Rights:
    """What a page allows besides what an agent may: some things nobody does by hand."""

    is_addable = True
    is_changeable = True
    is_deletable = True

    def is_frozen(self, _row: Any) -> bool:
        """Whether a row is history; for rows inside a page, the row that they belong to."""
        return False

    def has_add_permission(self, request: HttpRequest, *parent: Any) -> bool:
        """Whether a row may be added, here and by who asks."""
        allowed = self.is_addable and not any(row and self.is_frozen(row) for row in parent)
        return allowed and super().has_add_permission(request, *parent)  # type: ignore[misc]  # a mixin

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this row may be changed, here and by who asks."""
        allowed = self.is_changeable and not (obj and self.is_frozen(obj))
        return allowed and super().has_change_permission(request, obj)  # type: ignore[misc]  # a mixin

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this row may be deleted, here and by who asks."""
        allowed = self.is_deletable and not (obj and self.is_frozen(obj))
        return allowed and super().has_delete_permission(request, obj)  # type: ignore[misc]  # a mixin


class AgentConsole(_Rights, _Console[Row]):
    """A page of rows and a page for one row, as every model of the console has them."""

    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    actions: Any = ()  # deleting many rows at once is nobody's daily work
    warn_unsaved_form = True
    compressed_fields = True
    list_fullwidth = False
    frozen_fields: tuple[str, ...] = ()
    """Fields that are given once: rules know the row by them."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The list; a filter with NUL, which no text of PostgreSQL holds, is refused as any wrong one."""
        if any("\x00" in value for values in request.GET.lists() for value in values[1]):
            return redirect(f"{request.path}?{ERROR_FLAG}=1")
        return super().changelist_view(request, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the address fills in, but for what could be no key of another row."""
        given: dict[str, Any] = super().get_changeform_initial_data(request)
        return {name: value for name, value in given.items() if not self._is_wrong_key(name, value)}

    def _is_wrong_key(self, name: str, value: Any) -> bool:
        field = next((one for one in self.opts.fields if one.name == name), None)
        text = str(value)
        is_key = text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY
        return field is not None and field.is_relation and not is_key

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is frozen is read-only once it exists."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return (*fields, *self.frozen_fields) if obj else fields

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The few that there are, all in sight."""
        return super().formfield_for_manytomany(db_field, request, **{"widget": Checkboxes, **kwargs})

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is frozen is not written by its neighbour either."""
        fields = super().get_prepopulated_fields(request, obj)
        return {name: of for name, of in fields.items() if not (obj and name in self.frozen_fields)}


class VersionedConsole(AgentConsole[Row]):
    """A page of something whose terms are in its versions, with the way to a new one."""

    is_deletable = False  # versions are history, and others refer to them
    version_model: type[Model]
    version_field: str
    change_form_template = "admin/with_versions.html"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page, and where a version is added by whoever may."""
        name = self.version_model._meta.label_lower  # noqa: SLF001  documented in spite of its name
        app, model = name.split(".")
        address = f"{reverse(f'admin:{app}_{model}_add')}?{self.version_field}={object_id}"
        may = request.user.has_perm(f"{app}.add_{model}")
        context = {"add_version": address if may else "", **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)


class HistoryConsole(AgentConsole[Row]):
    """A page that shows and changes nothing: history, which no door may touch."""

    is_addable = is_changeable = is_deletable = False


class Rows(_Rights, _Rows[Row, Parent]):
    """Rows shown inside the page of what they belong to."""

    extra = 0
    hide_title = True  # the theme repeats above each row what stands in it

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """A field in a table has its label above the column; a screen reader is told it at the field."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            getattr(field.widget, "widget", field.widget).attrs.setdefault("aria-label", field.label)
        return field


class LinkedRows(Rows[Row, Parent]):
    """Rows named there, each with a page of its own."""

    is_addable = is_changeable = is_deletable = False
    show_change_link = True
    hide_title = False


# --- counts -------------------------------------------------------------------------------------


class Counts(dict[str, int]):
    """How many tickets each tab has, and how much mail is quarantined; none counted further than 99."""

    def words(self, name: str) -> str:
        """What a badge says."""
        from helpdesk.admin import counting

        return counting.in_words(self.get(name, 0))


def counts(request: HttpRequest) -> Counts:
    """The counts that an agent's pages show, asked for once a request, in one statement."""
    known: Counts | None = getattr(request, "console_counts", None)
    if known is None:
        from channels_inbound.admin import quarantined
        from helpdesk.admin import counting, tabs

        rows = {**tabs.counted(request), "quarantined": quarantined()}
        known = Counts(counting.count_together(rows))
        request.console_counts = known  # type: ignore[attr-defined]  # ours, for this request
    return known


# --- tickets, for pages of apps that know none -------------------------------------------------


def tickets_of(clock_set_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Label and link of the ticket of each set of clocks; a set without one is left out."""
    from helpdesk.admin import moved

    return moved.tickets_of(clock_set_ids)


def moves_shown(told: "Moves", *, at: datetime) -> "MovesShown":
    """What `sla.dry_run` found, for `{% include "admin/sla/_moves.html" with moves=… %}`."""
    from helpdesk.admin import moved

    return moved.shown(told, at=at)

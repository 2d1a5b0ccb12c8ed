"""Calendars: what is open when, from which version on, and a copy under another name."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.console import VersionedConsole, page
from sla import calendars, timekeeping
from sla.admin import calendar_shown
from sla.models import Calendar, CalendarVersion


class CopyForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """The copy's own name and key."""

    class Meta:
        model = Calendar
        fields = ("name", "key")


@admin.register(Calendar)
class CalendarAdmin(VersionedConsole[Calendar]):
    """When support is open."""

    version_model = CalendarVersion
    version_field = "calendar"
    list_display = ("name", "key", "zone", "built_until")
    search_fields = ("name", "key")
    fields = ("name", "key")
    frozen_fields = ("key",)
    prepopulated_fields = {"key": ("name",)}
    change_form_template = "admin/sla/calendar/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Calendar]:
        """Each with the zone of its latest version."""
        latest = CalendarVersion.objects.filter(calendar=OuterRef("pk")).order_by("-valid_from")
        return super().get_queryset(request).annotate(zone=Subquery(latest.values("zone")[:1]))

    @admin.display(description=_("zone"))
    def zone(self, calendar: Calendar) -> str | None:
        """Of the latest version."""
        return calendar.zone  # type: ignore[attr-defined, no-any-return]  # annotated above

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The calendar with its next days, its versions, and what an upgrade would change."""
        calendar = self.get_object(request, unquote(object_id))
        context: dict[str, Any] = {"may_copy": self._may_copy(request)}
        if calendar and self.has_view_permission(request, calendar):
            context |= calendar_shown.calendar_context(calendar, at=timekeeping.now())
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def get_urls(self) -> list[URLPattern]:
        """Copying is a page of its own."""
        copy = self.admin_site.admin_view(self.copy_view)
        return [path("<path:object_id>/copy/", copy, name="sla_calendar_copy"), *super().get_urls()]

    def copy_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for a name and a key, then copy every version."""
        calendar = self.get_object(request, unquote(object_id))
        if calendar is None or not self._may_copy(request):
            raise Http404
        form = CopyForm(request.POST) if request.method == "POST" else CopyForm(initial=_proposed(calendar))
        if request.method == "POST" and form.is_valid() and (copied := _copied(calendar, form)):
            self.log_addition(request, copied, [{"added": {}}])
            said = {"copy": copied, "calendar": calendar}
            messages.success(request, gettext("%(copy)s is a copy of %(calendar)s.") % said)
            return redirect(reverse("admin:sla_calendar_change", args=(copied.pk,)))
        answer: HttpResponse = page(
            request,
            "admin/sla/calendar/copy.html",
            of=calendar,
            title=gettext("Copy %s") % calendar,
            form=form,
            calendar=calendar,
        )
        return answer

    def _may_copy(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and request.user.has_perm("sla.add_calendarversion")


def _proposed(calendar: Calendar) -> dict[str, str]:
    return {"name": gettext("%s (copy)") % calendar.name, "key": f"{calendar.key}-copy"[:50]}


def _copied(calendar: Calendar, form: CopyForm) -> Calendar | None:
    """The copy, or none with a sentence at the key that somebody else took meanwhile."""
    given = form.cleaned_data
    try:
        return calendars.copy(calendar, key=given["key"], name=given["name"], at=timekeeping.now())
    except calendars.KeyTaken as refusal:
        form.add_error("key", str(refusal))
        return None

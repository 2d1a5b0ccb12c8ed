"""Sent mail: all that was said or is to be said, whether it left, and how its receiver sees it."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from config.console import HistoryConsole, page
from helpdesk.admin import asked, when
from helpdesk.admin.downloads import FRAMED
from helpdesk.models import OutboundMessage


@admin.register(OutboundMessage)
class SentMailAdmin(HistoryConsole[OutboundMessage]):
    """The outbox, latest first; nothing of it is changed here."""

    list_display = ("said", "to_whom", "about", "way", "moment")
    list_display_links = ("said",)
    list_filter = ("state", "kind", "channel")
    list_select_related = ("ticket",)
    search_fields = ("=to", "=ticket__id")
    search_help_text = _("Whole address, or ticket number")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutboundMessage]:
        """Codes to sign in are their receiver's alone, except where all people are made up."""
        rows = super().get_queryset(request).defer("text", "html", "headers")
        return rows if settings.DEMO else rows.exclude(kind=OutboundMessage.Kind.SIGN_IN)

    @admin.display(description=_("subject"))
    def said(self, row: OutboundMessage) -> str:
        """What it is about."""
        return row.subject or str(row.get_kind_display())

    @admin.display(description=_("to"))
    def to_whom(self, row: OutboundMessage) -> str:
        """Where it goes."""
        return row.to

    @admin.display(description=_("ticket"))
    def about(self, row: OutboundMessage) -> str:
        """Which ticket it belongs to."""
        return f"#{row.ticket_id}" if row.ticket_id else ""

    @admin.display(description=_("state"))
    def way(self, row: OutboundMessage) -> SafeString:
        """Why it is said, how, and how far it got."""
        return format_html(
            '<span class="pz-badge pz-sent-{}">{}</span> <span class="pz-soft">{} · {}</span>',
            row.state,
            row.get_state_display(),
            row.get_kind_display(),
            row.get_channel_display(),
        )

    @admin.display(description=_("when"), ordering="send_after")
    def moment(self, row: OutboundMessage) -> str:
        """When it left, or is to leave."""
        return when.stamp(row.sent_at or row.failed_at or row.send_after)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The list under the name that people know."""
        return super().changelist_view(request, {"title": gettext("Sent mail"), **(extra_context or {})})

    @method_decorator(require_safe)
    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The message as its receiver sees it, and its way."""
        row = self._row(request, pk=asked.number(object_id))
        at = asked.at(request)
        answer: HttpResponse = page(
            request,
            "admin/helpdesk/outboundmessage/page.html",
            of=row,
            title=row.subject or str(row),
            row=row,
            headers=sorted(row.headers.items()),
            created=when.moment(row.created_at, at=at),
            moment=when.moment(row.sent_at or row.failed_at or row.send_after, at=at),
        )
        return answer

    def get_urls(self) -> list[URLPattern]:
        """The message's formatting, for a sandboxed frame."""
        body = self.admin_site.admin_view(self.body)
        return [path("body/<uuid:uid>/", body, name="helpdesk_outbound_body"), *super().get_urls()]

    def body(self, request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
        """The HTML of a message exactly as it is sent, where nothing of it can act."""
        return _framed(request, self._row(request, uid=uid))

    def _row(self, request: HttpRequest, **which: Any) -> OutboundMessage:
        if not self.has_view_permission(request):
            raise Http404
        row = self.get_queryset(request).select_related("ticket").defer(None).filter(**which).first()
        if row is None:
            raise Http404
        return row


@require_safe
@FRAMED
@xframe_options_sameorigin
def _framed(_request: HttpRequest, row: OutboundMessage) -> HttpResponseBase:
    return HttpResponse(row.html)

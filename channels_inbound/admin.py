"""What arrived, as it came: a list with its quarantine, the raw bytes shown safely, try again, discard."""

from collections.abc import Callable
from email import message_from_bytes
from email.policy import compat32
from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from channels_inbound import ingest
from channels_inbound.models import InboundMessage
from config.console import HistoryConsole, page
from contracts.models import Account
from helpdesk import actors
from sla import timekeeping

MOST_SHOWN: Final = 64 * 1024
LONGEST_NUMBER: Final = 18
SHOWN_FIELDS: Final = ("From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "Auto-Submitted")

State = InboundMessage.State


def quarantined() -> QuerySet[InboundMessage]:
    """What waits for an agent to look at it."""
    return InboundMessage.objects.filter(state=State.QUARANTINED)


@admin.register(InboundMessage)
class InboundAdmin(HistoryConsole[InboundMessage]):
    """The inbox, latest first; what to do with a row is decided on its page."""

    list_display = ("what", "sender", "door", "became", "received_at")
    list_display_links = ("what",)
    list_filter = ("state", "source")
    search_fields = ("sender__istartswith", "=provider_id")
    search_help_text = _("Sender's address, or whole identifier")
    ordering = ("-received_at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[InboundMessage]:
        """Without the bytes, which no list shows."""
        return super().get_queryset(request).defer("raw")

    @admin.display(description=_("subject"))
    def what(self, row: InboundMessage) -> str:
        """What it says that it is about."""
        return row.subject or gettext("(no subject)")

    @admin.display(description=_("door"))
    def door(self, row: InboundMessage) -> str:
        """How it came."""
        return str(row.get_source_display())

    @admin.display(description=_("became"))
    def became(self, row: InboundMessage) -> SafeString:
        """Its state, with the ticket or the reason."""
        more = f"#{row.ticket_id}" if row.ticket_id else row.reason
        badge = '<span class="pz-badge pz-inbound-{}">{}</span> <span class="pz-soft">{}</span>'
        return format_html(badge, row.state, row.get_state_display(), more)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The list under the name that people know."""
        return super().changelist_view(request, {"title": gettext("What arrived"), **(extra_context or {})})

    # --- one row

    @method_decorator(require_safe)
    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What it is, why it stands where it stands, and its bytes as harmless text."""
        number = unquote(object_id)
        if not (number.isdecimal() and len(number) <= LONGEST_NUMBER):
            raise Http404
        row = self._row(request, int(number))
        raw = ingest.raw_bytes(row)
        answer: HttpResponse = page(
            request,
            "admin/channels_inbound/inboundmessage/page.html",
            of=row,
            title=self.what(row),
            row=row,
            fields=_fields(raw),
            text=raw[:MOST_SHOWN].decode("utf-8", "replace").replace("\x00", "␀"),
            is_cut=len(raw) > MOST_SHOWN,
            may_decide=_may_decide(request),
            may_retry=row.state in {State.QUARANTINED, State.IGNORED},
            may_discard=row.state == State.QUARANTINED,
        )
        return answer

    def get_urls(self) -> list[URLPattern]:
        """The bytes to keep, and the two decisions, each a POST."""
        view = self.admin_site.admin_view
        return [
            path("<int:number>/raw/", view(self.raw_view), name="channels_inbound_raw"),
            path("<int:number>/retry/", view(self.retry_view), name="channels_inbound_retry"),
            path("<int:number>/discard/", view(self.discard_view), name="channels_inbound_discard"),
            *super().get_urls(),
        ]

    def raw_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """The exact bytes, to be saved and never to be shown."""
        return _download(request, self._row(request, number))

    def retry_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """Try it again, now."""
        return _decide(request, self._row(request, number), _retry)

    def discard_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """It is nothing; the bytes stay."""
        return _decide(request, self._row(request, number), _discard)

    def _row(self, request: HttpRequest, number: int) -> InboundMessage:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = InboundMessage.objects.select_related("ticket").filter(pk=number).first()
        if row is None:
            raise Http404
        return row


@require_safe
def _download(_request: HttpRequest, row: InboundMessage) -> HttpResponse:
    answer = HttpResponse(ingest.raw_bytes(row), content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="inbound-{row.pk}.eml"'
    return answer


Decision = Callable[[HttpRequest, InboundMessage], InboundMessage]


@require_POST
def _decide(request: HttpRequest, row: InboundMessage, decision: Decision) -> HttpResponse:
    if not _may_decide(request):
        raise PermissionDenied
    row = decision(request, row)
    said = gettext("It is now %(state)s. %(reason)s") % {
        "state": row.get_state_display(),
        "reason": row.reason,
    }
    messages.success(request, said.strip())
    return redirect(reverse("admin:channels_inbound_inboundmessage_change", args=(row.pk,)))


def _retry(_request: HttpRequest, row: InboundMessage) -> InboundMessage:
    return ingest.retry(row, at=timekeeping.now())


def _discard(request: HttpRequest, row: InboundMessage) -> InboundMessage:
    by = actors.account(request.user) if isinstance(request.user, Account) else ""
    return ingest.discard(row, by=by, at=timekeeping.now())


def _may_decide(request: HttpRequest) -> bool:
    return request.user.has_perm("channels_inbound.change_inboundmessage")


def _fields(raw: bytes) -> list[tuple[str, str]]:
    """The fields of a mail that help to understand it, as they stand; none of what is no mail."""
    head = raw[:MOST_SHOWN].split(b"\r\n\r\n", 1)[0].split(b"\n\n", 1)[0]
    mail = message_from_bytes(head, policy=compat32)
    found = ((name, str(mail.get(name, ""))) for name in SHOWN_FIELDS)
    return [(name, value[:1000]) for name, value in found if value]

"""The first page: how the desk stands, and what is due next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from helpdesk import visibility
from helpdesk.admin import asked, counting, rows, when
from helpdesk.admin.tabs import MOST_URGENT_FIRST
from helpdesk.entitlement import NOT_OWED
from helpdesk.models import OutboundMessage
from helpdesk.models.ticket import LIVE
from sla.models import Heartbeat

NEXT_DUE: Final = 10
SILENT_AFTER: Final = timedelta(seconds=60)
UNSENT_AFTER: Final = timedelta(minutes=5)
UNPROMISED: Final = Q(contract__isnull=False, clock_set=None, request_type__runs_clocks=True) & ~Q(
    entitlement__in=NOT_OWED
)
"""Covered by a contract, owed an answer, and yet without a clock: no policy was in force."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, what it counts, where its rows are, and whether somebody should look."""

    label: Any
    value: str
    link: str = ""
    hint: Any = ""
    is_bad: bool = False


def context(request: HttpRequest, counts: Mapping[str, int]) -> dict[str, Any]:
    """What the first page shows to whoever may see tickets; `counts` are those of the tabs."""
    if not request.user.has_perm("helpdesk.view_ticket"):
        return {}
    at = asked.at(request)
    more = counting.count_together(
        {
            "late": visibility.queue_for(asked.by(request)).filter(LIVE, next_due_at__lt=at),
            "today": visibility.queue_for(asked.by(request)).filter(
                LIVE, next_due_at__gte=at, next_due_at__lt=_end_of_day(at)
            ),
            "unpromised": visibility.queue_for(asked.by(request)).filter(LIVE, UNPROMISED),
            "failed": OutboundMessage.objects.filter(state=OutboundMessage.State.FAILED),
        }
    )
    return {
        "figures": [*_of_tickets({**counts, **more}), *_of_mail({**counts, **more}, at=at), _beat(at=at)],
        "next_due": _next_due(request),
    }


def _of_tickets(counts: Mapping[str, int]) -> list[Figure]:
    return [
        _tickets(_("Late now"), counts["late"], "breaching", _("The due time has passed"), is_bad=True),
        _tickets(
            _("Breaching"), counts["breaching"], "breaching", _("Late, or due within the hour"), is_bad=True
        ),
        _tickets(_("Due today"), counts["today"], "open", _("Still in time")),
        _tickets(_("Unassigned"), counts["unassigned"], "unassigned", _("Nobody's yet")),
        _tickets(_("Mine"), counts["mine"], "mine", _("Assigned to you")),
        _tickets(_("Waiting"), counts["waiting"], "waiting", _("For a customer or a third party")),
        _tickets(_("Over quota"), counts["over_quota"], "over_quota", _("Beyond the plan's tickets")),
        _tickets(
            _("Appeals"), counts["appeals"], "appeals", _("A lead decides whether it is support"), is_bad=True
        ),
        _tickets(
            _("No policy"), counts["unpromised"], "open", _("Covered, but no policy in force"), is_bad=True
        ),
    ]


def _tickets(label: Any, count: int, tab: str, hint: Any, *, is_bad: bool = False) -> Figure:
    link = f"{reverse('admin:helpdesk_ticket_changelist')}?tab={tab}"
    return Figure(label, counting.in_words(count) or "0", link, hint, is_bad=is_bad and count > 0)


def _of_mail(counts: Mapping[str, int], *, at: datetime) -> list[Figure]:
    arrived = reverse("admin:channels_inbound_inboundmessage_changelist")
    sent = reverse("admin:helpdesk_outboundmessage_changelist")
    quarantined, failed = counts["quarantined"], counts["failed"]
    return [
        Figure(
            _("Quarantined"),
            counting.in_words(quarantined) or "0",
            f"{arrived}?state__exact=quarantined",
            _("Mail that nobody could read"),
            is_bad=quarantined > 0,
        ),
        _oldest_unsent(sent, at=at),
        Figure(
            _("Not delivered"),
            counting.in_words(failed) or "0",
            f"{sent}?state__exact=failed",
            _("Refused for good"),
            is_bad=failed > 0,
        ),
    ]


def _oldest_unsent(link: str, *, at: datetime) -> Figure:
    waiting = OutboundMessage.objects.filter(state__in=("queued", "sending"), send_after__lte=at)
    since = waiting.order_by("send_after").values_list("send_after", flat=True).first()
    age = at - since if since else timedelta()
    return Figure(
        _("Oldest unsent mail"),
        when.duration(int(age.total_seconds())) if since else gettext("none"),
        f"{link}?state__exact=queued",
        _("Due to leave, and still here"),
        is_bad=age > UNSENT_AFTER,
    )


def _beat(*, at: datetime) -> Figure:
    last = Heartbeat.objects.order_by("-at").values_list("at", flat=True).first()
    is_alive = last is not None and at - last <= SILENT_AFTER
    value = gettext("alive") if is_alive else when.ago(last, at=at) if last else gettext("never")
    return Figure(_("Heartbeat"), value, hint=_("Of what rings, sends and sweeps"), is_bad=not is_alive)


def _next_due(request: HttpRequest) -> list[rows.QueueRow]:
    live = visibility.queue_for(asked.by(request)).filter(LIVE, sorts_at__isnull=False)
    first = live.select_related(*rows.WITH_A_ROW).defer(*rows.UNREAD).order_by(*MOST_URGENT_FIRST)[:NEXT_DUE]
    return [rows.QueueRow.of(ticket, at=asked.at(request)) for ticket in first]


def _end_of_day(at: datetime) -> datetime:
    """Midnight in the desk's zone."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1)

"""What the console's theme asks for: its sidebar, and what its palette finds."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.console import counts


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar; what somebody may not see is left out."""
    known = counts(request)
    return [
        {
            "items": [
                {"title": _("Dashboard"), "icon": "dashboard", "link": reverse("admin:index")},
                _item(_("Tickets"), "inbox", "helpdesk.ticket", badge=known.words("breaching")),
                _item(
                    _("What arrived"),
                    "move_to_inbox",
                    "channels_inbound.inboundmessage",
                    badge=known.words("quarantined"),
                ),
                _item(_("Sent mail"), "outgoing_mail", "helpdesk.outboundmessage"),
                _item(_("Done by hand"), "back_hand", "helpdesk.ticket")
                | {"link": reverse("admin:helpdesk_by_hand")},
            ],
        },
        _group(
            _("Customers"),
            (_("Organisations"), "apartment", "contracts.organisation"),
            (_("People"), "group", "contracts.person"),
            (_("Contracts"), "contract", "contracts.contract"),
            (_("Quotas"), "data_usage", "contracts.allotment"),
            (_("Quota ledger"), "receipt_long", "contracts.charge"),
            (_("Quotes"), "request_quote", "contracts.quote"),
        ),
        _group(
            _("Promises"),
            (_("Plans"), "sell", "contracts.plan"),
            (_("Technical services"), "build", "contracts.servicecategory"),
            (_("Policies"), "gavel", "sla.policy"),
            (_("Calendars"), "calendar_month", "sla.calendar"),
            (_("Priorities"), "priority_high", "sla.priority"),
            (_("Clock events"), "timer", "sla.clockevent"),
            (_("Backlog periods"), "stacks", "sla.backlogperiod"),
            also=[_simulator()],
        ),
        _group(
            _("The desk"),
            (_("Accounts"), "badge", "contracts.account"),
            (_("Roles"), "shield_person", "auth.group"),
            (_("Teams"), "groups", "helpdesk.team"),
            (_("On call"), "phone_in_talk", "helpdesk.oncallshift"),
            (_("Tags"), "label", "helpdesk.tag"),
            (_("Webhooks"), "webhook", "helpdesk.webhook"),
            (_("Kinds of request"), "category", "helpdesk.requesttype"),
        ),
    ]


def _group(title: Any, *items: tuple[Any, str, str], also: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    return {"title": title, "separator": True, "items": [*(_item(*item) for item in items), *also]}


def _simulator() -> dict[str, Any]:
    return {
        "title": _("Simulator"),
        "icon": "schedule",
        "link": reverse("admin:simulator"),
        "permission": lambda request: _may_see(request, "sla", "policyversion"),
    }


def _item(title: Any, icon: str, model: str, badge: str = "") -> dict[str, Any]:
    app, name = model.split(".")
    return {
        "title": title,
        "icon": icon,
        "link": reverse(f"admin:{app}_{name}_changelist"),
        "badge": badge,
        "permission": lambda request: _may_see(request, app, name),
    }


def _may_see(request: HttpRequest, app: str, name: str) -> bool:
    return request.user.has_perm(f"{app}.view_{name}") or request.user.has_perm(f"{app}.change_{name}")


def find(request: HttpRequest, words: str) -> list[Any]:
    """What the theme's palette (Ctrl+K) finds: tickets."""
    from unfold.dataclasses import SearchResult

    from helpdesk.admin import tickets

    return [
        SearchResult(title=title, description=description, link=link, icon="confirmation_number")
        for title, description, link in tickets.find(request, words)
    ]

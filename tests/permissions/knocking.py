"""What is sent to each address, and how an answer is written in the matrix."""

import json
import uuid

from django.db import transaction
from django.urls import reverse

from sla.models import Calendar
from tests.permissions.addresses import filled

MOST = {"subject": "Lift", "text": "It is stuck."}
QUERIES = {
    "/admin/autocomplete/": "?app_label=helpdesk&model_name=ticket&field_name=organisation&term=a",
    "/admin/search/": "?s=print",
}


def forms(world) -> dict[str, dict[str, str]]:
    """What a well-meaning sender fills in; by the address' pattern."""
    verb = "/admin/helpdesk/ticket/<int:number>/"
    quote = "/admin/contracts/quote/<int:number>/"
    version = str(world.ticket.version)
    waiting = world.ticket.messages.filter(kind="agent").last()
    return {
        "/accounts/login/": {"login": "rui@lumiar.example", "password": "wrong"},
        "/accounts/login/code/": {"email": "bruno@azenha.example"},
        "/admin/password_change/": {"old_password": "wrong", "new_password1": "x", "new_password2": "x"},
        f"{verb}reply/": {"text": "Here.", "then": "", "key": str(uuid.uuid4())},
        f"{verb}note/": {"text": "Here.", "key": str(uuid.uuid4())},
        f"{verb}take_back/": {"message": str(waiting.uid)},
        f"{verb}assign/": {"to": str(world.agent.pk), "version": str(world.ticket.version)},
        f"{verb}priority/": {"priority": "urgent", "reason": "Beds", "version": str(world.ticket.version)},
        f"{verb}status/": {"status": "solved", "version": str(world.ticket.version)},
        f"{verb}due/": {
            "clock": str(world.clock.pk),
            "due_at": "2099-01-01T10:00",
            "reason": "They called",
            "version": version,
        },
        f"{verb}excuse/": {
            "clock": str(world.clock.pk),
            "cause": "complexity",
            "text": "Three vendors",
            "version": version,
        },
        f"{verb}excuse_decide/": {"excuse": "1", "then": "approve", "text": "So", "version": version},
        f"{verb}correct/": {
            "event": "1",
            "how": "at",
            "happened_at": "2026-03-10T10:00:00",
            "reason": "A slip",
            "version": version,
        },
        f"{verb}retarget/": {"reason": "They upgraded", "version": version},
        f"{verb}reclassify/": {"category": "bulk_updates", "version": version},
        f"{verb}undo_technical/": {"reason": "A slip", "version": version},
        f"{verb}appeal_decide/": {"then": "uphold", "version": version},
        f"{verb}convert/": {"to": "bug", "reason": "It crashes", "version": version},
        f"{verb}validate/": {"steps": "Print", "version": version},
        f"{verb}split/": {"message": "1", "subject": "A part", "category": "bulk_updates"},
        f"{quote}log/": {"quantity": "1", "unit": "hour", "note": "Done"},
        f"{quote}ask_leave/": {"purpose": "Prices", "scope": "Rooms"},
        f"{quote}compare/": {"subjects": "gone@azenha.example"},
        f"{quote}decide_restore/": {"then": "allow", "reason": "So"},
        "/quotes/<int:number>/accept/": {"name": "Ana", "document": world.quote.document.sha256},
        "/quotes/<int:number>/decline/": {"reason": "Dear", "document": world.quote.document.sha256},
        "/tickets/<int:number>/appeal/": {"text": "It is support"},
        "/api/v1/billing/quotes/<uuid:uid>/": {"external_number": "F 2026/1"},
        f"{verb}merge/": {"into": "1", "version": version},
        f"{verb}link/": {"organisation": "Azenha Hotels"},
        "/admin/sla/calendar/<path:object_id>/copy/": {"name": "Another", "key": "another"},
        "/admin/sla/calendarversion/add/": {
            "calendar": str(Calendar.objects.get().pk),
            "do": "preview",
            "starts": "date",
            "date": "2030-01-01",
            "time": "00:00",
            "zone": "WET",
            "mon_from": "09:00",
            "mon_to": "18:00",
            "country": "PT",
            "subdivision": "13",
            "categories": "public",
            "struck": "2030-06-24",
            "own_date": "2030-06-29",
            "own_name": "Pedro",
            "special_date": "2030-12-24",
            "special_label": "Eve",
            "special_hours": "9-12",
            "copy_from": "mon",
            "copy_to": "tue",
            "seen": "",
        },
        "/demo/write/": {"sender": "bruno@azenha.example", **MOST},
        "/language/": {"language": "fr"},
        "/profile/": {"name": "Bruno", "language": "pt-pt", "zone": ""},
        "/tickets/new/": MOST,
        "/tickets/<int:number>/reply/": {"text": "Still stuck."},
        "/api/v1/tickets/": MOST,
        "/api/v1/tickets/<int:number>/messages/": {"text": "Still stuck."},
    }


def knock(
    world, who: str, method: str, pattern: str, *, address="", form=None, checks_forms=False, is_kept=False
):
    """Ask once; unless it is to be kept, whatever it changed is undone."""
    address = address or filled(pattern, world)
    client = world.client(who, address, checks_forms=checks_forms)
    with transaction.atomic():
        answer = _ask(client, method, pattern, address, form or {})
        transaction.set_rollback(not is_kept)
    return answer


def _ask(client, method: str, pattern: str, address: str, form):
    address += QUERIES.get(pattern, "") if "?" not in address else ""
    if method in {"GET", "HEAD", "OPTIONS"}:
        return client.generic(method, address)
    if pattern.startswith("/api/"):
        return client.generic(method, address, json.dumps(form), content_type="application/json")
    if method == "POST":
        return client.post(address, form)
    return client.generic(method, address)


def outcome(answer) -> str:
    """Its status; or where it sends whoever is not signed in, which is no way in."""
    doors = (reverse("account_request_login_code"), reverse("account_login"), reverse("admin:login"))
    if answer.status_code == 302 and answer["Location"].partition("?")[0] in doors:
        return "login"
    return str(answer.status_code)

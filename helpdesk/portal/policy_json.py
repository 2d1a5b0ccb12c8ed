"""The public policy for programs: the same numbers as the page, in a form of its own (PP-06).

`docs/policy-json.md` says what each member means. A member may be added without a new schema number; none
changes its meaning.
"""

import hashlib
import json
from datetime import datetime
from typing import Any, Final

from contracts import services
from contracts.terms import CellShown, cells_shown
from helpdesk.portal import versions
from sla.models import PolicyVersion, Priority

SCHEMA: Final = "prazo.support-policy/1"


def document(version: PolicyVersion, *, at: datetime) -> dict[str, Any]:
    """A version of the policy as plain JSON."""
    calendar = versions.calendar_of(version, at=at)
    cells = cells_shown(version)
    return {
        "schema": SCHEMA,
        "policy": version.policy.key,
        "version": version.number,
        "label": version.label,
        "valid_from": version.valid_from.isoformat(),
        "valid_until": version.valid_until.isoformat() if version.valid_until else None,
        "is_binding": version.is_binding,
        "status": "binding" if version.is_binding else "goal",
        "calendar": {
            "key": version.calendar.key,
            "zone": calendar.zone if calendar else None,
            "week": calendar.week if calendar else {},
            "holidays": sorted(calendar.holidays) if calendar else [],
            "special_hours": calendar.overrides if calendar else {},
            "business_day": version.day_mode,
        },
        "priorities": _priorities(cells),
        "targets": [_target(cell) for cell in cells],
        "not_included": [category.key for category in services.offered()],
    }


def _priorities(cells: list[CellShown]) -> list[dict[str, Any]]:
    names = {cell.priority: cell.priority_name for cell in cells}
    rows = Priority.objects.filter(key__in=names, name__in=names.values()).order_by("rank")
    return [{"key": row.key, "name": row.name, "rank": row.rank} for row in rows]


def _target(cell: CellShown) -> dict[str, Any]:
    return {
        "metric": cell.metric,
        "priority": cell.priority,
        "kind": cell.kind,
        "amount": cell.amount,
        "unit": cell.unit or None,
        "from_amount": cell.from_amount,
        "aim_amount": cell.aim_amount,
        "aim_unit": cell.aim_unit or None,
        "channel": cell.channel or None,
        "named_contacts_only": cell.named_contacts_only,
        "calendar": cell.calendar or None,
    }


def body(version: PolicyVersion, *, at: datetime) -> bytes:
    """The document as it is sent, always with the same bytes while it says the same."""
    return json.dumps(document(version, at=at), ensure_ascii=False, sort_keys=True, indent=1).encode()


def etag(content: bytes) -> str:
    """What names these bytes (RFC 9110, 8.8.3)."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'

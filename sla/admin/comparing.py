"""The part of a version's page that says what it changes: `admin/sla/_differences.html`."""

from typing import Any, Final

from django.http import HttpRequest

from sla import comparing
from sla.models import Versioned

LONGEST_NUMBER: Final = 9


def shown(version: Versioned, request: HttpRequest) -> dict[str, Any]:
    """Compared with the version that it follows, or with the one whose number is asked for."""
    others = comparing.around(version).order_by("-number")
    wanted = request.GET.get("against", "")
    is_number = wanted.isascii() and wanted.isdecimal() and len(wanted) <= LONGEST_NUMBER
    chosen = others.filter(number=int(wanted)).first() if is_number else None
    older = chosen or comparing.before(version)
    if older is None:
        return {"compared": None}
    return {
        "compared": {
            "older": older,
            "others": others,
            "differences": comparing.differences(older, version),
        }
    }

"""The part of a version's page that says what it changes: `admin/sla/_differences.html`."""

from typing import Any, Final

from django.http import HttpRequest

from sla import comparing, typed
from sla.models import Versioned

LONGEST_NUMBER: Final = 9


def shown(version: Versioned, request: HttpRequest) -> dict[str, Any]:
    """Compared with the version that it follows, or with the one whose number is asked for."""
    others = comparing.around(version).order_by("-number")
    wanted = typed.whole(request.GET.get("against", ""), digits=LONGEST_NUMBER)
    chosen = None if wanted is None else others.filter(number=wanted).first()
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

"""What the linter found, for `{% include "admin/sla/_findings.html" %}`."""

from collections.abc import Sequence
from typing import Any

from sla.linter import WORD, Finding, Level


def shown(findings: Sequence[Finding]) -> dict[str, Any]:
    """The template's context."""
    is_blocked = any(one.level is Level.ERROR for one in findings)
    return {"findings": findings, "is_blocked": is_blocked, "word": WORD}

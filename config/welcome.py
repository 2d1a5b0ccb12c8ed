"""What `manage.py up` says once everything is ready: addresses and sample logins."""

import http.client
import json
import time
from collections.abc import Callable

from django.conf import settings

ASK_EVERY = 0.2
COMPLAIN_AFTER = 30.0
PAGES = {"Portal": "/", "Console": "/admin/", "Support policy": "/support-policy/", "API": "/api/v1/schema/"}
DEMO_PAGES = {"Write as a customer": "/demo/write/"}


class Welcome:
    """Asks /readyz until it says yes, then greets once."""

    def __init__(self, say: Callable[[str], None], started: float) -> None:
        self.say = say
        self.started = started
        self.next_ask = 0.0
        self.next_complaint = started + COMPLAIN_AFTER
        self.is_said = False

    def tick(self) -> None:
        """Called by the supervisor several times a second."""
        now = time.monotonic()
        if self.is_said or now < self.next_ask:
            return
        self.next_ask = now + ASK_EVERY
        missing = _what_is_missing()
        if not missing:
            self.is_said = True
            self.say(_greeting(time.monotonic() - self.started))
        elif now > self.next_complaint:
            self.next_complaint = now + COMPLAIN_AFTER
            self.say(f"not ready yet: {', '.join(missing)}")


def _what_is_missing() -> list[str]:
    """Names of the checks that /readyz does not pass; `web` when it does not answer."""
    host = "127.0.0.1" if settings.BIND in {"0.0.0.0", "::"} else settings.BIND  # noqa: S104  compared, not bound
    try:
        server = http.client.HTTPConnection(host, settings.PORT, timeout=5)
        server.request("GET", "/readyz", headers={"Host": settings.SITE_HOST})
        checks = json.loads(server.getresponse().read())["checks"]
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return ["web"]
    return [name for name, outcome in checks.items() if not outcome["ok"]]


def _greeting(seconds: float) -> str:
    pages = PAGES | DEMO_PAGES if settings.DEMO else PAGES
    lines = [f"ready in {seconds:.1f} s", ""]
    lines += [f"  {name:<21}{settings.SITE_URL}{path}" for name, path in pages.items()]
    lines += [f"  {'Data':<21}{settings.DATA_DIR}", ""]
    return "\n".join([*lines, *_sample_logins(), "  Ctrl-C stops everything.", ""])


def _sample_logins() -> list[str]:
    path = settings.DATA_DIR / "sample-logins.json"
    if not (settings.DEMO and path.exists()):
        return []
    logins = json.loads(path.read_text(encoding="utf-8"))
    rows = [(login["where"], login["email"], login["password"], login["who"]) for login in logins]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [f"  Sample logins (kept in {path}):"]
    lines += ["    " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return [*lines, ""]

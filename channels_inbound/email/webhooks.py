"""The mail door for Postmark, at anymail's own route.

anymail checks who calls (basic auth in constant time; closed when no secret is set). What it hands on is
kept before anything reads it: a mail that would upset a parser must not upset the provider.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.webhooks.postmark import PostmarkInboundWebhookView
from django.http import HttpRequest

from channels_inbound import ingest, tasks
from channels_inbound.models import InboundMessage
from sla import timekeeping

ADDRESS: Final = re.compile(r"[^\s<>\x00-\x1f\x7f]{3,254}")


class PostmarkInbound(PostmarkInboundWebhookView):  # type: ignore[misc]  # anymail is published without types
    """Keeps a mail and answers 200 only when its row is committed; otherwise Postmark tries again."""

    def parse_events(self, request: HttpRequest) -> list[Any]:
        """Store the mail; there is nothing left to tell anymail's signal."""
        event = _event(request.body)
        inbound, _ = ingest.store(
            source=InboundMessage.Source.POSTMARK,
            provider_id=str(event.get("MessageID", "")),
            raw=_traced(event, self._raw(event, request.body)),
            at=timekeeping.now(),
        )
        tasks.nudge(inbound)
        return []

    def _raw(self, event: Mapping[str, Any], body: bytes) -> bytes:
        """The mail as it came; rebuilt when Postmark was not asked for it; else what Postmark said."""
        raw = event.get("RawEmail")
        if isinstance(raw, str):
            return raw.encode("utf-8", "surrogateescape")
        try:
            return bytes(self.esp_to_anymail_event(event).message.as_bytes())
        except Exception:  # noqa: BLE001 - whatever a hostile payload does, it is kept and quarantined
            return body


def _event(body: bytes) -> dict[str, Any]:
    """Postmark's JSON; anything else is not from Postmark and is refused with 400."""
    try:
        event = json.loads(body)
    except ValueError as error:
        raise AnymailWebhookValidationFailure("The body is not JSON.") from error
    if not isinstance(event, dict):
        raise AnymailWebhookValidationFailure("The body is not a JSON object.")
    return event


def _traced(event: Mapping[str, Any], raw: bytes) -> bytes:
    """Write down the envelope as a mail server would, on top of what came (RFC 5321, 4.4)."""
    recipient = str(event.get("OriginalRecipient") or "")
    trace = f"Delivered-To: {recipient}\r\n" if ADDRESS.fullmatch(recipient) else ""
    return _return_path(event).encode() + trace.encode() + raw


def _return_path(event: Mapping[str, Any]) -> str:
    """Postmark puts the envelope's sender first among the headers."""
    headers = event.get("Headers")
    first = headers[0] if isinstance(headers, list) and headers else None
    if not isinstance(first, dict) or str(first.get("Name", "")).lower() != "return-path":
        return ""
    sender = str(first.get("Value", "")).strip("<> ")
    return f"Return-Path: <{sender}>\r\n" if not sender or ADDRESS.fullmatch(sender) else ""

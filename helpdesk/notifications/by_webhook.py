"""Posts events to programs, signed; an event is tried for a day.

A receiver checks `Prazo-Signature: t=<seconds>,v1=<hex>`: the HMAC-SHA256, under the webhook's secret, of the
seconds, a dot and the body. `Prazo-Event-Id` stays the same however often an event is tried.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final

from django.conf import settings

from helpdesk.models import OutboundMessage, Webhook
from helpdesk.notifications import outside
from helpdesk.notifications.transport import TransportError
from sla import timekeeping

TAKEN: Final = range(200, 300)
PREFIX: Final = "whsec_"


@contextmanager
def line() -> Iterator[Callable[[OutboundMessage], str]]:
    """Give `deliver`; each event is a request of its own."""
    yield deliver


def deliver(outbound: OutboundMessage) -> str:
    """Post one event; gives nothing, for receivers have no id for it.

    Raises:
        TransportError: permanent when the webhook is gone or off, its address is not to be called, no
            signing key is set, or the receiver says 410.
    """
    webhook = Webhook.objects.filter(key=outbound.to, is_active=True).first()
    if webhook is None:
        raise TransportError("There is no such webhook, or it is off.", permanent=True)
    body = outbound.text.encode()
    try:
        status = outside.post(
            webhook.url, body, _headers(outbound, webhook, body), trusted=settings.WEBHOOK_TRUSTED_HOSTS
        )
    except outside.Unsafe as error:
        raise TransportError(str(error), permanent=True) from error
    except outside.Unreachable as error:
        raise TransportError(str(error), permanent=False) from error
    if status not in TAKEN:
        raise TransportError(f"The webhook answered {status}.", permanent=status == HTTPStatus.GONE)
    return ""


def _headers(outbound: OutboundMessage, webhook: Webhook, body: bytes) -> dict[str, str]:
    seconds = timekeeping.to_epoch(timekeeping.now())
    return {
        "Content-Type": "application/json",
        "User-Agent": "Prazo",
        "Prazo-Event-Id": str(outbound.uid),
        "Prazo-Signature": f"t={seconds},v1={signature(webhook, body, seconds)}",
    }


def signature(webhook: Webhook, body: bytes, seconds: int) -> str:
    """The signature of a body that is sent at that second (epoch).

    Raises:
        TransportError: there is no signing key.
    """
    said = f"{seconds}.".encode() + body
    return hmac.new(secret_of(webhook).encode(), said, hashlib.sha256).hexdigest()


def secret_of(webhook: Webhook) -> str:
    """What its receiver checks signatures with: derived from WEBHOOK_SIGNING_KEY, stored nowhere.

    Raises:
        TransportError: there is no signing key.
    """
    if not settings.WEBHOOK_SIGNING_KEY:
        raise TransportError("Webhooks are not set up (WEBHOOK_SIGNING_KEY).", permanent=True)
    key = settings.WEBHOOK_SIGNING_KEY.encode()
    return PREFIX + hmac.new(key, webhook.uid.bytes, hashlib.sha256).hexdigest()

"""Hands messages to Twilio, which hands them to WhatsApp: free text inside the 24 h window (D19).

Outside it WhatsApp takes an approved template with values put in, and nothing else.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlencode, urljoin

import requests
from django.conf import settings
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from helpdesk.models import OutboundMessage
from helpdesk.notifications.transport import TransportError

TWILIO: Final = "https://api.twilio.com"
STATUS_PATH: Final = "/hooks/whatsapp/twilio/status/"
SECONDS: Final = 15

WINDOW_CLOSED: Final = 63016
BAD_NUMBER: Final = frozenset({21211, 21614, 63003})
"""Twilio's words for a number that is none, or that nobody has on WhatsApp."""
FAULT_OF_OURS: Final = frozenset({401, 403, 404, 408, 429})
"""Answers that say nothing about the message: credentials, account, haste."""
REFUSED: Final = range(400, 500)


@contextmanager
def line() -> Iterator[Callable[[OutboundMessage], str]]:
    """Give `deliver`; each message is a request of its own."""
    yield deliver


def deliver(outbound: OutboundMessage) -> str:
    """Send one message; gives Twilio's id for it.

    Raises:
        TransportError: permanent when the window has closed (63016), the number is wrong (21211), or Twilio
            refuses the message for another reason of its own.
    """
    if not settings.TWILIO_ACCOUNT_SID:
        raise TransportError("WhatsApp is not set up (TWILIO_ACCOUNT_SID).", permanent=True)
    try:
        sent = _client().messages.create(
            from_=f"whatsapp:{settings.TWILIO_FROM}",
            to=f"whatsapp:{outbound.to}",
            status_callback=_callback(outbound),
            **_said(outbound),
        )
    except TwilioRestException as error:
        raise _translated(error) from error
    except (TwilioException, requests.RequestException) as error:
        reason = f"Twilio cannot be reached: {type(error).__name__}"
        raise TransportError(reason, permanent=False, is_outage=True) from error
    return str(sent.sid)[:120]


def _said(outbound: OutboundMessage) -> dict[str, str]:
    """Free text, or the values of the template for alarms; Twilio takes them as a JSON object of texts."""
    if not outbound.variables:
        return {"body": outbound.text}
    return {
        "content_sid": settings.TWILIO_ALARM_CONTENT_SID,
        "content_variables": json.dumps(outbound.variables, ensure_ascii=False),
    }


class _Line(TwilioHttpClient):  # type: ignore[misc]  # twilio has no types
    """Asks the configured host instead of Twilio's, where there is another."""

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        """Ask the same path of the configured host."""
        return super().request(method, url.replace(TWILIO, settings.TWILIO_BASE_URL, 1), *args, **kwargs)


def _client() -> Client:
    """Twilio's client with a time limit, which it lacks by itself."""
    line = _Line(timeout=SECONDS)
    return Client(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, http_client=line)


def _callback(outbound: OutboundMessage) -> str:
    """Where Twilio reports what became of a message; names the row, for the report may be faster than we."""
    return f"{urljoin(settings.SITE_URL, STATUS_PATH)}?{urlencode({'outbound': outbound.uid.hex})}"


def _translated(error: TwilioRestException) -> TransportError:
    reason = f"Twilio {error.status}, {error.code}: {error.msg}"[:300]
    if error.status in REFUSED and error.status not in FAULT_OF_OURS:
        return TransportError(reason, permanent=True, is_bad_address=error.code in BAD_NUMBER)
    return TransportError(reason, permanent=False, is_outage=True)

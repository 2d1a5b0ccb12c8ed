"""Fetches what came with a WhatsApp message, within bounds and only from Twilio's hosts.

Twilio keeps media behind HTTP Basic and may redirect to its storage: the credentials go to the
configured base address alone, a redirect is followed without them, once, and only to hosts that
Twilio names.
"""

import mimetypes
from typing import Final
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext as _

from helpdesk.incoming import IncomingFile

LARGEST: Final = 20 * 1024 * 1024
TIMEOUT: Final = (5, 20)
"""Seconds to connect, seconds between bytes."""

STORAGE: Final = (".twilio.com", ".twiliocdn.com")
GONE: Final = frozenset({403, 404, 410})
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class MediaGone(Exception):
    """The file will never come; the sentence stands in its place."""

    def __str__(self) -> str:
        return _("(A file that came with this message could not be kept.)")


class MediaAway(Exception):
    """The file cannot be had now; trying again makes sense."""

    def __str__(self) -> str:
        return _("(A file that came with this message could not be fetched.)")


def fetch(address: str, content_type: str) -> IncomingFile:
    """Get one file.

    Raises:
        MediaGone: not Twilio's, expired, refused or too large.
        MediaAway: no answer, or an error on their side.
    """
    if not _is_ours_to_ask(address):
        raise MediaGone
    credentials = (settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN)
    try:
        content = _content(address, credentials)
    except requests.RequestException as error:
        raise MediaAway from error
    ending = mimetypes.guess_extension(content_type.partition(";")[0].strip()) or ""
    return IncomingFile(f"whatsapp{ending}", content_type[:120] or "application/octet-stream", content)


def _content(address: str, credentials: tuple[str, str] | None) -> bytes:
    with requests.get(
        address, auth=credentials, timeout=TIMEOUT, stream=True, allow_redirects=False
    ) as answer:
        if answer.status_code in REDIRECTS and credentials is not None:
            return _content(_storage(address, answer.headers.get("Location", "")), None)
        if answer.status_code in GONE or answer.status_code in REDIRECTS:
            raise MediaGone
        answer.raise_for_status()
        return _bounded(answer)


def _bounded(answer: requests.Response) -> bytes:
    kept = bytearray()
    for piece in answer.iter_content(64 * 1024):
        kept += piece
        if len(kept) > LARGEST:
            raise MediaGone
    return bytes(kept)


def _is_ours_to_ask(address: str) -> bool:
    """Credentials only ever go to the base address that the operator configured."""
    asked, base = urlsplit(address), urlsplit(settings.TWILIO_BASE_URL)
    return (asked.scheme, asked.netloc) == (base.scheme, base.netloc)


def _storage(address: str, location: str) -> str:
    target = urljoin(address, location)
    parts = urlsplit(target)
    if _is_ours_to_ask(target):
        return target
    if parts.scheme != "https" or not (parts.hostname or "").endswith(STORAGE):
        raise MediaGone
    return target

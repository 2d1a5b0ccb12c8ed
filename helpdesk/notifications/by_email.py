"""Hands messages to the mail server, through whatever backend Django is set up with."""

import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formataddr
from typing import Final

import requests
from anymail.exceptions import (
    AnymailAPIError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from helpdesk.models import OutboundMessage
from helpdesk.notifications import enclosures, headers, reply_address
from helpdesk.notifications.transport import TransportError

NOBODY_THERE: Final = frozenset({550, 551, 553})
"""RFC 5321, 4.2.3: mailbox unavailable, not local, name not allowed."""
TOO_LARGE: Final = 552
"""RFC 1870, 6.1: said before a word of the mail was sent, as an answer to its sender."""
PERMANENT: Final = range(500, 600)
FAULT_OF_OURS: Final = frozenset({401, 403, 404, 408, 429})
"""A provider's answers that say nothing about the message: credentials, address of the API, haste."""
REFUSED: Final = range(400, 500)

Kind = OutboundMessage.Kind

ANSWERABLE: Final = frozenset({Kind.REPLY, Kind.ACKNOWLEDGEMENT, Kind.NOTIFICATION})


@contextmanager
def line() -> Iterator[Callable[[OutboundMessage], str]]:
    """Give `deliver` with one connection for many messages, opened at the first."""
    connection = get_connection()
    try:
        yield lambda outbound: deliver(outbound, connection=connection)
    finally:
        _hang_up(connection)


def deliver(outbound: OutboundMessage, *, connection: BaseEmailBackend | None = None) -> str:
    """Send one mail; gives the provider's id for it, empty where there is none.

    Raises:
        TransportError: permanent when the server refused this mail or its recipient.
    """
    connection = connection or get_connection()
    mail = build(outbound)
    try:
        connection.open()
        connection.send_messages([mail])
    except Exception as error:
        _hang_up(connection)
        raise _translated(error) from error
    status = getattr(mail, "anymail_status", None)
    return str(getattr(status, "message_id", None) or "")[:120]


def build(outbound: OutboundMessage) -> EmailMultiAlternatives:
    """Make the mail of a row: text, HTML, files and exactly our headers. At most five statements."""
    mail = EmailMultiAlternatives(
        subject=headers.one_line(outbound.subject),
        body=outbound.text,
        from_email=_from(outbound),
        to=[outbound.to],
        reply_to=_reply_to(outbound),
        headers=headers.of_mail(outbound),
    )
    if outbound.html:
        mail.attach_alternative(outbound.html, "text/html")
    if outbound.kind == Kind.REPLY:
        _enclose(outbound, mail)
    return mail


def _from(outbound: OutboundMessage) -> str:
    """A person's answer carries their name, never their own address (R9)."""
    agent = outbound.message.account if outbound.message else None
    names = [agent.name if agent else "", settings.DESK_NAME]
    return formataddr((headers.one_line(" – ".join(filter(None, names))), settings.SUPPORT_ADDRESS))


def _reply_to(outbound: OutboundMessage) -> list[str]:
    """The address that proves where an answer belongs.

    Alarms and notices have none: an agent's answer to one must not reach the customer.
    """
    if outbound.ticket is None or outbound.kind not in ANSWERABLE:
        return []
    return [reply_address.make(outbound.ticket, outbound.to)]


def _enclose(outbound: OutboundMessage, mail: EmailMultiAlternatives) -> None:
    for attachment in enclosures.of(outbound.message).enclosed:
        with attachment.file.open("rb") as file:
            mail.attach(headers.one_line(attachment.name), file.read(), enclosures.content_type(attachment))


# --- what went wrong ----------------------------------------------------------------------------


def _translated(error: Exception) -> TransportError:
    """Whether trying again makes sense, and whether it is about this mail at all."""
    if isinstance(error, smtplib.SMTPException):
        return _from_smtp(error)
    if isinstance(error, AnymailAPIError):
        return _from_provider(error)
    if isinstance(error, (AnymailRecipientsRefused, AnymailInvalidAddress)):
        return TransportError(_words(error), permanent=True, is_bad_address=True)
    if isinstance(error, (AnymailUnsupportedFeature, AnymailSerializationError, ValueError)):
        return TransportError(_words(error), permanent=True)
    is_outage = isinstance(error, (OSError, requests.RequestException))
    return TransportError(_words(error), permanent=False, is_outage=is_outage)


def _from_smtp(error: smtplib.SMTPException) -> TransportError:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _from_refusal(error)
    if isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code == TOO_LARGE:
        return TransportError(_words(error), permanent=True)
    if isinstance(error, smtplib.SMTPDataError):
        return TransportError(_words(error), permanent=error.smtp_code in PERMANENT)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return TransportError(_words(error), permanent=True)
    return TransportError(_words(error), permanent=False, is_outage=True)


def _from_refusal(error: smtplib.SMTPRecipientsRefused) -> TransportError:
    code, words = next(iter(error.recipients.values()))
    reason = f"{code} {words.decode(errors='replace')}"
    return TransportError(reason, permanent=code in PERMANENT, is_bad_address=code in NOBODY_THERE)


def _from_provider(error: AnymailAPIError) -> TransportError:
    status = error.status_code
    if status in REFUSED and status not in FAULT_OF_OURS:
        return TransportError(_words(error), permanent=True)
    return TransportError(_words(error), permanent=False, is_outage=True)


def _words(error: Exception) -> str:
    """The first line of an error: what follows may hold the whole request, key included."""
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"[:300]


def _hang_up(connection: BaseEmailBackend) -> None:
    """Close, whatever state the line is in."""
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        return

"""One place to speak to."""

from dataclasses import dataclass

from helpdesk.models import OutboundMessage


@dataclass(frozen=True, slots=True)
class Recipient:
    """An e-mail address or an E.164 number, a language of ours, and an IANA zone or nothing."""

    channel: OutboundMessage.Channel
    to: str
    language: str
    zone: str = ""

"""What the stories about speaking need."""

import pytest

from helpdesk.models import OutboundMessage
from helpdesk.notifications import outbox
from helpdesk.notifications.transport import TransportError
from tests.cast import TUESDAY_10


@pytest.fixture
def queued(db):
    """Puts something to say into the outbox."""

    def queue(**fields) -> OutboundMessage:
        number = OutboundMessage.objects.count() + 1
        defaults = {
            "kind": OutboundMessage.Kind.NOTICE,
            "channel": OutboundMessage.Channel.EMAIL,
            "to": f"reader{number}@azenha.example",
            "subject": f"Number {number}",
            "text": "Good morning.",
            "language": "en",
            "at": TUESDAY_10,
            "dedupe_key": f"test:{number}",
        }
        return outbox.queue(**(defaults | fields))

    return queue


class Channel:
    """A channel that does what the story says: `answer` is an error to raise, or the provider's id."""

    def __init__(self):
        self.answer = "provider-1"
        self.heard = []

    def deliver(self, outbound):
        self.heard.append(outbound.pk)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def channel(monkeypatch):
    """Takes the place of the mail server."""
    from contextlib import nullcontext

    channel = Channel()
    monkeypatch.setitem(outbox.LINES, OutboundMessage.Channel.EMAIL, lambda: nullcontext(channel.deliver))
    return channel


def busy() -> TransportError:
    """Greylisting, a full mailbox: this message, later."""
    return TransportError("451 try later", permanent=False)


def away() -> TransportError:
    """No mail server there."""
    return TransportError("connection refused", permanent=False, is_outage=True)


def refused() -> TransportError:
    """Nobody has this address."""
    return TransportError("550 no such user", permanent=True, is_bad_address=True)

"""Which reader understands what came through which door."""

from collections.abc import Mapping
from typing import Final

from channels_inbound.email.receiver import read_email
from channels_inbound.ingest import Reader, Source
from channels_inbound.whatsapp.receiver import read_whatsapp

READERS: Final[Mapping[str, Reader]] = {
    Source.PIPE: read_email,
    Source.POSTMARK: read_email,
    Source.DEMO: read_email,
    Source.TWILIO: read_whatsapp,
}

"""From Twilio's form to what the desk made of it."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from django.utils.translation import gettext

from channels_inbound import ingest
from channels_inbound.ingest import Decision, Quarantined, Result, State
from channels_inbound.models import InboundMessage
from channels_inbound.whatsapp import media
from contracts.people import BadAddress
from helpdesk import actors, intake
from helpdesk.incoming import Incoming, IncomingFile, Sender
from helpdesk.models import Ticket

MOST_FIELDS: Final = 200
MOST_MEDIA: Final = 10
LONGEST_TEXT: Final = 100_000

Form = Mapping[str, str]


def read_whatsapp(inbound: InboundMessage, raw: bytes) -> Decision:
    """Read a message and fetch its media; the decision lets the desk decide what it is.

    Raises:
        Quarantined: when it says neither whom it is from nor anything else.
        MediaAway: when a file cannot be had now and there are tries left.
    """
    form = _form(raw)
    sender = form.get("From", "").removeprefix("whatsapp:")
    if not sender:
        raise Quarantined("The message does not say whom it is from.")
    files, missing = _files(form, is_last_try=inbound.attempts >= ingest.MOST_ATTEMPTS)
    text = "\n\n".join(part for part in (_text(form), *missing) if part)
    if not text and not files:
        raise Quarantined("The message has neither text nor media.")
    inbound.subject = text[:255]
    return lambda: _decide(inbound, _incoming(form, sender, text, files))


def _decide(inbound: InboundMessage, incoming: Incoming) -> Result:
    try:
        receipt = intake.receive(incoming, at=inbound.received_at, by=actors.system("whatsapp"))
    except BadAddress as refusal:
        raise Quarantined(str(refusal)) from refusal
    if receipt.outcome is intake.Outcome.REPEATED:
        return Result(State.IGNORED, receipt.ticket, "delivered before")
    return Result(State.DONE, receipt.ticket)


def _incoming(form: Form, sender: str, text: str, files: tuple[IncomingFile, ...]) -> Incoming:
    return Incoming(
        channel=Ticket.Channel.WHATSAPP,
        sender=Sender("whatsapp", sender, form.get("ProfileName", "")[:160]),
        text=text,
        files=files,
        is_authenticated=True,  # Twilio's signature covers the number
        idempotency_key=f"whatsapp:{form['MessageSid'][:80]}" if form.get("MessageSid") else "",
    )


def _form(raw: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Quarantined("The message has too many fields.") from error
    return {name: value.replace("\x00", "") for name, value in pairs}


def _text(form: Form) -> str:
    """What was written, or where the sender is."""
    place = [form[name] for name in ("Latitude", "Longitude") if form.get(name)]
    if len(place) == 2:  # noqa: PLR2004 - a place has two coordinates
        words = " ".join(filter(None, (form.get("Label"), form.get("Address"))))
        return gettext("Location: %s") % ", ".join(filter(None, (*place, words)))
    return form.get("Body", "")[:LONGEST_TEXT].strip()


def _files(form: Form, *, is_last_try: bool) -> tuple[tuple[IncomingFile, ...], list[str]]:
    """The media that could be fetched, and a sentence for each that is gone."""
    files: list[IncomingFile] = []
    missing: list[str] = []
    for index in range(_count(form)):
        try:
            files.append(
                media.fetch(form.get(f"MediaUrl{index}", ""), form.get(f"MediaContentType{index}", ""))
            )
        except media.MediaGone as gone:
            missing.append(str(gone))
        except media.MediaAway as away:
            if not is_last_try:
                raise
            missing.append(str(away))
    return tuple(files), missing


def _count(form: Form) -> int:
    number = form.get("NumMedia", "0")
    return min(int(number), MOST_MEDIA) if number.isascii() and number.isdigit() else 0

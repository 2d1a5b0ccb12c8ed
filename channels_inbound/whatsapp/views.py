"""The WhatsApp door: Twilio's webhooks.

A request counts only with a valid signature over the public address (SITE_URL, never the request's Host);
without a configured secret the door is closed. The answer 200 is given once the row is committed.
"""

import uuid
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from twilio.request_validator import (
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from channels_inbound import ingest, tasks
from channels_inbound.models import InboundMessage
from helpdesk import delivery
from sla import timekeeping

NOTHING_TO_SAY: Final = "<?xml version='1.0' encoding='UTF-8'?><Response/>"


@csrf_exempt
@require_POST
def incoming(request: HttpRequest) -> HttpResponse:
    """A customer wrote: keep it, wake the pump."""
    raw = request.body  # before the form is read, which would consume it
    if not is_twilios(request):
        return HttpResponseForbidden()
    inbound, _ = ingest.store(
        source=InboundMessage.Source.TWILIO,
        provider_id=request.POST.get("MessageSid", ""),
        raw=raw,
        at=timekeeping.now(),
        sender=request.POST.get("From", ""),
    )
    tasks.nudge(inbound)
    return HttpResponse(NOTHING_TO_SAY, content_type="text/xml")


@csrf_exempt
@require_POST
def status(request: HttpRequest) -> HttpResponse:
    """Twilio says what became of a message of ours; may come twice and out of order."""
    if not is_twilios(request):
        return HttpResponseForbidden()
    delivery.progressed(
        provider_id=request.POST.get("MessageSid", "")[:120],
        state=request.POST.get("MessageStatus", "")[:20],
        error=request.POST.get("ErrorCode", "")[:20],
        at=timekeeping.now(),
        outbound_uid=_uid(request.GET.get("outbound", "")),
    )
    return HttpResponse(status=204)


def _uid(text: str) -> uuid.UUID | None:
    """The row that the address names, which we gave with the message."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def is_twilios(request: HttpRequest) -> bool:
    """Whether Twilio signed this request with our secret (constant-time, full length)."""
    secret = settings.TWILIO_AUTH_TOKEN
    signature = request.headers.get(SIGNATURE_HEADER, "")
    if not secret or not signature:
        return False
    algorithm = get_signature_algorithm(request.headers.get(SIGNATURE_SETTINGS_HEADER, ""))
    address = f"{settings.SITE_URL}{request.get_full_path()}"
    return bool(RequestValidator(secret).validate(address, request.POST, signature, algorithm=algorithm))

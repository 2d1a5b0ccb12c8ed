"""Write as a customer: a mail typed in the browser goes through the same door as a real one (DEMO only).

Beside it stands the customer's mailbox: what the desk would have sent to them, answers and sign-in codes
included, so that the whole loop can be seen without a mail account anywhere.
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from functools import wraps
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from channels_inbound import demo_mailbox, ingest
from channels_inbound.models import InboundMessage
from contracts.models import Address
from helpdesk import pump
from sla import timekeeping

PEOPLE_SHOWN: Final = 30
UNPROCESSABLE: Final = 422

View = Callable[[HttpRequest], HttpResponseBase]


class MailForm(forms.Form):
    """A mail: from whom, about what, saying what."""

    sender = forms.EmailField(label=gettext_lazy("From"), max_length=254)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200, required=False)
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 8})
    )
    answers = forms.CharField(widget=forms.HiddenInput, required=False, max_length=998)
    reply_to = forms.EmailField(widget=forms.HiddenInput, required=False)


def in_demonstrations(view: View) -> View:
    """Without DEMO there is no such page."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@in_demonstrations
def write(request: HttpRequest) -> HttpResponseBase:
    """Pick somebody, write a mail, read what comes back."""
    form = MailForm(request.POST if request.method == "POST" else None, initial=_asked(request))
    if request.method == "POST" and form.is_valid():
        inbound = _deliver(form.cleaned_data, at=timekeeping.now())
        _say_what_became(request, inbound)
        query = urlencode({"as": form.cleaned_data["sender"]})
        return redirect(f"{reverse('demo:write')}?{query}")
    reader = str(form["sender"].value() or "")
    context = {"form": form, "people": _people(), "reader": reader, "mails": demo_mailbox.mails_to(reader)}
    return render(request, "demo/write.html", context, status=UNPROCESSABLE if form.errors else 200)


def _asked(request: HttpRequest) -> dict[str, Any]:
    """What the address asks for: who writes, and what they answer."""
    asked = {"sender": "as", "subject": "subject", "answers": "answers", "reply_to": "reply_to"}
    return {field: request.GET.get(name, "") for field, name in asked.items()}


def _people() -> list[Address]:
    """Sample people with a mail address, by organisation."""
    known = Address.objects.filter(kind=Address.Kind.EMAIL).select_related("person__organisation")
    return list(known.order_by("person__organisation__name", "person__name", "value")[:PEOPLE_SHOWN])


def _deliver(mail: dict[str, str], *, at: datetime) -> InboundMessage:
    """Hand the mail over as a mail server would, and let it be read at once."""
    message_id = f"<{uuid.uuid4()}@demo.invalid>"
    inbound, _is_new = ingest.store(
        source=InboundMessage.Source.DEMO,
        provider_id=message_id,
        raw=_as_bytes(mail, message_id, at=at),
        at=at,
        sender=mail["sender"],
        subject=mail["subject"],
    )
    processed = ingest.process(inbound.pk, at=at)
    pump.send_soon()
    return processed or inbound


def _as_bytes(mail: dict[str, str], message_id: str, *, at: datetime) -> bytes:
    known = Address.objects.filter(kind=Address.Kind.EMAIL, value=mail["sender"].lower()).select_related(
        "person"
    )
    names = [address.person.name for address in known]
    message = EmailMessage()
    message["From"] = formataddr((names[0] if names else "", mail["sender"]))
    message["To"] = mail["reply_to"] or settings.SUPPORT_ADDRESS
    message["Subject"] = " ".join(mail["subject"].split())
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    if mail["answers"]:
        message["In-Reply-To"] = message["References"] = " ".join(mail["answers"].split())
    message.set_content(mail["text"])
    return message.as_bytes()


def _say_what_became(request: HttpRequest, inbound: InboundMessage) -> None:
    if inbound.ticket_id:
        messages.success(request, _("Your mail is on ticket %(number)d.") % {"number": inbound.ticket_id})
    else:
        messages.warning(
            request,
            _("The mail was taken in: %(state)s. %(reason)s")
            % {"state": inbound.get_state_display(), "reason": inbound.reason},
        )

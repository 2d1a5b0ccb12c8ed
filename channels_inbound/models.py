"""What arrived, as it came (R8)."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from helpdesk.models import Ticket


class InboundMessage(models.Model):
    """The bytes of a message and what became of them; the truth of which a task is only a hint."""

    class Source(models.TextChoices):
        """The door."""

        PIPE = "pipe", _("mail pipe")
        POSTMARK = "postmark", "Postmark"
        DEMO = "demo", _("written in the demonstration")
        TWILIO = "twilio", "Twilio"

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", _("waiting")
        LEASED = "leased", _("in work")
        DONE = "done", _("done")
        IGNORED = "ignored", _("ignored")
        QUARANTINED = "quarantined", _("quarantined")

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=10, choices=Source)
    provider_id = models.CharField(max_length=255, help_text="Message-ID, MessageSid…")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the raw bytes.")
    raw = models.BinaryField(help_text="zlib-compressed, exactly as it came.")
    size = models.PositiveIntegerField(help_text="Bytes before compression.")
    sender = models.CharField(max_length=254, blank=True, help_text="For the list only.")
    subject = models.CharField(max_length=255, blank=True, help_text="For the list only.")
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    processed_at = models.DateTimeField(null=True)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-received_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("source", "provider_id", "digest"), name="a_delivery_is_kept_once"
            ),
        )
        indexes = (
            models.Index(
                fields=("received_at",),
                name="inbox_to_process",
                condition=Q(state__in=("waiting", "leased")),
            ),
            models.Index(fields=("state", "-received_at"), name="inbox_by_state"),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.provider_id}"

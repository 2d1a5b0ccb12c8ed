"""What is to be said, by which channel, and whether it was."""

import uuid

from django.db import models
from django.db.models import Q

from helpdesk.models.message import Message
from helpdesk.models.ticket import Ticket


class OutboundMessage(models.Model):
    """A row of the outbox: written with the decision, sent by the pump, kept as evidence."""

    class Kind(models.TextChoices):
        """Why it is said."""

        REPLY = "reply"
        ACKNOWLEDGEMENT = "acknowledgement"
        NOTIFICATION = "notification"
        ESCALATION = "escalation"
        NOTICE = "notice"
        SIGN_IN = "sign_in"
        EVENT = "event"

    class Channel(models.TextChoices):
        """How it leaves."""

        EMAIL = "email"
        WHATSAPP = "whatsapp"
        WEBHOOK = "webhook"

    class State(models.TextChoices):
        """Where it stands."""

        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        CANCELLED = "cancelled"

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=Kind)
    channel = models.CharField(max_length=10, choices=Channel)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, related_name="outbound")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="outbound")
    to = models.CharField(max_length=254, help_text="An address, a number, or a webhook's key.")
    otherwise_to = models.EmailField(
        blank=True, help_text="Where it goes by mail when its channel refuses it for good."
    )
    subject = models.CharField(max_length=255, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    variables = models.JSONField(
        default=dict,
        help_text="Of WhatsApp's approved template: outside the 24 h there is no free text (D19).",
    )
    language = models.CharField(max_length=10, default="en")
    created_at = models.DateTimeField()
    send_after = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)
    provider_id = models.CharField(max_length=120, blank=True)
    provider_state = models.CharField(max_length=20, blank=True)
    dedupe_key = models.CharField(max_length=120, unique=True, help_text="Said once.")

    class Meta:
        ordering = ("send_after", "id")
        indexes = (
            models.Index(
                fields=("send_after",),
                name="outbox_to_send",
                condition=Q(state__in=("queued", "sending")),
            ),
            models.Index(fields=("provider_id",), name="outbox_by_provider", condition=~Q(provider_id="")),
            models.Index(fields=("to", "created_at"), name="outbox_by_recipient"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
                name="a_sent_message_says_when",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"

"""What was said on a ticket."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models import Person
from helpdesk.models.ticket import Ticket


class Message(models.Model):
    """One contribution to the conversation; a note is never shown to a customer (R9)."""

    class Kind(models.TextChoices):
        """Who speaks, and so who may read it."""

        CUSTOMER = "customer", _("from the customer")
        AGENT = "agent", _("answer")
        NOTE = "note", _("internal note")
        AUTOMATIC = "automatic", _("automatic message")

    PUBLIC = (Kind.CUSTOMER, Kind.AGENT, Kind.AUTOMATIC)

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=10, choices=Kind)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="messages")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    channel = models.CharField(max_length=10, choices=Ticket.Channel)
    sender = models.CharField(
        max_length=254, blank=True, help_text="The address it came from; the answer goes there."
    )
    text = models.TextField(help_text="The new text; what was quoted is in `full_text`.")
    full_text = models.TextField(blank=True, help_text="Empty when nothing was trimmed.")
    html = models.TextField(blank=True, help_text="Sanitised; empty for plain text.")
    at = models.DateTimeField(help_text="When it came in, or was written.")
    visible_at = models.DateTimeField(help_text="When a customer may read it (D27).")
    retracted_at = models.DateTimeField(null=True, help_text="Taken back before it left.")
    message_id = models.CharField(max_length=255, blank=True, help_text="RFC 5322.")
    idempotency_key = models.CharField(max_length=120, null=True, unique=True)  # noqa: DJ001 - a unique column needs NULL for "none"
    is_automatic = models.BooleanField(default=False, help_text="RFC 3834: never answered.")
    is_authenticated = models.BooleanField(default=False, help_text="The sender was verified.")

    class Meta:
        ordering = ("at", "id")
        indexes = (
            models.Index(fields=("ticket", "at", "id"), name="conversation_of_a_ticket"),
            models.Index(fields=("message_id",), name="messages_by_message_id", condition=~Q(message_id="")),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(kind__in=("agent", "note")) | Q(account__isnull=False),
                name="an_answer_or_note_has_its_agent",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} on {self.ticket_id}"

    @property
    def is_public(self) -> bool:
        """Whether a customer may ever read it."""
        return self.kind in self.PUBLIC and self.retracted_at is None

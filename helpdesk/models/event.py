"""What happened to a ticket; append-only."""

from django.db import models

from helpdesk.models.ticket import Ticket


class TicketEvent(models.Model):
    """One fact of a ticket's history, for agents and auditors."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    by = models.CharField(max_length=64, help_text="Actor as text: history outlives people.")
    kind = models.CharField(max_length=32)
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ("at", "id")
        indexes = (models.Index(fields=("ticket", "at", "id"), name="history_of_a_ticket"),)

    def __str__(self) -> str:
        return f"{self.kind} on {self.ticket_id}"

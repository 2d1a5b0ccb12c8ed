"""What a ticket turned out to be: a technical service, which can be appealed and undone; a bug, validated."""

from django.db import models
from django.db.models import F, Q

from contracts.models import Person, ServiceCategory
from helpdesk.models.ticket import RequestType, Ticket


class TechnicalService(models.Model):
    """A ticket's turn into a technical service, and what was before it, so that it can be undone.

    AG-06, AG-07; the customer may appeal once; a lead decides (TL-07).
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="technical_services")
    category = models.ForeignKey(ServiceCategory, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    was_type = models.ForeignKey(RequestType, on_delete=models.PROTECT, related_name="+")
    was_entitlement = models.CharField(max_length=20)
    gave_back = models.BooleanField(help_text="Whether a unit went back to its period.")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=64, blank=True)
    appeal = models.CharField(max_length=2000, blank=True)
    appealed_at = models.DateTimeField(null=True)
    appealed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    is_upheld = models.BooleanField(null=True, help_text="Whether the lead agreed with the customer.")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    decision = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering = ("at", "id")
        indexes = (
            models.Index(
                fields=("appealed_at",),
                name="appeals_to_decide",
                condition=Q(appealed_at__isnull=False, decided_at__isnull=True),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("ticket",),
                condition=Q(undone_at__isnull=True),
                name="a_ticket_is_one_technical_service_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by="")
                | (Q(undone_at__gte=F("at")) & ~Q(undone_by="")),
                name="what_is_undone_says_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(appealed_at__isnull=True, appealed_by__isnull=True, appeal="")
                | (Q(appealed_at__isnull=False, appealed_by__isnull=False) & ~Q(appeal="")),
                name="an_appeal_says_who_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, is_upheld__isnull=True, decided_by="")
                | (
                    Q(decided_at__isnull=False, is_upheld__isnull=False, appealed_at__isnull=False)
                    & ~Q(decided_by="")
                ),
                name="a_decided_appeal_says_what_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(is_upheld=False) | ~Q(decision=""), name="a_refused_appeal_says_why"
            ),
        )

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.category}"

    @property
    def is_open_to_appeal(self) -> bool:
        """Whether the customer may still appeal."""
        return self.undone_at is None and self.appealed_at is None

    @property
    def waits_for_a_lead(self) -> bool:
        """Whether an appeal was made that nobody has decided."""
        return self.appealed_at is not None and self.decided_at is None


class BugReport(models.Model):
    """How a bug is reproduced; once it is, the clock counts (AG-20)."""

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="bug_report")
    steps = models.TextField(help_text="What to do to see it.")
    validated_at = models.DateTimeField()
    validated_by = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(steps=""), name="a_validated_bug_says_how_to_see_it"),
        )

    def __str__(self) -> str:
        return f"bug {self.ticket_id}"

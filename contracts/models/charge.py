"""The quota ledger: append-only, at most one live debit a ticket (R4)."""

from django.db import models
from django.db.models import Q

from contracts.models.allotment import Allotment


class Charge(models.Model):
    """One entry of the ledger.

    A debit carries a `turn`: how many debits of the ticket came before it. Each of those has been reversed
    when a ticket is charged, so two live debits would have the same turn, which the constraint refuses.
    Minutes alone are debited several times for one ticket, each under the lock that gives it its turn.
    """

    class Kind(models.TextChoices):
        """What an entry does to the period's counter."""

        DEBIT = "debit"
        REVERSAL = "reversal"
        GRANT = "grant"
        ADJUSTMENT = "adjustment"

    allotment = models.ForeignKey(Allotment, on_delete=models.PROTECT, related_name="charges")
    kind = models.CharField(max_length=10, choices=Kind)
    units = models.IntegerField(help_text="Signed: a debit takes, a reversal or grant gives.")
    is_over = models.BooleanField(default=False, help_text="Beyond the quota (D14).")
    ticket_uid = models.UUIDField(null=True, help_text="The ticket; without a foreign key.")
    turn = models.PositiveSmallIntegerField(default=0)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    reason = models.CharField(max_length=200, blank=True)
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text="A grant lasts to the end of the period in which this falls."
    )
    price = models.DecimalField(
        max_digits=12, decimal_places=4, null=True, blank=True, help_text="Of a unit that is billed (D14)."
    )
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("ticket_uid", "turn"),
                condition=Q(kind="debit"),
                name="a_ticket_has_at_most_one_live_debit",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=("debit", "reversal")) | Q(ticket_uid__isnull=False),
                name="a_debit_names_its_ticket",
            ),
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False)
                | (~Q(kind="reversal") & Q(reverses__isnull=True)),
                name="a_reversal_names_its_debit",
            ),
            models.CheckConstraint(condition=~Q(kind="debit") | Q(units__lt=0), name="a_debit_takes"),
            models.CheckConstraint(
                condition=~Q(kind="grant") | (Q(units__gt=0) & ~Q(reason="")),
                name="a_grant_gives_and_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(kind="adjustment") | (~Q(units=0) & ~Q(reason="")),
                name="an_adjustment_changes_something_and_says_why",
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True, currency="")
                | (Q(kind="debit", price__isnull=False, is_over=True) & ~Q(currency="")),
                name="only_a_debit_beyond_the_quota_is_billed",
            ),
        )
        indexes = (models.Index(fields=("ticket_uid",), name="charges_of_a_ticket"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.units}"

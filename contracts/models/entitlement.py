"""The ledger of what a plan includes besides tickets: hours of advice, trainings, reviews (AM-09)."""

from django.db import models
from django.db.models import F, Q

from contracts.models.contract import Contract


class EntitlementUse(models.Model):
    """One entry: something was used, or given back; append-only, like the ledger of tickets."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="entitlement_uses")
    key = models.SlugField(max_length=60)
    starts_at = models.DateTimeField(help_text="When its period begins.")
    ends_at = models.DateTimeField()
    units = models.IntegerField(help_text="Signed as in the ledger: using takes, giving back gives.")
    is_over = models.BooleanField(default=False, help_text="Beyond what the plan includes.")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    reason = models.CharField(max_length=200)
    price = models.DecimalField(
        max_digits=12, decimal_places=4, null=True, blank=True, help_text="Of a unit that is billed."
    )
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(units=0), name="a_use_of_an_entitlement_is_something"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_use_of_an_entitlement_says_for_what"),
            models.CheckConstraint(
                condition=Q(units__lt=0, reverses__isnull=True) | Q(units__gt=0, reverses__isnull=False),
                name="what_is_given_back_names_what_was_used",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="an_entitlements_period_has_a_length"
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True, currency="")
                | (Q(price__isnull=False, is_over=True) & ~Q(currency="")),
                name="only_a_use_beyond_the_entitlement_is_billed",
            ),
        )
        indexes = (
            models.Index(fields=("contract", "key", "starts_at"), name="entitlement_uses_of_a_period"),
        )

    def __str__(self) -> str:
        return f"{self.contract}: {self.key} {self.units}"

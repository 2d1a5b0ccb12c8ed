"""The units of one contract in one period, with the counters that charges move."""

from django.db import models
from django.db.models import F, Q

from contracts.models.contract import Contract


class Allotment(models.Model):
    """A period's quota: its limit, what was granted on top, and how much of it is used."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="allotments")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    units = models.PositiveIntegerField(null=True, help_text="Empty is unlimited (D15).")
    granted = models.IntegerField(
        default=0, help_text="Grants, adjustments, and what was carried over from earlier periods."
    )
    used = models.PositiveIntegerField(default=0, help_text="Live debits inside the quota.")
    over = models.PositiveIntegerField(default=0, help_text="Live debits beyond it.")

    class Meta:
        ordering = ("contract", "-starts_at")
        constraints = (
            models.UniqueConstraint(
                fields=("contract", "starts_at"), name="a_contract_has_one_allotment_a_period"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="a_period_has_a_length"),
        )

    def __str__(self) -> str:
        return f"{self.contract} {self.starts_at:%Y-%m}"

"""What a customer's manager is asked to decide: whether a ticket beyond the quota is taken up (CM-04)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracts.models.contract import Contract


class Approval(models.Model):
    """One question, decided once: by a manager, or by the clock when nobody decided in time."""

    class Decision(models.TextChoices):
        """What was decided."""

        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        TIMED_OUT = "timed_out", _("nobody decided in time")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="approvals")
    ticket_uid = models.UUIDField(unique=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("asked_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decision="", decided_by="")
                | (Q(decided_at__isnull=False) & ~Q(decision="") & ~Q(decided_by="")),
                name="a_decision_says_what_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")), name="an_approval_leaves_time_to_decide"
            ),
        )
        indexes = (
            models.Index(fields=("expires_at",), name="approvals_to_decide", condition=Q(decided_at=None)),
        )

    def __str__(self) -> str:
        return f"{self.contract}: {self.decision or 'open'}"

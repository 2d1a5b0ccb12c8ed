"""What one organisation bought, from when to when, and where it differs from the policy."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracts.models.organisation import Organisation
from contracts.models.plan import PlanVersion
from contracts.validators import validate_zone
from sla.models import PolicyVersion
from sla.models.policy import Cell


class Contract(models.Model):
    """An agreement; it governs every cell that it names (R1)."""

    reference = models.CharField(max_length=60, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contracts")
    plan_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    pinned_policy_version = models.ForeignKey(
        PolicyVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the published policy in force at receipt.",
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    zone = models.CharField(
        max_length=64,
        default="Europe/Lisbon",
        validators=(validate_zone,),
        help_text="In which a quota month begins (D12).",
    )
    is_binding = models.BooleanField(default=False)
    agreement_reference = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("organisation", "-starts_at")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="a_contract_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(is_binding=False) | ~Q(agreement_reference=""),
                name="a_binding_contract_names_its_agreement",
            ),
        )

    def __str__(self) -> str:
        return self.reference

    def clean(self) -> None:
        """Refuse in a form what rules could only alert of: two contracts at once, a pinned draft."""
        if self._overlaps():
            raise ValidationError(
                {"starts_at": _("The organisation has another contract in force in this time.")},
                code="overlap",
            )
        pinned = self.pinned_policy_version
        if pinned is not None and pinned.status == PolicyVersion.Status.DRAFT:
            raise ValidationError({"pinned_policy_version": _("A draft cannot be promised.")}, code="draft")

    def _overlaps(self) -> bool:
        if self.starts_at is None:
            return False  # the form says what is missing
        others = Contract.objects.filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=self.starts_at), organisation=self.organisation_id
        ).exclude(pk=self.pk)
        return others.filter(Q() if self.ends_at is None else Q(starts_at__lt=self.ends_at)).exists()


class ContractCell(Cell):
    """A cell that the contract says otherwise."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="cells")

    class Meta:
        ordering = ("contract", "metric", "priority")
        constraints = (
            models.UniqueConstraint(
                fields=("contract", "metric", "priority"), name="a_contract_says_each_cell_once"
            ),
            models.CheckConstraint(
                condition=Cell.has_number | Cell.has_none,
                name="a_contract_cell_has_a_number_if_a_target",
            ),
        )

    def __str__(self) -> str:
        return f"{self.metric}/{self.priority_id}: {self.amount or self.kind} {self.unit}"

"""What is on offer: a plan names a policy, a quota, the priorities and the channels that it includes."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts import entitlement_terms
from contracts.validators import validate_currency, validate_thresholds
from sla.models import Policy, Priority, Versioned
from sla.models.version import has_a_length


def usual_thresholds() -> list[int]:
    """Percent of a period's units at which the customer is warned (CM-03)."""
    return [50, 80, 100]


class Plan(models.Model):
    """A named offer; its numbers are in its versions."""

    key = models.SlugField(unique=True, max_length=120)
    name = models.CharField(max_length=160)
    is_sample = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True, blank=True, help_text="Since then nobody can buy it.")

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.name


class OverQuota(models.TextChoices):
    """What happens to a ticket beyond the period's units (D14); never to an urgent one."""

    ACCEPT_AND_FLAG = "accept_and_flag", _("accepted and flagged, without target")
    REQUIRE_MANAGER_APPROVAL = "require_manager_approval", _("waits for the customer's manager")
    OVERAGE = "overage", _("accepted with its targets, and billed")
    REJECT = "reject", _("refused, with what to do instead")


class QuotaMetric(models.TextChoices):
    """What a quota counts."""

    TICKETS = "tickets", _("tickets")
    MINUTES = "minutes", _("minutes")


class QuotaPeriod(models.TextChoices):
    """How long a quota lasts (D12)."""

    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    YEAR = "year", _("year")


class UnansweredApproval(models.TextChoices):
    """What becomes of a ticket that no manager decided on in time (CM-04)."""

    ACCEPT = "accept", _("accepted without target")
    REFUSE = "refuse", _("refused")


class PlanVersion(Versioned):
    """The terms of a plan from one date on; frozen once it is published."""

    whole: ClassVar[str] = "plan"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    offered_priorities = models.ManyToManyField(Priority, related_name="+")
    channels = models.JSONField(
        default=list, blank=True, help_text="portal, in_app, email, whatsapp, api, phone; in small letters"
    )
    units = models.PositiveIntegerField(
        null=True, blank=True, help_text="Empty is unlimited, 0 is none (D15)."
    )
    units_per_contract = models.BooleanField(
        default=False, help_text="The number is in each contract; one that says none has none."
    )
    quota_metric = models.CharField(max_length=10, choices=QuotaMetric, default=QuotaMetric.TICKETS)
    quota_period = models.CharField(max_length=10, choices=QuotaPeriod, default=QuotaPeriod.MONTH)
    anchor_day = models.PositiveSmallIntegerField(
        default=1, help_text="On which a period begins, 1-31; the last day of a shorter month (D12)."
    )
    anchor_month = models.PositiveSmallIntegerField(
        default=1, help_text="In which a year begins, and every third month a quarter."
    )
    rollover_periods = models.PositiveSmallIntegerField(
        default=0, help_text="For how many further periods unused units last."
    )
    over_quota = models.CharField(max_length=30, choices=OverQuota, default=OverQuota.ACCEPT_AND_FLAG)
    overage_price = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    overage_currency = models.CharField(max_length=3, blank=True, validators=(validate_currency,))
    approval_hours = models.PositiveSmallIntegerField(
        default=48, help_text="In which a manager decides on a ticket over quota."
    )
    approval_default = models.CharField(
        max_length=10, choices=UnansweredApproval, default=UnansweredApproval.ACCEPT
    )
    thresholds = models.JSONField(default=usual_thresholds, blank=True, validators=(validate_thresholds,))
    named_contacts_max = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Empty: everybody of the organisation may ask."
    )
    named_contacts_rule = models.CharField(max_length=300, blank=True)
    entitlements = models.JSONField(
        default=list,
        blank=True,
        help_text=(
            'Besides tickets: [{"key": "training", "metric": "classes", "limit": 1, "period": "year", '
            '"over": "reject"}]; "over" is accept, reject, or overage with "price" and "currency".'
        ),
    )

    class Meta:
        ordering = ("plan", "number")
        constraints = (
            models.UniqueConstraint(fields=("plan", "number"), name="a_plan_version_has_its_own_number"),
            has_a_length("a_plan_version_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(over_quota="overage")
                | (Q(overage_price__isnull=False, overage_price__gte=0) & ~Q(overage_currency="")),
                name="a_plans_overage_has_a_price_and_a_currency",
                violation_error_message=_("Billed overage needs a price and a currency."),
            ),
            models.CheckConstraint(
                condition=Q(anchor_day__gte=1, anchor_day__lte=31, anchor_month__gte=1, anchor_month__lte=12),
                name="a_plans_period_begins_on_a_day_of_the_year",
            ),
        )

    def __str__(self) -> str:
        return f"{self.plan} v{self.number}"

    def clean(self) -> None:
        """Refuse in a form what nothing could count."""
        try:
            entitlement_terms.parse(self.entitlements)
        except entitlement_terms.BadEntitlements as refusal:
            raise ValidationError({"entitlements": str(refusal)}, code="bad_entitlements") from refusal

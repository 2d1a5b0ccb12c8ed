"""What an organisation bought, from when to when, and what the agreement says otherwise (R1)."""

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracts import crediting
from contracts.models.organisation import Organisation
from contracts.models.person import Person
from contracts.models.plan import OverQuota, PlanVersion, QuotaMetric, QuotaPeriod, UnansweredApproval
from contracts.validators import validate_currency, validate_thresholds, validate_zone
from sla.models import Calendar, PolicyVersion, Versioned
from sla.models.policy import Cell
from sla.models.version import has_a_length


class Contract(models.Model):
    """An agreement with a customer; what it says is in its versions, one for each amendment."""

    reference = models.CharField(max_length=60, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contracts")
    organisations = models.ManyToManyField(
        Organisation,
        through="ContractOrganisation",
        related_name="shared_contracts",
        help_text="Further ones that it covers; all share its quota.",
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    zone = models.CharField(
        max_length=64,
        default="Europe/Lisbon",
        validators=(validate_zone,),
        help_text="In which a quota's period begins (D12) and a quote's last day ends.",
    )

    class Meta:
        ordering = ("organisation", "-starts_at")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="a_contract_ends_after_it_begins",
            ),
        )

    def __str__(self) -> str:
        return self.reference

    def clean(self) -> None:
        """Refuse in a form what rules could only alert of: two contracts at once."""
        if self._overlaps():
            raise ValidationError(
                {"starts_at": _("The organisation has another contract in force in this time.")},
                code="overlap",
            )

    def _overlaps(self) -> bool:
        if not self.organisation_id or getattr(self, "starts_at", None) is None:
            return False  # the form says what is missing
        return others_covering(self.organisation_id, self).exists()


def others_covering(organisation_id: int, contract: Contract) -> models.QuerySet[Contract]:
    """Contracts besides this one that cover the organisation at some instant of its time.

    None where the organisation names one of them as the one that governs (AM-10).
    """
    shares = ContractOrganisation.objects.filter(organisation=organisation_id)
    if shares.filter(is_default=True).exists():
        return Contract.objects.none()
    covering = Q(organisation=organisation_id) | Q(pk__in=shares.values("contract"))
    goes_on = Q(ends_at__isnull=True) | Q(ends_at__gt=contract.starts_at)
    begins = Q() if contract.ends_at is None else Q(starts_at__lt=contract.ends_at)
    return Contract.objects.filter(covering, goes_on, begins).exclude(pk=contract.pk)


class ContractOrganisation(models.Model):
    """A further organisation that a contract covers (AM-10)."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="shares")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="shares")
    is_default = models.BooleanField(
        default=False, help_text="Governs where the organisation has a contract of its own too."
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("contract", "organisation"), name="a_contract_covers_an_organisation_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.contract}: {self.organisation}"

    def clean(self) -> None:
        """Refuse in a form what rules could only alert of: two contracts at once, and none that governs."""
        if self.is_default or not (self.contract_id and self.organisation_id):
            return
        if others_covering(self.organisation_id, self.contract).exists():
            raise ValidationError(
                {
                    "organisation": _(
                        "It has another contract in force in this time: "
                        "name this one as its default, or end that."
                    )
                },
                code="overlap",
            )


class ContractVersion(Versioned):
    """What a contract says from one date on; empty is what the plan says. Frozen once it is published."""

    class UnitsSource(models.TextChoices):
        """Whose number of units holds."""

        PLAN = "plan", _("the plan's")
        OWN = "own", _("the contract's own; empty is unlimited")

    class DayMode(models.TextChoices):
        """What "N business days" means under this contract (D4)."""

        POLICY = "", _("as the policy says")
        CLOSE_OF_NTH_DAY = "close_of_nth_day", _("close of the Nth business day")
        FROM_NEXT_OPENING = "from_next_opening", _("counted from the next opening")
        SCHEDULE_HOURS = "schedule_hours", _("N × the length of a day")
        SAME_CLOCK_TIME = "same_clock_time", _("same clock time")
        FULL_DAYS_24H = "full_days_24h", _("N × 24 open hours")

    whole: ClassVar[str] = "contract"

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="versions")
    plan_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    follows_latest = models.BooleanField(
        default=False, help_text="Whatever version of the plan is in force at receipt holds."
    )
    pinned_policy_version = models.ForeignKey(
        PolicyVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the published policy in force at receipt.",
    )
    calendar = models.ForeignKey(
        Calendar,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the policy's.",
    )
    day_mode = models.CharField(max_length=20, choices=DayMode, blank=True, default=DayMode.POLICY)
    is_binding = models.BooleanField(default=False)
    agreement_reference = models.CharField(max_length=200, blank=True)
    allows_excuses = models.BooleanField(
        default=False, help_text="The agreement says that a binding time may be excused (D11)."
    )
    channels = models.JSONField(null=True, blank=True, help_text="Empty: the plan's.")
    units_source = models.CharField(max_length=4, choices=UnitsSource, default=UnitsSource.PLAN)
    units = models.PositiveIntegerField(null=True, blank=True)
    units_added = models.PositiveIntegerField(default=0, help_text="On top, in every period.")
    quota_metric = models.CharField(max_length=10, choices=QuotaMetric, blank=True)
    quota_period = models.CharField(max_length=10, choices=QuotaPeriod, blank=True)
    anchor_day = models.PositiveSmallIntegerField(null=True, blank=True)
    anchor_month = models.PositiveSmallIntegerField(null=True, blank=True)
    rollover_periods = models.PositiveSmallIntegerField(null=True, blank=True)
    over_quota = models.CharField(max_length=30, choices=OverQuota, blank=True)
    overage_price = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    overage_currency = models.CharField(max_length=3, blank=True, validators=(validate_currency,))
    approval_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    approval_default = models.CharField(max_length=10, choices=UnansweredApproval, blank=True)
    thresholds = models.JSONField(null=True, blank=True, validators=(validate_thresholds,))
    named_contacts_max = models.PositiveSmallIntegerField(null=True, blank=True)
    credit_scheme = models.JSONField(null=True, blank=True)
    document = models.CharField(max_length=300, blank=True, help_text="Where the signed text is kept.")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("contract", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("contract", "number"), name="a_contract_version_has_its_own_number"
            ),
            has_a_length("a_contract_version_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(is_binding=False) | ~Q(agreement_reference=""),
                name="a_binding_contract_names_its_agreement",
            ),
            models.CheckConstraint(
                condition=~Q(over_quota="overage")
                | (Q(overage_price__isnull=False, overage_price__gte=0) & ~Q(overage_currency="")),
                name="a_contracts_overage_has_a_price_and_a_currency",
                violation_error_message=_("Billed overage needs a price and a currency."),
            ),
            models.CheckConstraint(
                condition=Q(anchor_day__isnull=True) | Q(anchor_day__gte=1, anchor_day__lte=31),
                name="a_contracts_period_begins_on_a_day_of_a_month",
            ),
            models.CheckConstraint(
                condition=Q(anchor_month__isnull=True) | Q(anchor_month__gte=1, anchor_month__lte=12),
                name="a_contracts_period_begins_in_a_month_of_the_year",
            ),
            models.CheckConstraint(
                condition=Q(credit_scheme__isnull=True) | Q(is_binding=True),
                name="only_a_binding_contract_gives_credits",
                violation_error_message=_("Only a binding contract gives credits."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.contract} v{self.number}"

    def clean(self) -> None:
        """Refuse in a form what rules could only alert of: a draft that would be promised."""
        if self.credit_scheme is not None:
            try:
                crediting.parse(self.credit_scheme)
            except crediting.SchemeRefused as refusal:
                raise ValidationError({"credit_scheme": str(refusal)}, code="bad_scheme") from refusal
        pinned = self.pinned_policy_version
        if pinned is not None and pinned.is_draft:
            raise ValidationError({"pinned_policy_version": _("A draft cannot be promised.")}, code="draft")
        signed = self.plan_version if self.plan_version_id else None  # the form says what is missing
        if signed is not None and self.is_of_a_retired_plan:
            raise ValidationError(
                {"plan_version": _("This plan is retired: nobody can buy it.")}, code="retired"
            )
        if signed is not None and signed.is_draft:
            raise ValidationError({"plan_version": _("A draft cannot be promised.")}, code="draft")

    @property
    def says_units(self) -> bool:
        """Whether the contract itself says how many units there are, or adds some."""
        return self.units_source == self.UnitsSource.OWN or bool(self.units_added)

    @property
    def is_of_a_retired_plan(self) -> bool:
        """Whether the plan was no longer sold when this begins; who has it already keeps it."""
        plan, begins = self.plan_version.plan, getattr(self, "valid_from", None)
        if plan.retired_at is None or begins is None or begins < plan.retired_at:
            return False
        earlier = ContractVersion.objects.filter(contract=self.contract_id, plan_version__plan=plan)
        return not earlier.exclude(pk=self.pk).exclude(status=self.Status.DRAFT).exists()


class ContractCell(Cell):
    """A cell that the contract says otherwise."""

    version = models.ForeignKey(ContractVersion, on_delete=models.CASCADE, related_name="cells")

    class Meta:
        ordering = ("version", "metric", "priority")
        constraints = (
            models.UniqueConstraint(fields=("version", *Cell.said_by), name="a_contract_says_each_cell_once"),
            models.CheckConstraint(
                condition=Cell.has_number | Cell.has_none,
                name="a_contract_cell_has_a_number_if_a_target",
            ),
            models.CheckConstraint(
                condition=Cell.is_a_range, name="a_contract_cells_range_begins_before_it_ends"
            ),
            models.CheckConstraint(
                condition=Cell.has_an_aim, name="a_contract_cells_aim_has_a_number_and_a_unit"
            ),
        )

    def __str__(self) -> str:
        return f"{self.metric}/{self.priority_id}: {self.amount or self.kind} {self.unit}"


class NamedContact(models.Model):
    """Somebody whom a contract names as entitled to ask; removal keeps the row (CM-06)."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="named_contacts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="named_by")
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=64)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("contract", "added_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("contract", "person"),
                condition=Q(removed_at__isnull=True),
                name="a_contract_names_a_person_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.contract}: {self.person}"

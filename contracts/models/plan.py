"""What is on offer: a plan names a policy, a quota and the priorities it includes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sla.models import Policy, Priority


class Plan(models.Model):
    """A named offer; its numbers are in its versions."""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.name


class PlanVersion(models.Model):
    """The terms of a plan from one date on."""

    class OverQuota(models.TextChoices):
        """What happens to a ticket beyond the month's units (D14)."""

        ACCEPT_AND_FLAG = "accept_and_flag", _("accepted and flagged, without target")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    monthly_tickets = models.PositiveIntegerField(
        null=True, blank=True, help_text="Empty is unlimited, 0 is none (D15)."
    )
    offered_priorities = models.ManyToManyField(Priority, related_name="+")
    channels = models.JSONField(default=list, help_text="portal, in_app, email, whatsapp, api")
    over_quota = models.CharField(max_length=20, choices=OverQuota, default=OverQuota.ACCEPT_AND_FLAG)
    valid_from = models.DateTimeField()

    class Meta:
        ordering = ("plan", "number")
        constraints = (
            models.UniqueConstraint(fields=("plan", "number"), name="a_plan_version_has_its_own_number"),
        )

    def __str__(self) -> str:
        return f"{self.plan} v{self.number}"

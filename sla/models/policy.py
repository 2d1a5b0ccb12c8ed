"""What is aimed for: priorities, versioned policies, target cells and the ladder."""

from typing import Any, ClassVar, Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sla.models.calendar import Calendar
from sla.models.version import Versioned, has_a_length

STANDARD: Final = "standard"


class Priority(models.Model):
    """How urgent a ticket can be; data, so that another desk may have three or six.

    Priorities of one scale are ranked against each other; policies of another scale have their own.
    """

    scale = models.SlugField(default=STANDARD, help_text="Those that are ranked together.")
    key = models.SlugField()
    name = models.CharField(max_length=40)
    rank = models.PositiveSmallIntegerField(help_text="1 is the most urgent.")

    class Meta:
        ordering = ("scale", "rank")
        verbose_name_plural = "priorities"
        constraints = (
            models.UniqueConstraint(fields=("scale", "key"), name="a_scale_has_each_priority_once"),
            models.UniqueConstraint(fields=("scale", "rank"), name="a_scale_has_each_rank_once"),
        )

    def __str__(self) -> str:
        return self.name


class Policy(models.Model):
    """A support policy under one name; its numbers are in its versions."""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ("key",)
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return self.name


class PolicyVersion(Versioned):
    """The numbers of a policy in force from `valid_from`; frozen once it is published."""

    whole: ClassVar[str] = "policy"

    class DayMode(models.TextChoices):
        """What "N business days" means (D4); the values are those of `sla.hours.DayMode`."""

        CLOSE_OF_NTH_DAY = "close_of_nth_day", _("close of the Nth business day")
        FROM_NEXT_OPENING = "from_next_opening", _("counted from the next opening")
        SCHEDULE_HOURS = "schedule_hours", _("N × the length of a day")
        SAME_CLOCK_TIME = "same_clock_time", _("same clock time")
        FULL_DAYS_24H = "full_days_24h", _("N × 24 open hours")

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    label = models.CharField(max_length=120, blank=True)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="+")
    day_mode = models.CharField(max_length=20, choices=DayMode, default=DayMode.CLOSE_OF_NTH_DAY)
    day_floor = models.BooleanField(
        default=True,
        help_text="D4b: a day target is never earlier than N standard days of open time.",
    )
    pausing_statuses = models.JSONField(
        default=list, blank=True, help_text="Ticket statuses that pause the resolution (D8)."
    )
    reopen_days = models.PositiveSmallIntegerField(default=7, help_text="D10.")
    grace_minutes = models.PositiveSmallIntegerField(
        default=0,
        help_text="Open minutes that a change leaves when it would put a due time into the past (D9).",
    )
    clamps_first_response = models.BooleanField(
        default=False, help_text="A first response is due no later than the resolution (D6)."
    )
    is_binding = models.BooleanField(
        default=False, help_text="Goals are not guarantees unless the contract says so (R7)."
    )

    class Meta:
        ordering = ("policy", "number")
        constraints = (
            models.UniqueConstraint(fields=("policy", "number"), name="a_policy_version_has_its_own_number"),
            models.UniqueConstraint(
                fields=("policy",),
                condition=Q(status="active"),
                name="one_policy_version_is_active",
            ),
            has_a_length("a_policy_version_ends_after_it_begins"),
        )

    def __str__(self) -> str:
        return f"{self.policy} v{self.number}"


class Cell(models.Model):
    """What is promised for one metric at one priority; shared by policies and contracts."""

    class Metric(models.TextChoices):
        """What is measured; the values are those of `sla.hours.Metric`."""

        FIRST_RESPONSE = "first_response", _("first response")
        NEXT_RESPONSE = "next_response", _("next response")
        UPDATE_INTERVAL = "update_interval", _("update")
        RESOLUTION = "resolution", _("resolution")
        QUOTE_DELIVERY = "quote_delivery", _("quote")

    class Kind(models.TextChoices):
        """Whether there is a number at all."""

        TARGET = "target", _("target")
        BEST_EFFORT = "best_effort", _("best effort")
        NONE = "none", _("no target")
        AS_AGREED = "as_agreed", _("as agreed")
        NOT_OFFERED = "not_offered", _("not offered")

    class Unit(models.TextChoices):
        """What the amount counts: open time, business days, or time as it passes."""

        MINUTES = "business_minutes", _("business minutes")
        HOURS = "business_hours", _("business hours")
        DAYS = "business_days", _("business days")
        ELAPSED_MINUTES = "elapsed_minutes", _("minutes")
        ELAPSED_HOURS = "elapsed_hours", _("hours")
        CALENDAR_DAYS = "calendar_days", _("calendar days")

    metric = models.CharField(max_length=16, choices=Metric)
    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.TARGET)
    unit = models.CharField(max_length=18, choices=Unit, blank=True)
    amount = models.PositiveIntegerField(
        null=True, blank=True, help_text="By when it is due; of a range the upper end."
    )
    from_amount = models.PositiveIntegerField(
        null=True, blank=True, help_text="Where a range begins; shown, and due at its upper end."
    )
    aim_amount = models.PositiveIntegerField(
        null=True, blank=True, help_text='The X of "aims for X, at most Y"; due is Y.'
    )
    aim_unit = models.CharField(max_length=18, choices=Unit, blank=True)
    channel = models.CharField(max_length=20, blank=True, help_text="Holds for this channel only.")
    named_contacts_only = models.BooleanField(default=False)
    calendar = models.ForeignKey(
        Calendar,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="On which it counts; empty: the calendar of the policy or contract.",
    )

    # Of an empty amount a comparison is unknown, and a check lets the unknown pass: so it is named.
    has_number: ClassVar[Q] = Q(kind="target", amount__isnull=False, amount__gt=0, amount__lt=10_000) & ~Q(
        unit=""
    )
    has_none: ClassVar[Q] = ~Q(kind="target") & Q(
        amount__isnull=True, unit="", from_amount__isnull=True, aim_amount__isnull=True
    )
    is_a_range: ClassVar[Q] = Q(from_amount__isnull=True) | Q(
        from_amount__gt=0, from_amount__lt=models.F("amount")
    )
    has_an_aim: ClassVar[Q] = Q(aim_amount__isnull=True, aim_unit="") | (
        Q(aim_amount__isnull=False, aim_amount__gt=0, aim_amount__lt=10_000) & ~Q(aim_unit="")
    )
    said_by: ClassVar[tuple[str, ...]] = ("metric", "priority", "channel", "named_contacts_only")
    """What names a cell; two that differ in their conditions alone may both be said."""

    class Meta:
        abstract = True


INTERNAL: Final = frozenset({Cell.Metric.QUOTE_DELIVERY})
"""What the desk promises itself, and no customer reads."""


class TargetCell(Cell):
    """A policy's cell."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="cells")

    class Meta:
        ordering = ("version", "metric", "priority")
        constraints = (
            models.UniqueConstraint(fields=("version", *Cell.said_by), name="a_policy_says_each_cell_once"),
            models.CheckConstraint(
                condition=Cell.has_number | Cell.has_none,
                name="a_policy_cell_has_a_number_if_a_target",
            ),
            models.CheckConstraint(
                condition=Cell.is_a_range, name="a_policy_cells_range_begins_before_it_ends"
            ),
            models.CheckConstraint(
                condition=Cell.has_an_aim, name="a_policy_cells_aim_has_a_number_and_a_unit"
            ),
        )

    def __str__(self) -> str:
        return f"{self.metric}/{self.priority_id}: {self.amount or self.kind} {self.unit}"


class LadderStep(models.Model):
    """What is done when a clock comes so near its due time, or is so far past it.

    The instant is either a share of the target's open time or an amount of open time before (below 0) or
    after the due time. What `tell`, `to_team` and `webhook` name lies above sla: see `sla.ladders`.
    """

    ACTIONS: ClassVar[tuple[str, ...]] = ("tell", "to_team", "raises_priority", "tag", "webhook")
    LONGEST_OFFSET: ClassVar[int] = 30 * 24 * 60
    """Minutes."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="ladder")
    metric = models.CharField(max_length=16, choices=Cell.Metric, blank=True, help_text="Empty: every clock.")
    percent = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Of the target's open time.")
    offset_minutes = models.IntegerField(
        null=True, blank=True, help_text="Open time before (below 0) or after the due time."
    )
    tell = models.JSONField(default=list, blank=True, help_text="Who, by role; nobody there: the next level.")
    to_team = models.SlugField(blank=True, help_text="The team that gets the ticket.")
    raises_priority = models.BooleanField(default=False, help_text="By one, as far as the plan offers.")
    tag = models.SlugField(blank=True)
    webhook = models.SlugField(blank=True)

    class Meta:
        ordering = (
            "version",
            models.F("percent").asc(nulls_last=True),
            models.F("offset_minutes").asc(nulls_last=True),
            "metric",
        )
        constraints = (
            models.UniqueConstraint(
                fields=("version", "metric", "percent"), name="a_ladder_has_each_percentage_once"
            ),
            models.UniqueConstraint(
                fields=("version", "metric", "offset_minutes"), name="a_ladder_has_each_offset_once"
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=True, offset_minutes__isnull=False)
                | Q(percent__isnull=False, offset_minutes__isnull=True),
                name="a_ladder_step_has_either_a_percentage_or_an_offset",
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gt=0, percent__lte=1000),
                name="a_ladder_step_is_a_sensible_percentage",
            ),
            models.CheckConstraint(
                condition=Q(offset_minutes__isnull=True)
                | Q(offset_minutes__gte=-30 * 24 * 60, offset_minutes__lte=30 * 24 * 60),
                name="a_ladder_step_is_within_thirty_days_of_the_due_time",
            ),
        )

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """The step's name within a clock's life: "75%", "-60m", "+0m"."""
        return f"{self.percent}%" if self.percent is not None else f"{self.offset_minutes:+d}m"

    @property
    def actions(self) -> dict[str, Any]:
        """What is done, as an alarm keeps it: the named columns that say something."""
        return {name: value for name in self.ACTIONS if (value := getattr(self, name))}

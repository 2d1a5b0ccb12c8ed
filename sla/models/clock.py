"""Running promises: a set of clocks, the events that drive them, and where they stand now.

The events are the truth; a clock row is a projection that `sla.hours.replay` gives again from them
at any time (R3).
"""

from django.db import models
from django.db.models import Q

from sla.models.calendar import Calendar
from sla.models.policy import Cell, PolicyVersion


class ClockSet(models.Model):
    """All clocks of one piece of work, and the terms that ruled when it came in (R2)."""

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="clock_sets")
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="clock_sets")
    terms = models.JSONField(help_text="Snapshot of every target by metric and priority.")
    is_binding = models.BooleanField(default=False)
    allows_excuses = models.BooleanField(
        default=False, help_text="What binds may be excused, because the agreement says so (D11)."
    )
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"clocks {self.pk}"


class ClockEvent(models.Model):
    """Something that happened to a set of clocks; append-only."""

    clock_set = models.ForeignKey(ClockSet, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=16)
    by = models.CharField(max_length=64, help_text="Actor as text: history outlives people.")
    reason = models.CharField(max_length=500, blank=True)
    priority = models.SlugField(blank=True)
    reference = models.CharField(max_length=64, blank=True)
    terms = models.JSONField(null=True, blank=True, help_text="New terms, when they changed.")
    metric = models.CharField(max_length=16, choices=Cell.Metric, blank=True)
    cycle = models.PositiveIntegerField(null=True, blank=True)
    facts = models.JSONField(
        default=dict, blank=True, help_text="What else belongs to the kind; instants as UTC epoch seconds."
    )

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("clock_set", "metric", "cycle", "at"),
                condition=Q(kind="missed"),
                name="a_miss_is_told_once",
            ),
        )
        indexes = (models.Index(fields=("clock_set", "at", "id"), name="events_of_a_set"),)

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M:%S}"


class Clock(models.Model):
    """One target running for one piece of work."""

    class State(models.TextChoices):
        """Where a clock stands; a miss is a dated fact beside it (`breached_at`)."""

        RUNNING = "running"
        PAUSED = "paused"
        MET = "met"
        EXCLUDED = "excluded"
        CANCELLED = "cancelled"
        NOT_APPLICABLE = "not_applicable"

    clock_set = models.ForeignKey(ClockSet, on_delete=models.PROTECT, related_name="clocks")
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="+")
    metric = models.CharField(max_length=16, choices=Cell.Metric)
    cycle = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=16, choices=State)
    started_at = models.DateTimeField()
    target_unit = models.CharField(max_length=8, blank=True, help_text="seconds or days.")
    target_amount = models.PositiveIntegerField(null=True)
    target_day_mode = models.CharField(max_length=20, blank=True)
    target_floor_seconds = models.PositiveIntegerField(default=0)
    target_day_seconds = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    remaining_seconds = models.PositiveIntegerField(null=True)
    met_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    excused_at = models.DateTimeField(null=True, help_text="When a lead excused the miss (D11).")
    excuse = models.CharField(max_length=20, blank=True)
    is_manual = models.BooleanField(default=False, help_text="The due time was set by hand.")
    is_plain = models.BooleanField(
        default=False,
        help_text="The due time follows from the start and the target alone: nothing has moved it.",
    )
    rings_at = models.DateTimeField(null=True, help_text="The next ladder step, if any.")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("clock_set", "metric", "cycle")
        constraints = (
            models.UniqueConstraint(
                fields=("clock_set", "metric", "cycle"), name="a_metric_has_one_clock_a_cycle"
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(due_at__isnull=False),
                name="a_running_clock_has_a_due_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="met") | Q(met_at__isnull=False),
                name="a_met_clock_says_when",
            ),
            models.CheckConstraint(
                condition=Q(excused_at__isnull=True, excuse="") | Q(excused_at__isnull=False) & ~Q(excuse=""),
                name="an_excuse_says_when_and_why",
            ),
        )
        indexes = (
            models.Index(fields=("rings_at",), name="clocks_to_ring", condition=Q(state="running")),
            models.Index(
                fields=("calendar", "id"),
                name="live_clocks_of_a_calendar",
                condition=Q(state__in=("running", "paused", "excluded")),
            ),
            models.Index(
                fields=("breached_at",), name="missed_clocks", condition=Q(breached_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.metric} {self.state}"

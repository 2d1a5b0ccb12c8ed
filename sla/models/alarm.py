"""What rang, and that the pump is alive."""

from django.db import models

from sla.models.clock import Clock


class Alarm(models.Model):
    """A ladder step that a clock reached; helpdesk reads it and speaks, once."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="alarms")
    step = models.CharField(max_length=12, help_text='Such as "75%", "-60m": see `LadderStep.key`.')
    percent = models.PositiveSmallIntegerField(null=True, help_text="Null: an offset from the due time.")
    actions = models.JSONField(default=dict, help_text="What the ladder said to do: `LadderStep.actions`.")
    due_at = models.DateTimeField(help_text="The due time that the step belonged to.")
    rang_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("rang_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("clock", "step"), name="a_clock_rings_each_step_once"),
        )
        indexes = (
            models.Index(
                fields=("rang_at",),
                name="alarms_to_handle",
                condition=models.Q(handled_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.clock} at {self.step}"

    @property
    def offset_minutes(self) -> int | None:
        """The open minutes before (below 0) or after the due time; None of a step by percentage."""
        return int(self.step.removesuffix("m")) if self.percent is None else None


class Heartbeat(models.Model):
    """The last time a periodic part showed that it lives."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.at:%H:%M:%S}"

"""Times at which there is more to do than can be done, declared and never rewritten (D11)."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q


class BacklogPeriod(models.Model):
    """From when to when, for whom, and what customers are told of it.

    `scope` holds lists of keys that sla does not read; {} is everything. A declared period changes no more,
    except that it may be ended early: one that ends before it begins never was in force.
    """

    scope = models.JSONField(default=dict, blank=True, help_text="Lists of keys by kind; {} is everything.")
    metrics = models.JSONField(default=list, help_text="Which promises it may excuse.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="As declared.")
    reason = models.CharField(max_length=500, help_text="For the desk; customers do not read it.")
    texts = models.JSONField(help_text="What customers read, by language.")
    declared_by = models.CharField(max_length=64, help_text="Actor as text: history outlives people.")
    declared_at = models.DateTimeField()
    approved_by = models.CharField(max_length=64, blank=True, help_text="Who approved a long one.")
    ended_at = models.DateTimeField(null=True, help_text="When it was ended early.")
    ended_by = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-starts_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="a_backlog_period_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="")
                | (Q(ended_at__gte=F("starts_at"), ended_at__lt=F("ends_at")) & ~Q(ended_by="")),
                name="an_ended_backlog_period_says_by_whom_and_is_shorter",
            ),
        )
        indexes = (models.Index(fields=("starts_at", "ends_at"), name="backlog_periods_by_date"),)

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}–{self.until:%Y-%m-%d %H:%M}"

    @property
    def until(self) -> datetime:
        """When it ends, or ended; it does not cover that instant."""
        return self.ended_at or self.ends_at

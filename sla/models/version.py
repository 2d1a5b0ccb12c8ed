"""What is said from a date on: drafts that are published, and follow one another without a gap or overlap."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class VersionStatus(models.TextChoices):
    """A version's life; at most one of a whole is active."""

    DRAFT = "draft", _("draft")
    SCHEDULED = "scheduled", _("scheduled")
    ACTIVE = "active", _("active")
    SUPERSEDED = "superseded", _("superseded")


class Versioned(models.Model):
    """In force in `[valid_from, valid_until)`; `sla.versions` publishes it, and the database freezes it then.

    Rules go by the dates, and the status is what people read.
    """

    Status = VersionStatus
    whole: ClassVar[str]
    """The field that names what it is a version of."""

    number = models.PositiveIntegerField()
    status = models.CharField(max_length=12, choices=VersionStatus, default=VersionStatus.DRAFT)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_draft(self) -> bool:
        """Whether it may still be written; nobody was promised it."""
        return self.status == VersionStatus.DRAFT

    def rules(self, at: datetime) -> bool:
        """Whether it is in force at that instant."""
        has_ended = self.valid_until is not None and self.valid_until <= at
        return not self.is_draft and self.valid_from <= at and not has_ended


def has_a_length(name: str) -> models.CheckConstraint:
    """The constraint of that name: a version ends after it begins."""
    return models.CheckConstraint(
        condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")), name=name
    )

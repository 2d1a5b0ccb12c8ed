"""Agents who share a queue, and who of them is on call."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Team(models.Model):
    """A group of agents; its lead is told when a clock rings."""

    name = models.CharField(max_length=80, unique=True)
    key = models.SlugField(unique=True, help_text="By which ladders name it.")
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="teams_led",
    )
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="teams")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class OnCallShift(models.Model):
    """Somebody answers alarms from one instant to another; shifts may overlap."""

    class Channel(models.TextChoices):
        """How an alarm reaches them."""

        EMAIL = "email", "e-mail"
        WHATSAPP = "whatsapp", "WhatsApp"

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)

    class Meta:
        ordering = ("starts_at", "id")
        verbose_name = "on-call shift"
        indexes = (models.Index(fields=("ends_at",), name="shifts_by_their_end"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="a_shift_ends_after_it_begins",
                violation_error_message="A shift ends after it begins.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.account}, {self.starts_at:%Y-%m-%d %H:%M}"

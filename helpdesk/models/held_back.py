"""What people were not told one by one, because too much had happened while nobody could be told."""

from django.conf import settings
from django.db import models

from helpdesk.models.ticket import Ticket
from sla.models import Alarm


class HeldBack(models.Model):
    """A line of somebody's digest: written with the alarm's handling, told with all others of an outage."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(help_text="When the alarm was handled.")
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("account", "alarm"), name="an_alarm_is_held_back_once_for_each"),
        )
        indexes = (
            models.Index(fields=("account",), name="lines_to_tell", condition=models.Q(told_at__isnull=True)),
        )

    def __str__(self) -> str:
        return f"{self.alarm} for {self.account}"

"""What happened to a contract that somebody should be told; helpdesk reads it and speaks."""

from django.db import models
from django.db.models import Q

from contracts.models.contract import Contract
from contracts.models.organisation import Organisation


class Notice(models.Model):
    """A fact to tell, once."""

    class Kind(models.TextChoices):
        """What happened."""

        THRESHOLD = "threshold", "quota threshold crossed"
        OVER_QUOTA = "over_quota", "ticket beyond the quota"
        APPROVAL = "approval", "ticket that waits for a manager"
        UNCOVERED = "uncovered", "ticket without a contract in force"
        QUOTE_SENT = "quote_sent", "quote to decide on"
        QUOTE_EXPIRING = "quote_expiring", "quote that ends soon"
        QUOTE_ACCEPTED = "quote_accepted", "quote that was accepted"
        QUOTE_DECLINED = "quote_declined", "quote that was declined"
        QUOTE_EXPIRED = "quote_expired", "quote that nobody decided on in time"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="notices")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, related_name="notices")
    kind = models.CharField(max_length=20, choices=Kind)
    key = models.CharField(max_length=80, help_text="What makes it the same notice.")
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "kind", "key"), name="a_notice_is_given_once"),
        )
        indexes = (
            models.Index(fields=("at",), name="notices_to_speak", condition=Q(handled_at__isnull=True)),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

"""What programs need: tokens with scopes, and answers kept for repeated requests."""

from django.conf import settings
from django.db import models
from knox.models import AbstractAuthToken


class ApiToken(AbstractAuthToken):
    """A revocable token of an account; hashed at rest by knox, limited to scopes by us."""

    name = models.CharField(max_length=80)
    scopes = models.JSONField(default=list, help_text="tickets:read, tickets:write")
    last_used_at = models.DateTimeField(null=True)

    class Meta(AbstractAuthToken.Meta):
        abstract = False


class IdempotencyKey(models.Model):
    """The answer to a request that its caller may repeat for 24 h."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    key = models.CharField(max_length=255)
    body_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, help_text="Empty while running.")
    answer = models.JSONField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("account", "key"), name="a_caller_uses_a_key_for_one_request"),
        )

    def __str__(self) -> str:
        return self.key

"""Programs that are told what happens."""

import uuid

from django.db import models


class Webhook(models.Model):
    """An address to which events are posted, signed with a secret that is derived and stored nowhere."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False, help_text="Names its secret.")
    key = models.SlugField(unique=True, help_text="By which ladders name it.")
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500, verbose_name="address", help_text="https, and nothing of our own.")
    is_active = models.BooleanField(default=True)
    gets_quotes = models.BooleanField(
        default=False, help_text="Accepted quotes are posted to it, for billing (IN-07)."
    )

    class Meta:
        ordering = ("name", "key")

    def __str__(self) -> str:
        return self.name

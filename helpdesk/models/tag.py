"""Words that agents and ladders put on tickets, to find them by."""

from django.db import models


class Tag(models.Model):
    """A word that a ticket may carry; customers never see it."""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ("name", "key")

    def __str__(self) -> str:
        return self.name

"""Where imported plans come from: each policy of a file, as it was written."""

from django.db import models

from contracts.models.plan import Plan


class PolicyFile(models.Model):
    """One policy of a file, whole: what the rows cannot hold, and what they were made of."""

    key = models.SlugField(unique=True)
    document = models.JSONField()
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=64)
    plans = models.ManyToManyField(Plan, related_name="policy_files")

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key

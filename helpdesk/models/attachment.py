"""Files that came with a message."""

import uuid
from typing import Any

from django.db import models

from helpdesk.models.message import Message


def _generated_name(_attachment: Any, _filename: str) -> str:
    """A name of ours: nothing of the sender's reaches the file system."""
    uid = uuid.uuid4().hex
    return f"attachments/{uid[:2]}/{uid}"


class Attachment(models.Model):
    """One file; its name is for display only, its place is generated."""

    class Scan(models.TextChoices):
        """What the scan hook said."""

        UNSCANNED = "unscanned"
        CLEAN = "clean"
        INFECTED = "infected"

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="attachments")
    file = models.FileField(upload_to=_generated_name)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=120, help_text="As the sender claims.")
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content_id = models.CharField(max_length=255, blank=True)
    scan = models.CharField(max_length=10, choices=Scan, default=Scan.UNSCANNED)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name

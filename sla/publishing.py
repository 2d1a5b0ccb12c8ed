"""A policy is put in force by somebody who has seen what the linter found (SA-03, SA-04)."""

from datetime import datetime

from django.db import transaction

from sla import linter, policies
from sla.models import PolicyVersion


def publish(version: PolicyVersion, *, typed: str, at: datetime) -> None:
    """Publish a draft that the linter lets pass; `typed` confirms its warnings.

    Raises:
        HasErrors, NotConfirmed, and whatever `policies.publish` refuses.
    """
    with transaction.atomic():
        if version.is_draft:
            linter.clear(linter.of_policy(version, at=at), typed=typed)
        policies.publish(version, at=at)

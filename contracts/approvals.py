"""A ticket beyond the quota that waits for a manager of the customer: asked and decided once (D14, CM-04)."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from contracts import notices, tally
from contracts.models import Approval, Contract
from contracts.quota_terms import QuotaTerms

Decision = Approval.Decision


def ask(contract: Contract, *, ticket_uid: uuid.UUID, terms: QuotaTerms, at: datetime) -> Approval:
    """Ask the customer's managers about a ticket; they have the contract's hours to decide, night and day."""
    asked = Approval.objects.create(
        contract=contract,
        ticket_uid=ticket_uid,
        asked_at=at,
        expires_at=at + timedelta(hours=max(1, terms.approval_hours)),
    )
    notices.approval(asked, line=tally.read(contract, at=at, terms=terms).line)
    return asked


def decide(asked: Approval, decision: Decision, *, by: str, at: datetime) -> bool:
    """Decide, if nobody has; of two at once one does, and the other is told False."""
    with transaction.atomic():
        locked = Approval.objects.select_for_update(of=("self",)).get(pk=asked.pk)
        if locked.decided_at is not None:
            return False
        locked.decision, locked.decided_at, locked.decided_by = decision, at, by
        locked.save(update_fields=["decision", "decided_at", "decided_by"])
        return True


def expired(*, at: datetime, limit: int = 100) -> list[Approval]:
    """Those whose time to decide is over, the oldest first."""
    waiting = Approval.objects.filter(decided_at=None, expires_at__lte=at)
    return list(waiting.select_related("contract").order_by("expires_at", "id")[:limit])

"""Plans on offer: one that somebody may have bought is retired instead of deleted (SA-05)."""

from datetime import datetime

from django.db import transaction

from contracts.models import Plan, PlanVersion
from sla import versions


def remove(plan: Plan, *, at: datetime) -> bool:
    """Delete a plan that was never published, and retire another: nobody can buy it any more.

    Contracts that have it keep it. Says whether it is gone.
    """
    with transaction.atomic():
        row = Plan.objects.select_for_update().get(pk=plan.pk)
        own = PlanVersion.objects.filter(plan=row)
        if versions.published(own).exists():
            if row.retired_at is None:
                row.retired_at = at
                row.save(update_fields=["retired_at"])
            return False
        own.delete()
        row.delete()
        return True

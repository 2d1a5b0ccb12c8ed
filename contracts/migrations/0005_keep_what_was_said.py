"""What contracts and plans said so far becomes their first versions."""

from datetime import timedelta
from itertools import pairwise

from django.db import migrations
from django.utils import timezone


def follow_one_another(apps, schema_editor):
    """Every plan version ends where the next begins; of two that began together the later follows at once."""
    now = timezone.now()
    for plan in apps.get_model("contracts", "Plan").objects.all():
        versions = list(plan.versions.order_by("number"))
        for before, after in pairwise(versions):
            if after.valid_from <= before.valid_from:
                after.valid_from = before.valid_from + timedelta(seconds=1)
            before.valid_until = after.valid_from
        for version in versions:
            version.status = _status(version.valid_from, version.valid_until, now)
            version.save(update_fields=["status", "valid_from", "valid_until"])


def _status(valid_from, valid_until, now):
    if valid_until is not None and valid_until <= now:
        return "superseded"
    return "active" if valid_from <= now else "scheduled"


def say_it_in_versions(apps, schema_editor):
    """A contract's only version so far is in force from its beginning."""
    version_model = apps.get_model("contracts", "ContractVersion")
    cells = apps.get_model("contracts", "ContractCell")
    now = timezone.now()
    for contract in apps.get_model("contracts", "Contract").objects.all().iterator():
        first = version_model.objects.create(
            contract=contract,
            number=1,
            valid_from=contract.starts_at,
            status=_status(contract.starts_at, None, now),
            plan_version_id=contract.plan_version_id,
            pinned_policy_version_id=contract.pinned_policy_version_id,
            is_binding=contract.is_binding,
            agreement_reference=contract.agreement_reference,
        )
        cells.objects.filter(contract=contract).update(version=first)


class Migration(migrations.Migration):

    dependencies = [
        ("contracts", "0004_versions_of_plans_and_contracts"),
    ]

    operations = [
        migrations.RunPython(follow_one_another, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(say_it_in_versions, migrations.RunPython.noop, elidable=True),
    ]

"""A ticket keeps the version of the contract that covers it (R2)."""

import django.db.models.deletion
from django.db import migrations, models


def keep_the_version(apps, schema_editor):
    """Every contract has one version so far."""
    first = apps.get_model("contracts", "ContractVersion").objects.filter(contract=models.OuterRef("contract"))
    tickets = apps.get_model("helpdesk", "Ticket").objects.filter(contract__isnull=False)
    tickets.update(contract_version=models.Subquery(first.values("pk")[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0006_contracts_say_it_in_versions'),
        ('helpdesk', '0006_merge_tickets'),
    ]

    operations = [
        migrations.AddField(
            model_name='ticket',
            name='contract_version',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contracts.contractversion'),
        ),
        migrations.AlterField(
            model_name='ticket',
            name='next_due_metric',
            field=models.CharField(blank=True, choices=[('first_response', 'first response'), ('next_response', 'next response'), ('update_interval', 'update'), ('resolution', 'resolution'), ('quote_delivery', 'quote')], max_length=16),
        ),
        migrations.RunPython(keep_the_version, migrations.RunPython.noop, elidable=True),
    ]

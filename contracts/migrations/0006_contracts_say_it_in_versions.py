"""Contracts say nothing themselves any more, and published versions are frozen."""

import django.db.models.deletion
from django.db import migrations, models

from contracts.frozen import frozen_contract_versions, frozen_plan_versions


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0005_keep_what_was_said'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='contractcell',
            options={'ordering': ('version', 'metric', 'priority')},
        ),
        migrations.RemoveField(
            model_name='contract',
            name='agreement_reference',
        ),
        migrations.RemoveField(
            model_name='contract',
            name='is_binding',
        ),
        migrations.RemoveField(
            model_name='contract',
            name='pinned_policy_version',
        ),
        migrations.RemoveField(
            model_name='contract',
            name='plan_version',
        ),
        migrations.RemoveField(
            model_name='contractcell',
            name='contract',
        ),
        migrations.AlterField(
            model_name='contractcell',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cells', to='contracts.contractversion'),
        ),
        migrations.AddConstraint(
            model_name='contractcell',
            constraint=models.UniqueConstraint(fields=('version', 'metric', 'priority', 'channel', 'named_contacts_only'), name='a_contract_says_each_cell_once'),
        ),
        migrations.AddConstraint(
            model_name='contractcell',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('amount__isnull', False), ('amount__lt', 10000), ('kind', 'target'), models.Q(('unit', ''), _negated=True)), models.Q(models.Q(('kind', 'target'), _negated=True), ('aim_amount__isnull', True), ('amount__isnull', True), ('from_amount__isnull', True), ('unit', '')), _connector='OR'), name='a_contract_cell_has_a_number_if_a_target'),
        ),
        migrations.AddConstraint(
            model_name='contractcell',
            constraint=models.CheckConstraint(condition=models.Q(('from_amount__isnull', True), models.Q(('from_amount__gt', 0), ('from_amount__lt', models.F('amount'))), _connector='OR'), name='a_contract_cells_range_begins_before_it_ends'),
        ),
        migrations.AddConstraint(
            model_name='contractcell',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('aim_amount__isnull', True), ('aim_unit', '')), models.Q(('aim_amount__gt', 0), ('aim_amount__isnull', False), ('aim_amount__lt', 10000), models.Q(('aim_unit', ''), _negated=True)), _connector='OR'), name='a_contract_cells_aim_has_a_number_and_a_unit'),
        ),
        *frozen_plan_versions(),
        *frozen_contract_versions(),
    ]

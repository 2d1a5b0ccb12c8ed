"""What a plan includes besides tickets gets a ledger of its own."""

import django.db.models.deletion
from django.db import migrations, models

from sla.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0009_quotes_for_technical_services'),
    ]

    operations = [
        migrations.AlterField(
            model_name='planversion',
            name='entitlements',
            field=models.JSONField(blank=True, default=list, help_text='Besides tickets: [{"key": "training", "metric": "classes", "limit": 1, "period": "year", "over": "reject"}]; "over" is accept, reject, or overage with "price" and "currency".'),
        ),
        migrations.CreateModel(
            name='EntitlementUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60)),
                ('starts_at', models.DateTimeField(help_text='When its period begins.')),
                ('ends_at', models.DateTimeField()),
                ('units', models.IntegerField(help_text='Signed as in the ledger: using takes, giving back gives.')),
                ('is_over', models.BooleanField(default=False, help_text='Beyond what the plan includes.')),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=64)),
                ('reason', models.CharField(max_length=200)),
                ('price', models.DecimalField(blank=True, decimal_places=4, help_text='Of a unit that is billed.', max_digits=12, null=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entitlement_uses', to='contracts.contract')),
                ('reverses', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='contracts.entitlementuse')),
            ],
            options={
                'ordering': ('at', 'id'),
                'indexes': [models.Index(fields=['contract', 'key', 'starts_at'], name='entitlement_uses_of_a_period')],
                'constraints': [models.CheckConstraint(condition=models.Q(('units', 0), _negated=True), name='a_use_of_an_entitlement_is_something'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_use_of_an_entitlement_says_for_what'), models.CheckConstraint(condition=models.Q(models.Q(('reverses__isnull', True), ('units__lt', 0)), models.Q(('reverses__isnull', False), ('units__gt', 0)), _connector='OR'), name='what_is_given_back_names_what_was_used'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='an_entitlements_period_has_a_length'), models.CheckConstraint(condition=models.Q(models.Q(('currency', ''), ('price__isnull', True)), models.Q(('is_over', True), ('price__isnull', False), models.Q(('currency', ''), _negated=True)), _connector='OR'), name='only_a_use_beyond_the_entitlement_is_billed')],
            },
        ),
        append_only("contracts_entitlementuse"),
    ]

"""Periods of any length and beginning, grants, billed units, approvals."""

import django.db.models.deletion
from django.db import migrations, models

from sla.append_only import append_only, closed_once


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0007_keep_imported_policies'),
    ]

    operations = [
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ticket_uid', models.UUIDField(unique=True)),
                ('asked_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('decision', models.CharField(blank=True, choices=[('approved', 'approved'), ('refused', 'refused'), ('timed_out', 'nobody decided in time')], max_length=10)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'ordering': ('asked_at', 'id'),
            },
        ),
        migrations.AddField(
            model_name='allotment',
            name='granted',
            field=models.IntegerField(default=0, help_text='Grants, adjustments, and what was carried over from earlier periods.'),
        ),
        migrations.AddField(
            model_name='charge',
            name='currency',
            field=models.CharField(blank=True, max_length=3),
        ),
        migrations.AddField(
            model_name='charge',
            name='expires_at',
            field=models.DateTimeField(blank=True, help_text='A grant lasts to the end of the period in which this falls.', null=True),
        ),
        migrations.AddField(
            model_name='charge',
            name='price',
            field=models.DecimalField(blank=True, decimal_places=4, help_text='Of a unit that is billed (D14).', max_digits=12, null=True),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('threshold', 'quota threshold crossed'), ('over_quota', 'ticket beyond the quota'), ('approval', 'ticket that waits for a manager'), ('uncovered', 'ticket without a contract in force')], max_length=12),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'grant'), _negated=True), models.Q(('units__gt', 0), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='a_grant_gives_and_says_why'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'adjustment'), _negated=True), models.Q(models.Q(('units', 0), _negated=True), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='an_adjustment_changes_something_and_says_why'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('currency', ''), ('price__isnull', True)), models.Q(('is_over', True), ('kind', 'debit'), ('price__isnull', False), models.Q(('currency', ''), _negated=True)), _connector='OR'), name='only_a_debit_beyond_the_quota_is_billed'),
        ),
        migrations.AddField(
            model_name='approval',
            name='contract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='contracts.contract'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(condition=models.Q(('decided_at', None)), fields=['expires_at'], name='approvals_to_decide'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by', ''), ('decision', '')), models.Q(('decided_at__isnull', False), models.Q(('decision', ''), _negated=True), models.Q(('decided_by', ''), _negated=True)), _connector='OR'), name='a_decision_says_what_when_and_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('asked_at'))), name='an_approval_leaves_time_to_decide'),
        ),
        append_only("contracts_charge"),
        closed_once(
            "contracts_approval",
            frozen=["contract_id", "ticket_uid", "asked_at", "expires_at"],
            closing="decided_at",
        ),
    ]

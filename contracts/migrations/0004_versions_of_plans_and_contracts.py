"""Plans and contracts get versions; what was said so far is moved into them by the next two."""

import contracts.models.plan
import contracts.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0003_who_is_on_duty'),
        ('sla', '0007_say_what_agreements_say'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ContractOrganisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_default', models.BooleanField(default=False, help_text='Governs where the organisation has a contract of its own too.')),
            ],
        ),
        migrations.CreateModel(
            name='ContractVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('draft', 'draft'), ('scheduled', 'scheduled'), ('active', 'active'), ('superseded', 'superseded')], default='draft', max_length=12)),
                ('valid_from', models.DateTimeField()),
                ('valid_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('number', models.PositiveIntegerField()),
                ('follows_latest', models.BooleanField(default=False, help_text='Whatever version of the plan is in force at receipt holds.')),
                ('day_mode', models.CharField(blank=True, choices=[('', 'as the policy says'), ('close_of_nth_day', 'close of the Nth business day'), ('from_next_opening', 'counted from the next opening'), ('schedule_hours', 'N × the length of a day'), ('same_clock_time', 'same clock time'), ('full_days_24h', 'N × 24 open hours')], default='', max_length=20)),
                ('is_binding', models.BooleanField(default=False)),
                ('agreement_reference', models.CharField(blank=True, max_length=200)),
                ('allows_excuses', models.BooleanField(default=False, help_text='The agreement says that a binding time may be excused (D11).')),
                ('channels', models.JSONField(blank=True, help_text="Empty: the plan's.", null=True)),
                ('units_source', models.CharField(choices=[('plan', "the plan's"), ('own', "the contract's own; empty is unlimited")], default='plan', max_length=4)),
                ('units', models.PositiveIntegerField(blank=True, null=True)),
                ('units_added', models.PositiveIntegerField(default=0, help_text='On top, in every period.')),
                ('quota_metric', models.CharField(blank=True, choices=[('tickets', 'tickets'), ('minutes', 'minutes')], max_length=10)),
                ('quota_period', models.CharField(blank=True, choices=[('month', 'month'), ('quarter', 'quarter'), ('year', 'year')], max_length=10)),
                ('anchor_day', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('anchor_month', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('rollover_periods', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('over_quota', models.CharField(blank=True, choices=[('accept_and_flag', 'accepted and flagged, without target'), ('require_manager_approval', "waits for the customer's manager"), ('overage', 'accepted with its targets, and billed'), ('reject', 'refused, with what to do instead')], max_length=30)),
                ('overage_price', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True)),
                ('overage_currency', models.CharField(blank=True, max_length=3, validators=[contracts.validators.validate_currency])),
                ('approval_hours', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('approval_default', models.CharField(blank=True, choices=[('accept', 'accepted without target'), ('refuse', 'refused')], max_length=10)),
                ('thresholds', models.JSONField(blank=True, null=True, validators=[contracts.validators.validate_thresholds])),
                ('named_contacts_max', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('credit_scheme', models.JSONField(blank=True, null=True)),
                ('document', models.CharField(blank=True, help_text='Where the signed text is kept.', max_length=300)),
            ],
            options={
                'ordering': ('contract', 'number'),
            },
        ),
        migrations.CreateModel(
            name='NamedContact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField()),
                ('added_by', models.CharField(max_length=64)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('removed_by', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'ordering': ('contract', 'added_at', 'id'),
            },
        ),
        migrations.RemoveConstraint(
            model_name='contract',
            name='a_binding_contract_names_its_agreement',
        ),
        migrations.RemoveConstraint(
            model_name='contractcell',
            name='a_contract_says_each_cell_once',
        ),
        migrations.RemoveConstraint(
            model_name='contractcell',
            name='a_contract_cell_has_a_number_if_a_target',
        ),
        migrations.RenameField(
            model_name='planversion',
            old_name='monthly_tickets',
            new_name='units',
        ),
        migrations.AddField(
            model_name='contractcell',
            name='aim_amount',
            field=models.PositiveIntegerField(blank=True, help_text='The X of "aims for X, at most Y"; due is Y.', null=True),
        ),
        migrations.AddField(
            model_name='contractcell',
            name='aim_unit',
            field=models.CharField(blank=True, choices=[('business_minutes', 'business minutes'), ('business_hours', 'business hours'), ('business_days', 'business days'), ('elapsed_minutes', 'minutes'), ('elapsed_hours', 'hours'), ('calendar_days', 'calendar days')], max_length=18),
        ),
        migrations.AddField(
            model_name='contractcell',
            name='channel',
            field=models.CharField(blank=True, help_text='Holds for this channel only.', max_length=20),
        ),
        migrations.AddField(
            model_name='contractcell',
            name='from_amount',
            field=models.PositiveIntegerField(blank=True, help_text='Where a range begins; shown, and due at its upper end.', null=True),
        ),
        migrations.AddField(
            model_name='contractcell',
            name='named_contacts_only',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='plan',
            name='retired_at',
            field=models.DateTimeField(blank=True, help_text='Since then nobody can buy it.', null=True),
        ),
        migrations.AddField(
            model_name='planversion',
            name='anchor_day',
            field=models.PositiveSmallIntegerField(default=1, help_text='On which a period begins, 1-31; the last day of a shorter month (D12).'),
        ),
        migrations.AddField(
            model_name='planversion',
            name='anchor_month',
            field=models.PositiveSmallIntegerField(default=1, help_text='In which a year begins, and every third month a quarter.'),
        ),
        migrations.AddField(
            model_name='planversion',
            name='approval_default',
            field=models.CharField(choices=[('accept', 'accepted without target'), ('refuse', 'refused')], default='accept', max_length=10),
        ),
        migrations.AddField(
            model_name='planversion',
            name='approval_hours',
            field=models.PositiveSmallIntegerField(default=48, help_text='In which a manager decides on a ticket over quota.'),
        ),
        migrations.AddField(
            model_name='planversion',
            name='entitlements',
            field=models.JSONField(blank=True, default=list, help_text='[{"key": "training", "metric": "classes", "limit": 1}]'),
        ),
        migrations.AddField(
            model_name='planversion',
            name='named_contacts_max',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Empty: everybody of the organisation may ask.', null=True),
        ),
        migrations.AddField(
            model_name='planversion',
            name='named_contacts_rule',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='planversion',
            name='overage_currency',
            field=models.CharField(blank=True, max_length=3, validators=[contracts.validators.validate_currency]),
        ),
        migrations.AddField(
            model_name='planversion',
            name='overage_price',
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True),
        ),
        migrations.AddField(
            model_name='planversion',
            name='quota_metric',
            field=models.CharField(choices=[('tickets', 'tickets'), ('minutes', 'minutes')], default='tickets', max_length=10),
        ),
        migrations.AddField(
            model_name='planversion',
            name='quota_period',
            field=models.CharField(choices=[('month', 'month'), ('quarter', 'quarter'), ('year', 'year')], default='month', max_length=10),
        ),
        migrations.AddField(
            model_name='planversion',
            name='rollover_periods',
            field=models.PositiveSmallIntegerField(default=0, help_text='For how many further periods unused units last.'),
        ),
        migrations.AddField(
            model_name='planversion',
            name='status',
            field=models.CharField(choices=[('draft', 'draft'), ('scheduled', 'scheduled'), ('active', 'active'), ('superseded', 'superseded')], default='draft', max_length=12),
        ),
        migrations.AddField(
            model_name='planversion',
            name='thresholds',
            field=models.JSONField(blank=True, default=contracts.models.plan.usual_thresholds, validators=[contracts.validators.validate_thresholds]),
        ),
        migrations.AddField(
            model_name='planversion',
            name='units_per_contract',
            field=models.BooleanField(default=False, help_text='The number is in each contract; one that says none has none.'),
        ),
        migrations.AddField(
            model_name='planversion',
            name='valid_until',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='contract',
            name='zone',
            field=models.CharField(default='Europe/Lisbon', help_text="In which a quota's period begins (D12) and a quote's last day ends.", max_length=64, validators=[contracts.validators.validate_zone]),
        ),
        migrations.AlterField(
            model_name='contractcell',
            name='amount',
            field=models.PositiveIntegerField(blank=True, help_text='By when it is due; of a range the upper end.', null=True),
        ),
        migrations.AlterField(
            model_name='contractcell',
            name='kind',
            field=models.CharField(choices=[('target', 'target'), ('best_effort', 'best effort'), ('none', 'no target'), ('as_agreed', 'as agreed'), ('not_offered', 'not offered')], default='target', max_length=12),
        ),
        migrations.AlterField(
            model_name='contractcell',
            name='metric',
            field=models.CharField(choices=[('first_response', 'first response'), ('next_response', 'next response'), ('update_interval', 'update'), ('resolution', 'resolution'), ('quote_delivery', 'quote')], max_length=16),
        ),
        migrations.AlterField(
            model_name='contractcell',
            name='unit',
            field=models.CharField(blank=True, choices=[('business_minutes', 'business minutes'), ('business_hours', 'business hours'), ('business_days', 'business days'), ('elapsed_minutes', 'minutes'), ('elapsed_hours', 'hours'), ('calendar_days', 'calendar days')], max_length=18),
        ),
        migrations.AlterField(
            model_name='plan',
            name='key',
            field=models.SlugField(max_length=120, unique=True),
        ),
        migrations.AlterField(
            model_name='plan',
            name='name',
            field=models.CharField(max_length=160),
        ),
        migrations.AlterField(
            model_name='planversion',
            name='channels',
            field=models.JSONField(blank=True, default=list, help_text='portal, in_app, email, whatsapp, api, phone; in small letters'),
        ),
        migrations.AlterField(
            model_name='planversion',
            name='over_quota',
            field=models.CharField(choices=[('accept_and_flag', 'accepted and flagged, without target'), ('require_manager_approval', "waits for the customer's manager"), ('overage', 'accepted with its targets, and billed'), ('reject', 'refused, with what to do instead')], default='accept_and_flag', max_length=30),
        ),
        migrations.AddConstraint(
            model_name='planversion',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='a_plan_version_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='planversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('over_quota', 'overage'), _negated=True), models.Q(('overage_price__gte', 0), ('overage_price__isnull', False), models.Q(('overage_currency', ''), _negated=True)), _connector='OR'), name='a_plans_overage_has_a_price_and_a_currency', violation_error_message='Billed overage needs a price and a currency.'),
        ),
        migrations.AddConstraint(
            model_name='planversion',
            constraint=models.CheckConstraint(condition=models.Q(('anchor_day__gte', 1), ('anchor_day__lte', 31), ('anchor_month__gte', 1), ('anchor_month__lte', 12)), name='a_plans_period_begins_on_a_day_of_the_year'),
        ),
        migrations.AddField(
            model_name='contractorganisation',
            name='contract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='contracts.contract'),
        ),
        migrations.AddField(
            model_name='contractorganisation',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='contracts.organisation'),
        ),
        migrations.AddField(
            model_name='contract',
            name='organisations',
            field=models.ManyToManyField(help_text='Further ones that it covers; all share its quota.', related_name='shared_contracts', through='contracts.ContractOrganisation', to='contracts.organisation'),
        ),
        migrations.AddField(
            model_name='contractversion',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='contractversion',
            name='calendar',
            field=models.ForeignKey(blank=True, help_text="Empty: the policy's.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sla.calendar'),
        ),
        migrations.AddField(
            model_name='contractversion',
            name='contract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='contracts.contract'),
        ),
        migrations.AddField(
            model_name='contractversion',
            name='pinned_policy_version',
            field=models.ForeignKey(blank=True, help_text='Empty: the published policy in force at receipt.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sla.policyversion'),
        ),
        migrations.AddField(
            model_name='contractversion',
            name='plan_version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contracts.planversion'),
        ),
        migrations.AddField(
            model_name='contractcell',
            name='version',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='cells', to='contracts.contractversion'),
        ),
        migrations.AddField(
            model_name='namedcontact',
            name='contract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='named_contacts', to='contracts.contract'),
        ),
        migrations.AddField(
            model_name='namedcontact',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='named_by', to='contracts.person'),
        ),
        migrations.AddConstraint(
            model_name='contractorganisation',
            constraint=models.UniqueConstraint(fields=('contract', 'organisation'), name='a_contract_covers_an_organisation_once'),
        ),
        migrations.AddConstraint(
            model_name='contractversion',
            constraint=models.UniqueConstraint(fields=('contract', 'number'), name='a_contract_version_has_its_own_number'),
        ),
        migrations.AddConstraint(
            model_name='contractversion',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='a_contract_version_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='contractversion',
            constraint=models.CheckConstraint(condition=models.Q(('is_binding', False), models.Q(('agreement_reference', ''), _negated=True), _connector='OR'), name='a_binding_contract_names_its_agreement'),
        ),
        migrations.AddConstraint(
            model_name='contractversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('over_quota', 'overage'), _negated=True), models.Q(('overage_price__gte', 0), ('overage_price__isnull', False), models.Q(('overage_currency', ''), _negated=True)), _connector='OR'), name='a_contracts_overage_has_a_price_and_a_currency', violation_error_message='Billed overage needs a price and a currency.'),
        ),
        migrations.AddConstraint(
            model_name='contractversion',
            constraint=models.CheckConstraint(condition=models.Q(('anchor_day__isnull', True), models.Q(('anchor_day__gte', 1), ('anchor_day__lte', 31)), _connector='OR'), name='a_contracts_period_begins_on_a_day_of_a_month'),
        ),
        migrations.AddConstraint(
            model_name='contractversion',
            constraint=models.CheckConstraint(condition=models.Q(('anchor_month__isnull', True), models.Q(('anchor_month__gte', 1), ('anchor_month__lte', 12)), _connector='OR'), name='a_contracts_period_begins_in_a_month_of_the_year'),
        ),
        migrations.AddConstraint(
            model_name='contractversion',
            constraint=models.CheckConstraint(condition=models.Q(('credit_scheme__isnull', True), ('is_binding', True), _connector='OR'), name='only_a_binding_contract_gives_credits', violation_error_message='Only a binding contract gives credits.'),
        ),
        migrations.AddConstraint(
            model_name='namedcontact',
            constraint=models.UniqueConstraint(condition=models.Q(('removed_at__isnull', True)), fields=('contract', 'person'), name='a_contract_names_a_person_once'),
        ),
    ]

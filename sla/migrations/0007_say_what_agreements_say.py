"""More units and kinds of targets, priorities by scale, and published policies frozen by the database."""

from django.db import migrations, models

from sla.frozen_versions import frozen_policy_versions


class Migration(migrations.Migration):

    dependencies = [
        ('sla', '0006_keep_where_holidays_come_from'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='priority',
            options={'ordering': ('scale', 'rank'), 'verbose_name_plural': 'priorities'},
        ),
        migrations.RemoveConstraint(
            model_name='targetcell',
            name='a_policy_says_each_cell_once',
        ),
        migrations.RemoveConstraint(
            model_name='targetcell',
            name='a_policy_cell_has_a_number_if_a_target',
        ),
        migrations.AddField(
            model_name='priority',
            name='scale',
            field=models.SlugField(default='standard', help_text='Those that are ranked together.'),
        ),
        migrations.AddField(
            model_name='targetcell',
            name='aim_amount',
            field=models.PositiveIntegerField(blank=True, help_text='The X of "aims for X, at most Y"; due is Y.', null=True),
        ),
        migrations.AddField(
            model_name='targetcell',
            name='aim_unit',
            field=models.CharField(blank=True, choices=[('business_minutes', 'business minutes'), ('business_hours', 'business hours'), ('business_days', 'business days'), ('elapsed_minutes', 'minutes'), ('elapsed_hours', 'hours'), ('calendar_days', 'calendar days')], max_length=18),
        ),
        migrations.AddField(
            model_name='targetcell',
            name='channel',
            field=models.CharField(blank=True, help_text='Holds for this channel only.', max_length=20),
        ),
        migrations.AddField(
            model_name='targetcell',
            name='from_amount',
            field=models.PositiveIntegerField(blank=True, help_text='Where a range begins; shown, and due at its upper end.', null=True),
        ),
        migrations.AddField(
            model_name='targetcell',
            name='named_contacts_only',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='clock',
            name='metric',
            field=models.CharField(choices=[('first_response', 'first response'), ('next_response', 'next response'), ('update_interval', 'update'), ('resolution', 'resolution'), ('quote_delivery', 'quote')], max_length=16),
        ),
        migrations.AlterField(
            model_name='clockevent',
            name='metric',
            field=models.CharField(blank=True, choices=[('first_response', 'first response'), ('next_response', 'next response'), ('update_interval', 'update'), ('resolution', 'resolution'), ('quote_delivery', 'quote')], max_length=16),
        ),
        migrations.AlterField(
            model_name='ladderstep',
            name='metric',
            field=models.CharField(blank=True, choices=[('first_response', 'first response'), ('next_response', 'next response'), ('update_interval', 'update'), ('resolution', 'resolution'), ('quote_delivery', 'quote')], help_text='Empty: every clock.', max_length=16),
        ),
        migrations.AlterField(
            model_name='policyversion',
            name='valid_until',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='priority',
            name='key',
            field=models.SlugField(),
        ),
        migrations.AlterField(
            model_name='priority',
            name='rank',
            field=models.PositiveSmallIntegerField(help_text='1 is the most urgent.'),
        ),
        migrations.AlterField(
            model_name='targetcell',
            name='amount',
            field=models.PositiveIntegerField(blank=True, help_text='By when it is due; of a range the upper end.', null=True),
        ),
        migrations.AlterField(
            model_name='targetcell',
            name='kind',
            field=models.CharField(choices=[('target', 'target'), ('best_effort', 'best effort'), ('none', 'no target'), ('as_agreed', 'as agreed'), ('not_offered', 'not offered')], default='target', max_length=12),
        ),
        migrations.AlterField(
            model_name='targetcell',
            name='metric',
            field=models.CharField(choices=[('first_response', 'first response'), ('next_response', 'next response'), ('update_interval', 'update'), ('resolution', 'resolution'), ('quote_delivery', 'quote')], max_length=16),
        ),
        migrations.AlterField(
            model_name='targetcell',
            name='unit',
            field=models.CharField(blank=True, choices=[('business_minutes', 'business minutes'), ('business_hours', 'business hours'), ('business_days', 'business days'), ('elapsed_minutes', 'minutes'), ('elapsed_hours', 'hours'), ('calendar_days', 'calendar days')], max_length=18),
        ),
        migrations.AddConstraint(
            model_name='priority',
            constraint=models.UniqueConstraint(fields=('scale', 'key'), name='a_scale_has_each_priority_once'),
        ),
        migrations.AddConstraint(
            model_name='priority',
            constraint=models.UniqueConstraint(fields=('scale', 'rank'), name='a_scale_has_each_rank_once'),
        ),
        migrations.AddConstraint(
            model_name='targetcell',
            constraint=models.UniqueConstraint(fields=('version', 'metric', 'priority', 'channel', 'named_contacts_only'), name='a_policy_says_each_cell_once'),
        ),
        migrations.AddConstraint(
            model_name='targetcell',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('amount__isnull', False), ('amount__lt', 10000), ('kind', 'target'), models.Q(('unit', ''), _negated=True)), models.Q(models.Q(('kind', 'target'), _negated=True), ('aim_amount__isnull', True), ('amount__isnull', True), ('from_amount__isnull', True), ('unit', '')), _connector='OR'), name='a_policy_cell_has_a_number_if_a_target'),
        ),
        migrations.AddConstraint(
            model_name='targetcell',
            constraint=models.CheckConstraint(condition=models.Q(('from_amount__isnull', True), models.Q(('from_amount__gt', 0), ('from_amount__lt', models.F('amount'))), _connector='OR'), name='a_policy_cells_range_begins_before_it_ends'),
        ),
        migrations.AddConstraint(
            model_name='targetcell',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('aim_amount__isnull', True), ('aim_unit', '')), models.Q(('aim_amount__gt', 0), ('aim_amount__isnull', False), ('aim_amount__lt', 10000), models.Q(('aim_unit', ''), _negated=True)), _connector='OR'), name='a_policy_cells_aim_has_a_number_and_a_unit'),
        ),
        *frozen_policy_versions(),
    ]

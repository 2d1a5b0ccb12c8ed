"""Steps of a ladder by open time before and after due, for one metric or all, and what each of them does."""

from django.db import migrations, models
from django.db.models import Value
from django.db.models.functions import Cast, Concat


def name_the_steps(apps, schema_editor):
    """What rang so far was named by its percentage, and told somebody."""
    alarms = apps.get_model("sla", "Alarm").objects.using(schema_editor.connection.alias)
    text = models.CharField(max_length=12)
    step = Concat(Cast("percent", text), Value("%"), output_field=text)
    for tell in list(alarms.order_by().values_list("tell", flat=True).distinct()):
        alarms.filter(tell=tell).update(step=step, actions={"tell": tell})


class Migration(migrations.Migration):

    dependencies = [
        ('sla', '0002_clocks_set_corrected_and_excused'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='ladderstep',
            options={'ordering': ('version', models.OrderBy(models.F('percent'), nulls_last=True), models.OrderBy(models.F('offset_minutes'), nulls_last=True), 'metric')},
        ),
        migrations.RemoveConstraint(
            model_name='ladderstep',
            name='a_ladder_has_each_step_once',
        ),
        migrations.RemoveConstraint(
            model_name='ladderstep',
            name='a_ladder_step_is_a_sensible_percentage',
        ),
        migrations.AddField(
            model_name='ladderstep',
            name='metric',
            field=models.CharField(blank=True, choices=[('first_response', 'first response'), ('next_response', 'next response'), ('update_interval', 'update'), ('resolution', 'resolution')], help_text='Empty: every clock.', max_length=16),
        ),
        migrations.AddField(
            model_name='ladderstep',
            name='offset_minutes',
            field=models.IntegerField(blank=True, help_text='Open time before (below 0) or after the due time.', null=True),
        ),
        migrations.AddField(
            model_name='ladderstep',
            name='raises_priority',
            field=models.BooleanField(default=False, help_text='By one, as far as the plan offers.'),
        ),
        migrations.AddField(
            model_name='ladderstep',
            name='tag',
            field=models.SlugField(blank=True),
        ),
        migrations.AddField(
            model_name='ladderstep',
            name='to_team',
            field=models.SlugField(blank=True, help_text='The team that gets the ticket.'),
        ),
        migrations.AddField(
            model_name='ladderstep',
            name='webhook',
            field=models.SlugField(blank=True),
        ),
        migrations.AlterField(
            model_name='ladderstep',
            name='percent',
            field=models.PositiveSmallIntegerField(blank=True, help_text="Of the target's open time.", null=True),
        ),
        migrations.AlterField(
            model_name='ladderstep',
            name='tell',
            field=models.JSONField(blank=True, default=list, help_text='Who, by role; nobody there: the next level.'),
        ),
        migrations.AddConstraint(
            model_name='ladderstep',
            constraint=models.UniqueConstraint(fields=('version', 'metric', 'percent'), name='a_ladder_has_each_percentage_once'),
        ),
        migrations.AddConstraint(
            model_name='ladderstep',
            constraint=models.UniqueConstraint(fields=('version', 'metric', 'offset_minutes'), name='a_ladder_has_each_offset_once'),
        ),
        migrations.AddConstraint(
            model_name='ladderstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('offset_minutes__isnull', False), ('percent__isnull', True)), models.Q(('offset_minutes__isnull', True), ('percent__isnull', False)), _connector='OR'), name='a_ladder_step_has_either_a_percentage_or_an_offset'),
        ),
        migrations.AddConstraint(
            model_name='ladderstep',
            constraint=models.CheckConstraint(condition=models.Q(('percent__isnull', True), models.Q(('percent__gt', 0), ('percent__lte', 1000)), _connector='OR'), name='a_ladder_step_is_a_sensible_percentage'),
        ),
        migrations.AddConstraint(
            model_name='ladderstep',
            constraint=models.CheckConstraint(condition=models.Q(('offset_minutes__isnull', True), models.Q(('offset_minutes__gte', -43200), ('offset_minutes__lte', 43200)), _connector='OR'), name='a_ladder_step_is_within_thirty_days_of_the_due_time'),
        ),
        migrations.AddField(
            model_name='alarm',
            name='step',
            field=models.CharField(default='', help_text='Such as "75%", "-60m": see `LadderStep.key`.', max_length=12),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='alarm',
            name='actions',
            field=models.JSONField(default=dict, help_text='What the ladder said to do: `LadderStep.actions`.'),
        ),
        migrations.RunPython(name_the_steps, migrations.RunPython.noop),
    ]

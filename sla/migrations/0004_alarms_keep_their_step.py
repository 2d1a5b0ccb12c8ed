"""An alarm is known by its step, of which a percentage is one kind."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sla', '0003_ladder_steps_act'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='alarm',
            name='a_clock_rings_each_step_once',
        ),
        migrations.RemoveField(
            model_name='alarm',
            name='tell',
        ),
        migrations.AlterField(
            model_name='alarm',
            name='percent',
            field=models.PositiveSmallIntegerField(help_text='Null: an offset from the due time.', null=True),
        ),
        migrations.AddConstraint(
            model_name='alarm',
            constraint=models.UniqueConstraint(fields=('clock', 'step'), name='a_clock_rings_each_step_once'),
        ),
    ]

"""Calendars whose hours are read on each customer's own clock."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sla', '0007_say_what_agreements_say'),
    ]

    operations = [
        migrations.AddField(
            model_name='calendar',
            name='follows_customer',
            field=models.BooleanField(default=False, help_text="Its hours are read on the clock of each customer's own zone."),
        ),
        migrations.AddField(
            model_name='calendar',
            name='zoned_from',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='zoned', to='sla.calendar'),
        ),
        migrations.AddField(
            model_name='calendar',
            name='zoned_to',
            field=models.CharField(blank=True, editable=False, help_text="In which this one reads the other's hours.", max_length=64),
        ),
        migrations.AddConstraint(
            model_name='calendar',
            constraint=models.UniqueConstraint(fields=('zoned_from', 'zoned_to'), name='a_calendar_is_read_once_in_each_zone'),
        ),
        migrations.AddConstraint(
            model_name='calendar',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('zoned_from__isnull', True), ('zoned_to', '')), models.Q(('follows_customer', False), ('zoned_from__isnull', False), models.Q(('zoned_to', ''), _negated=True)), _connector='OR'), name='a_calendar_read_in_a_zone_names_it'),
        ),
    ]

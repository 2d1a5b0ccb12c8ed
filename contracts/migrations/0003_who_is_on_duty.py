"""Managers of the desk, who is away, and the number under which somebody on call is reached."""

import contracts.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contracts', '0002_cells_on_a_calendar_of_their_own'),
    ]

    operations = [
        migrations.AddField(
            model_name='account',
            name='away_from',
            field=models.DateTimeField(blank=True, help_text='Empty: from now on.', null=True),
        ),
        migrations.AddField(
            model_name='account',
            name='away_until',
            field=models.DateTimeField(blank=True, help_text='Empty: until further notice.', null=True),
        ),
        migrations.AddField(
            model_name='account',
            name='is_desk_manager',
            field=models.BooleanField(default=False, help_text='Is told of escalations where no lead is on duty, and where a ladder says so.'),
        ),
        migrations.AddField(
            model_name='account',
            name='whatsapp',
            field=models.CharField(blank=True, help_text='Where alarms reach whoever is on call by WhatsApp, such as +351912345678.', max_length=16, validators=[contracts.validators.validate_whatsapp]),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('away_from__isnull', True), ('away_until__isnull', True), ('away_until__gt', models.F('away_from')), _connector='OR'), name='whoever_is_away_leaves_before_they_return', violation_error_message='Whoever is away leaves before they return.'),
        ),
    ]

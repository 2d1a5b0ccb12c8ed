"""Hours that are being written are kept beside those in force."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sla', '0009_agreements_may_allow_excuses'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fields', models.JSONField(help_text='Name and value of every field of the editor, in its order.')),
                ('saved_at', models.DateTimeField()),
                ('saved_by', models.CharField(max_length=64)),
                ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='sla.calendar')),
            ],
            options={
                'ordering': ('calendar', '-saved_at'),
            },
        ),
    ]

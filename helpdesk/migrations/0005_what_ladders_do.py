"""What ladders do needs: teams by key, tags, shifts, webhooks, and what is told later in one mail."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('helpdesk', '0004_teams_get_keys'),
        ('sla', '0004_alarms_keep_their_step'),
        ('contracts', '0003_who_is_on_duty'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='team',
            name='key',
            field=models.SlugField(help_text='By which ladders name it.', unique=True),
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(unique=True)),
                ('name', models.CharField(max_length=60)),
            ],
            options={
                'ordering': ('name', 'key'),
            },
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, help_text='Names its secret.', unique=True)),
                ('key', models.SlugField(help_text='By which ladders name it.', unique=True)),
                ('name', models.CharField(max_length=80)),
                ('url', models.CharField(help_text='https, and nothing of our own.', max_length=500, verbose_name='address')),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'ordering': ('name', 'key'),
            },
        ),
        migrations.AddField(
            model_name='outboundmessage',
            name='otherwise_to',
            field=models.EmailField(blank=True, help_text='Where it goes by mail when its channel refuses it for good.', max_length=254),
        ),
        migrations.AddField(
            model_name='outboundmessage',
            name='variables',
            field=models.JSONField(default=dict, help_text="Of WhatsApp's approved template: outside the 24 h there is no free text (D19)."),
        ),
        migrations.AlterField(
            model_name='outboundmessage',
            name='channel',
            field=models.CharField(choices=[('email', 'Email'), ('whatsapp', 'Whatsapp'), ('webhook', 'Webhook')], max_length=10),
        ),
        migrations.AlterField(
            model_name='outboundmessage',
            name='kind',
            field=models.CharField(choices=[('reply', 'Reply'), ('acknowledgement', 'Acknowledgement'), ('notification', 'Notification'), ('escalation', 'Escalation'), ('notice', 'Notice'), ('sign_in', 'Sign In'), ('event', 'Event')], max_length=16),
        ),
        migrations.AlterField(
            model_name='outboundmessage',
            name='to',
            field=models.CharField(help_text="An address, a number, or a webhook's key.", max_length=254),
        ),
        migrations.AddField(
            model_name='ticket',
            name='tags',
            field=models.ManyToManyField(blank=True, related_name='tickets', to='helpdesk.tag'),
        ),
        migrations.CreateModel(
            name='HeldBack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(help_text='When the alarm was handled.')),
                ('told_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('alarm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sla.alarm')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='helpdesk.ticket')),
            ],
            options={
                'ordering': ('id',),
                'indexes': [models.Index(condition=models.Q(('told_at__isnull', True)), fields=['account'], name='lines_to_tell')],
                'constraints': [models.UniqueConstraint(fields=('account', 'alarm'), name='an_alarm_is_held_back_once_for_each')],
            },
        ),
        migrations.CreateModel(
            name='OnCallShift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('channel', models.CharField(choices=[('email', 'e-mail'), ('whatsapp', 'WhatsApp')], default='email', max_length=10)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shifts', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'on-call shift',
                'ordering': ('starts_at', 'id'),
                'indexes': [models.Index(fields=['ends_at'], name='shifts_by_their_end')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='a_shift_ends_after_it_begins', violation_error_message='A shift ends after it begins.')],
            },
        ),
    ]

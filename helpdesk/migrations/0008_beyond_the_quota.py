"""What the contract says of tickets beyond the quota."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0008_quotas_of_any_period'),
        ('helpdesk', '0007_tickets_keep_the_contract_version'),
        ('sla', '0008_hours_that_follow_the_customer'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='ticket',
            name='queue_of_tickets_over_quota',
        ),
        migrations.AlterField(
            model_name='ticket',
            name='entitlement',
            field=models.CharField(choices=[('inside', 'inside the plan'), ('flagged', 'over quota'), ('overage', 'over quota, billed'), ('approved', 'over quota, approved'), ('awaiting_approval', 'awaiting approval'), ('refused', 'refused'), ('unverified', 'unverified sender'), ('uncovered', 'no contract in force')], max_length=20),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('status__in', ('new', 'open', 'waiting_customer', 'waiting_third_party')), ('entitlement__in', ('flagged', 'overage', 'approved', 'awaiting_approval', 'refused'))), fields=['sorts_at', 'id'], name='queue_of_tickets_over_quota'),
        ),
    ]

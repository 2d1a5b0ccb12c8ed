"""Tickets of people whom the contract does not name wait until they are named."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0009_quotes_for_technical_services'),
        ('helpdesk', '0009_tickets_turn_into_technical_services'),
        ('sla', '0009_agreements_may_allow_excuses'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='ticket',
            name='entitlement',
            field=models.CharField(choices=[('inside', 'inside the plan'), ('flagged', 'over quota'), ('overage', 'over quota, billed'), ('approved', 'over quota, approved'), ('awaiting_approval', 'awaiting approval'), ('refused', 'refused'), ('unverified', 'unverified sender'), ('not_named', 'sender not named in the contract'), ('uncovered', 'no contract in force')], max_length=20),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('status__in', ('new', 'open', 'waiting_customer', 'waiting_third_party')), ('entitlement', 'not_named')), fields=['requester'], name='tickets_of_people_not_named'),
        ),
    ]

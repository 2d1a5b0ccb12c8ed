"""Policies that came from files, whole."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0006_contracts_say_it_in_versions'),
    ]

    operations = [
        migrations.CreateModel(
            name='PolicyFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(unique=True)),
                ('document', models.JSONField()),
                ('imported_at', models.DateTimeField()),
                ('imported_by', models.CharField(max_length=64)),
                ('plans', models.ManyToManyField(related_name='policy_files', to='contracts.plan')),
            ],
            options={
                'ordering': ('key',),
            },
        ),
    ]

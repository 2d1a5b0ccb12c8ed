"""A key for each team, by which ladders name it: its name as a slug, with a number where two are alike."""

from django.db import migrations, models
from django.utils.text import slugify


def name_them(apps, schema_editor):
    taken = set()
    for team in apps.get_model("helpdesk", "Team").objects.using(schema_editor.connection.alias).order_by("pk"):
        stem = slugify(team.name)[:40] or "team"
        key, number = stem, 1
        while key in taken:
            number += 1
            key = f"{stem}-{number}"
        taken.add(key)
        team.key = key
        team.save(update_fields=["key"])


class Migration(migrations.Migration):

    dependencies = [
        ('helpdesk', '0003_updates_are_due_too'),
    ]

    operations = [
        migrations.AddField(
            model_name='team',
            name='key',
            field=models.SlugField(default='', help_text='By which ladders name it.', db_index=False),
            preserve_default=False,
        ),
        migrations.RunPython(name_them, migrations.RunPython.noop),
    ]

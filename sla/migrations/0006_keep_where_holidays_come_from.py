from django.db import migrations, models

from sla.frozen_columns import frozen_calendar_versions


def tell_origins(apps, schema_editor):
    """What was listed so far came from the package, in a release that nobody wrote down."""
    for version in apps.get_model("sla", "CalendarVersion").objects.exclude(holiday_country=""):
        place = {
            "country": version.holiday_country,
            "subdivision": version.holiday_subdivision,
            "category": "public",
            "package": "",
        }
        closed = set(version.holidays)
        version.holiday_categories = ["public"]
        version.holiday_origins = {
            day: {"name": name, **place} for day, name in version.holiday_names.items() if day in closed
        }
        version.save(update_fields=["holiday_categories", "holiday_origins"])


class Migration(migrations.Migration):

    dependencies = [
        ("sla", "0005_declare_backlogs_and_excuse_misses"),
    ]

    operations = [
        migrations.AddField(
            model_name="calendarversion",
            name="holiday_categories",
            field=models.JSONField(blank=True, default=list, help_text='["public"]'),
        ),
        migrations.AddField(
            model_name="calendarversion",
            name="holiday_origins",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="ISO date to where the holiday came from; without one it was added by hand, and one that is not among the closed dates was struck out.",
            ),
        ),
        migrations.AlterField(
            model_name="calendarversion",
            name="holiday_names",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="ISO date to name, also of dates with hours of their own.",
            ),
        ),
        migrations.RunPython(tell_origins, migrations.RunPython.noop, elidable=True),
        frozen_calendar_versions(),
    ]

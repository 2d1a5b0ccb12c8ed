"""What must hold before the clocks may run, told by `manage.py check --database default` and by `migrate`."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from sla.hours.errors import UnknownZone
from sla.hours.zone import canonical


@register(Tags.database)
def zones_are_known(
    app_configs: Sequence[Any] | None = None,  # noqa: ARG001 - Django's signature
    databases: Sequence[str] | None = None,
    **_kwargs: Any,
) -> list[CheckMessage]:
    """Each zone that a calendar is kept in must be in the installed zone data (OP-03)."""
    from sla.models import CalendarVersion

    found: list[CheckMessage] = []
    table = CalendarVersion._meta.db_table  # noqa: SLF001  documented in spite of its name
    for alias in databases or ():
        connection = connections[alias]
        if table not in connection.introspection.table_names():
            continue  # nothing was migrated yet
        versions = CalendarVersion.objects.using(alias).order_by("zone", "calendar__key")
        for zone, key in versions.values_list("zone", "calendar__key").distinct():
            found += _unknown(zone, key)
    return found


def _unknown(zone: str, key: str) -> list[CheckMessage]:
    try:
        canonical(zone)
    except UnknownZone as error:
        hint = "Install zone data that has it, or publish a version in another zone."
        return [Error(f"The calendar {key} cannot be read: {error}", hint=hint, id="sla.E001")]
    return []

"""The sla app."""

from django.apps import AppConfig


class SlaConfig(AppConfig):
    """Registers the app under its short label."""

    name = "sla"
    verbose_name = "Promises and clocks"

    def ready(self) -> None:
        """Register the checks."""
        from sla import checks  # noqa: F401 - registers itself by being imported

"""The helpdesk app."""

from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    """Registers the app under its short label, and what follows clocks and deliveries."""

    name = "helpdesk"
    verbose_name = "Helpdesk"

    def ready(self) -> None:
        """Connect the receivers."""
        from helpdesk import deadlines, delivery  # noqa: F401 - they connect by being imported

"""The helpdesk app."""

from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    """Registers the app under its short label, and what follows the clocks."""

    name = "helpdesk"
    verbose_name = "Helpdesk"

    def ready(self) -> None:
        """Connect the receivers."""
        from helpdesk import deadlines  # noqa: F401 - connects by being imported

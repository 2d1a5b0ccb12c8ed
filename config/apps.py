"""The wiring as an app, for its command `up` and its system checks; it has no models."""

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin import apps as admin_apps

from config import env


class WiringConfig(AppConfig):
    """Registers the system checks and makes the folders that the processes share."""

    name = "config"
    verbose_name = "Wiring"

    def ready(self) -> None:
        """Import the checks, which register themselves, and see that there is room for the data."""
        from config import checks  # noqa: F401  the import is the registration

        make_folders()


class ConsoleConfig(admin_apps.AdminConfig):
    """Django's admin with our site in the place of its own."""

    default = False  # of this module, that is the wiring
    default_site = "config.console.AgentSite"


def make_folders() -> None:
    """Make what is missing below DATA_DIR; refuse a DATA_DIR that cannot be written."""
    try:
        for folder in _folders():
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        env.refuse("DATA_DIR", f"{settings.DATA_DIR} cannot be written: {error.strerror}")


def _folders() -> list[Path]:
    broker = [] if settings.REDIS_URL else [settings.BROKER_DIR / "messages", settings.BROKER_DIR / "control"]
    return [settings.DATA_DIR, settings.MEDIA_ROOT, settings.MAIL_DIR, settings.STATIC_ROOT, *broker]

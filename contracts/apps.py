"""The contracts app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ContractsConfig(AppConfig):
    """Registers the app under its short label."""

    name = "contracts"
    verbose_name = "Customers and contracts"

    def ready(self) -> None:
        """Give every installation its technical services."""
        from contracts import services

        post_migrate.connect(services.establish_after_migrate, sender=self)

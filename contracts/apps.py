"""The contracts app."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """Registers the app under its short label."""

    name = "contracts"
    verbose_name = "Customers and contracts"

"""The helpdesk app."""

from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    """Registers the app under its short label."""

    name = "helpdesk"
    verbose_name = "Helpdesk"

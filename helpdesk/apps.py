"""The helpdesk app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class HelpdeskConfig(AppConfig):
    """Registers the app under its short label, and what follows clocks and deliveries."""

    name = "helpdesk"
    verbose_name = "Helpdesk"

    def ready(self) -> None:
        """Connect the receivers, and tell sla what a ladder's steps may name."""
        from helpdesk import deadlines, delivery, ladder_words, roles  # noqa: F401 - two connect by being imported
        from sla import ladders

        ladders.speak(ladder_words.VOCABULARY)
        post_migrate.connect(roles.establish_after_migrate, sender=self)

"""`manage.py webhook_secret KEY`: what the receiver of a webhook checks its signatures with."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk.models import Webhook
from helpdesk.notifications import by_webhook
from helpdesk.notifications.transport import TransportError


class Command(BaseCommand):
    """Prints the secret, which is derived from WEBHOOK_SIGNING_KEY and stored nowhere."""

    help = "Print the secret with which a webhook's receiver checks signatures."

    def add_arguments(self, parser: CommandParser) -> None:
        """The webhook."""
        parser.add_argument("key", help="the webhook's key, as the console shows it")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print one line."""
        webhook = Webhook.objects.filter(key=options["key"].replace("\x00", "")).first()
        if webhook is None:
            raise CommandError(f"There is no webhook {options['key']!r}.")
        try:
            self.stdout.write(by_webhook.secret_of(webhook))
        except TransportError as error:
            raise CommandError(str(error)) from error

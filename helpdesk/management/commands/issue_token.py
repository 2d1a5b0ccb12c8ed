"""Make a token for the API."""

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.models import Account
from helpdesk.api.authentication import BILLING, SCOPES, issue_token


class Command(BaseCommand):
    help = (
        "Issue an API token for a customer's account, or for billing; it is shown once and kept as a digest."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose, for what, how long."""
        parser.add_argument("email")
        parser.add_argument("--name", default="token", help="what it is for")
        parser.add_argument("--scope", action="append", choices=(*SCOPES, BILLING), dest="scopes")
        parser.add_argument("--days", type=int, default=365, help="0: until it is revoked")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_args: Any, email: str, **options: Any) -> None:
        """Print the token."""
        account = Account.objects.filter(email=email.strip().lower(), is_active=True).first()
        is_for_billing = options["scopes"] == [BILLING]
        if account is None or not (account.is_staff if is_for_billing else hasattr(account, "person")):
            whom = "agent" if is_for_billing else "customer"
            raise CommandError(f"There is no {whom} who signs in as {email}.")
        if BILLING in (options["scopes"] or []) and not is_for_billing:
            raise CommandError("A token for billing has no other scope.")
        if options["days"] < 0:
            raise CommandError("--days counts forward.")
        token = issue_token(
            account,
            name=options["name"][:80],
            scopes=options["scopes"] or list(SCOPES),
            lives=timedelta(days=options["days"]) if options["days"] else None,
        )
        self.stdout.write(json.dumps({"token": token}) if options["as_json"] else token)

"""Says which tickets would be due at another time under a version of their policy; changes nothing."""

from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from helpdesk import moving
from helpdesk.management import moves
from sla import calendars, timekeeping, typed
from sla.models import PolicyVersion

LONGEST_NUMBER: Final = 9
"""Digits of a version's number that a database still takes."""


class Command(BaseCommand):
    """`manage.py dry_run_policy KEY@NUMBER [--json] [--limit N]`."""

    help = (
        "List the tickets whose due time would move if all live tickets of the policy were held to version "
        "NUMBER. Publishing it moves none of them: tickets keep the version in force at their receipt."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which version, a draft too."""
        parser.add_argument("version", metavar="KEY@NUMBER")
        moves.add_arguments(parser)

    def handle(self, *_args: Any, version: str, limit: int, as_json: bool, **_options: Any) -> None:
        """Print what would move."""
        try:
            told = moving.if_retargeted(_version(version), at=timekeeping.now(), limit=limit)
        except calendars.NoVersion as error:
            raise CommandError(f"Its calendar has no hours: {error}.") from error
        self.stdout.write(moves.written(told, as_json=as_json))


def _version(named: str) -> PolicyVersion:
    key, _at, number = named.replace("\x00", "").partition("@")
    wanted = typed.whole(number, digits=LONGEST_NUMBER)
    rows = PolicyVersion.objects.select_related("policy", "calendar").filter(policy__key=key)
    found = None if wanted is None else rows.filter(number=wanted).first()
    if found is None:
        raise CommandError(f"There is no version {named!r}; versions are named like support@2.")
    return found

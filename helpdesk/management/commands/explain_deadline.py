"""Says why a ticket is due when it is: each clock derived again from its events, date by date."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from helpdesk.models import Ticket
from sla import explaining, projection, ruling, timekeeping, typed
from sla.explaining import Explanation
from sla.models import Clock

WITHOUT_CLOCKS: Final = {
    Ticket.Entitlement.UNVERIFIED: "It has no clock: nobody has said yet where its sender belongs.",
    Ticket.Entitlement.NOT_NAMED: "It has no clock: its contract does not name its sender.",
    Ticket.Entitlement.UNCOVERED: "It has no clock: no contract was in force when it was received.",
}
NO_CLOCKS: Final = "It has no clock: requests of its kind have none."


class Command(BaseCommand):
    """`manage.py explain_deadline TICKET [--json]`."""

    help = "Explain the due times of a ticket: the rule, what counted, what did not, and what came of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which ticket, and in which form."""
        parser.add_argument("ticket", metavar="TICKET", help="its number, as in a subject: 42 or #42")
        parser.add_argument("--json", action="store_true", dest="as_json", help="facts for programs")

    def handle(self, *_args: Any, ticket: str, as_json: bool, **_options: Any) -> None:
        """Print the explanation; status 1 when there is none to give."""
        found, at = _ticket(ticket), timekeeping.now()
        clocks = [(clock, _explained(clock, at=at)) for clock in _clocks(found)]
        write = _as_json if as_json else _as_text
        self.stdout.write(write(found, clocks, at))


Explained = tuple[Clock, Explanation]


def _ticket(named: str) -> Ticket:
    number = typed.whole(named.removeprefix("#"))
    rows = Ticket.objects.select_related(
        "clock_set__policy_version__policy", "clock_set__calendar", "contract", "plan_version__plan"
    )
    found = None if number is None else rows.filter(pk=number).first()
    if found is None:
        raise CommandError(f"There is no ticket {named}.")
    return found


def _clocks(ticket: Ticket) -> list[Clock]:
    if ticket.clock_set is None:
        return []
    return list(ticket.clock_set.clocks.select_related("calendar", "clock_set__calendar"))


def _explained(clock: Clock, *, at: datetime) -> Explanation:
    try:
        return explaining.explain(clock, at=at)
    except projection.UNDERIVABLE as error:
        raise CommandError(f"{clock.metric} {clock.cycle} cannot be derived: {error}") from error


def _is_as_stored(clock: Clock, explanation: Explanation) -> bool:
    derived = (explanation.state, explanation.due_at, explanation.met_at, explanation.breached_at)
    return derived == (clock.state, clock.due_at, clock.met_at, clock.breached_at)


# --- for programs -------------------------------------------------------------------------------


def _as_json(ticket: Ticket, clocks: list[Explained], at: datetime) -> str:
    """Instants are ISO in UTC, durations are seconds."""
    clock_set = ticket.clock_set
    events = ruling.happened(clock_set) if clock_set else []
    report = {
        "ticket": ticket.pk,
        "at": at,
        "status": ticket.status,
        "entitlement": ticket.entitlement,
        "policy": str(clock_set.policy_version) if clock_set else None,
        "policy_version": asdict(ruling.of_policy(clock_set)) if clock_set else None,
        "calendar": clock_set.calendar.key if clock_set else None,
        "contract": str(ticket.contract) if ticket.contract else None,
        "plan": str(ticket.plan_version) if ticket.plan_version else None,
        "events": [asdict(event) for event in events],
        "clocks": [
            {"cycle": clock.cycle, **asdict(explanation), "is_as_stored": _is_as_stored(clock, explanation)}
            for clock, explanation in clocks
        ],
    }
    return json.dumps(report, cls=DjangoJSONEncoder, ensure_ascii=False)


# --- for people ---------------------------------------------------------------------------------


def _as_text(ticket: Ticket, clocks: list[Explained], _at: datetime) -> str:
    paragraphs = [_head(ticket), *(_paragraph(clock, explanation) for clock, explanation in clocks)]
    if ticket.clock_set:
        told = ruling.happened_words(ruling.happened(ticket.clock_set))
        paragraphs.append("\n".join(["What happened:", *told]))
    if not clocks:
        paragraphs.append(WITHOUT_CLOCKS.get(Ticket.Entitlement(ticket.entitlement), NO_CLOCKS))
    return "\n\n".join(paragraphs)


def _head(ticket: Ticket) -> str:
    standing = f"{ticket.get_status_display()}, {ticket.get_entitlement_display()}"
    lines = [str(ticket), ", ".join([standing, *_agreement(ticket)])]
    if ticket.clock_set is not None:
        lines.append(f"Policy: {ruling.policy_words(ruling.of_policy(ticket.clock_set))}.")
    return "\n".join(lines)


def _agreement(ticket: Ticket) -> Iterator[str]:
    if ticket.contract is not None:
        yield f"contract {ticket.contract}"
    if ticket.plan_version is not None:
        yield f"plan {ticket.plan_version}"


def _paragraph(clock: Clock, explanation: Explanation) -> str:
    lines = [*explanation.lines, *ruling.by_hand(clock, clock.clock_set.events.order_by("at", "id"))]
    if explanation.due_at is not None or explanation.aim is not None:
        lines += [f"Hours: {ruling.calendar_words(one)}." for one in explanation.calendar_versions]
    if not _is_as_stored(clock, explanation):
        lines.append("Stored otherwise; `manage.py rebuild_clocks` puts it right.")
    return "\n".join(lines)

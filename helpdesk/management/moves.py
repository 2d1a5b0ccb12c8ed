"""What a dry run found, as its commands print it: by ticket, a line each, or JSON."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from rich.console import Console
from rich.table import Table

from helpdesk import moving
from helpdesk.models import Ticket
from sla.dry_run import MOST, Move, Moves
from sla.models.policy import Cell

WIDE = 140


def add_arguments(parser: ArgumentParser) -> None:
    """How much to list, and in which form."""
    parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object")
    parser.add_argument(
        "--limit", type=_limit, default=MOST, metavar="N", help=f"list at most so many; {MOST} if not given"
    )


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):  # noqa: PLR2004 - digits
        raise ArgumentTypeError(f"{text!r} is no number of tickets to list")
    return int(text)


def written(told: Moves, *, as_json: bool) -> str:
    """The moves with their tickets' numbers; all are counted, even those beyond the limit."""
    tickets = moving.tickets_of([move.clock_set_id for move in told.moves])
    return _as_json(told, tickets) if as_json else _as_text(told, tickets)


def _as_json(told: Moves, tickets: dict[int, Ticket]) -> str:
    """Instants are ISO in UTC; a due time is null where there is none."""
    facts: dict[str, Any] = {
        "total": told.total,
        "looked_at": told.looked_at,
        "underivable": told.underivable,
        "moves": [{"ticket": _number(move, tickets), **asdict(move)} for move in told.moves],
    }
    return json.dumps(facts, cls=DjangoJSONEncoder)


def _as_text(told: Moves, tickets: dict[int, Ticket]) -> str:
    lines = [f"{told.total} of {told.looked_at} clocks would be due at another time; nothing was changed."]
    if told.underivable:
        lines.append(f"{told.underivable} cannot be told: `manage.py recompute_deadlines --check` says why.")
    if told.moves:
        lines.append(_table(told, tickets))
    if told.total > len(told.moves):
        lines.append(f"{told.total - len(told.moves)} more; --limit lists them.")
    return "\n".join(lines)


def _table(told: Moves, tickets: dict[int, Ticket]) -> str:
    table = Table("ticket", "metric", "due (UTC)", "would be due (UTC)")
    for move in told.moves:
        number = _number(move, tickets)
        table.add_row(
            f"#{number}" if number else "–",
            str(Cell.Metric(move.metric).label),
            _moment(move.due_at),
            _moment(move.would_be_due_at),
        )
    console = Console(width=WIDE, markup=False, emoji=False)
    with console.capture() as captured:
        console.print(table)
    return captured.get().rstrip()


def _number(move: Move, tickets: dict[int, Ticket]) -> int | None:
    ticket = tickets.get(move.clock_set_id)
    return ticket.pk if ticket else None


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "none"

"""The words in which a ladder speaks: what its steps may name above sla, and how a step itself is said.

Whom a step tells, which team gets the ticket and which webhook is called lie above sla, which keeps only
their keys. The app above says, when it starts, which keys there are; no door offers others, and no version
that names others is published.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext

from sla.models import LadderStep

HOUR: Final = 60
"""Minutes."""

Choices = Callable[[], Mapping[str, str]]
"""Asked anew each time, for teams come and go: names by key, in the order in which to offer them."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the steps of a ladder may name."""

    roles: Choices = dict
    teams: Choices = dict
    webhooks: Choices = dict


_spoken = Vocabulary()


def speak(vocabulary: Vocabulary) -> None:
    """Take the words of the app above, in the place of those before."""
    global _spoken  # noqa: PLW0603 - one desk a process, said once when it starts
    _spoken = vocabulary


def vocabulary() -> Vocabulary:
    """What may be named now; nothing before somebody spoke."""
    return _spoken


def unknown(steps: Iterable[LadderStep]) -> list[str]:
    """What the steps name and nobody knows, each such as `team "night"`, once."""
    roles, teams, webhooks = _spoken.roles(), _spoken.teams(), _spoken.webhooks()
    named: dict[str, None] = {}
    for step in steps:
        named |= {f'role "{key}"': None for key in step.tell if key not in roles}
        named |= {f'team "{key}"': None for key in [step.to_team] if key and key not in teams}
        named |= {f'webhook "{key}"': None for key in [step.webhook] if key and key not in webhooks}
    return list(named)


def idle(steps: Iterable[LadderStep]) -> list[str]:
    """The steps that do nothing, in words."""
    return [said(step.percent, step.offset_minutes) for step in steps if not step.actions]


def said(percent: int | None, offset_minutes: int | None) -> str:
    """A step in words: "at 75 %", "1 h before due", "when due", "2 h after due"."""
    if percent is not None:
        return gettext("at %d %%") % percent
    if not offset_minutes:
        return gettext("when due")
    words = gettext("%s after due") if offset_minutes > 0 else gettext("%s before due")
    return words % amount(offset_minutes)


def amount(minutes: int) -> str:
    """An amount of open time in units that every language of ours writes alike: "1 h 30 min"."""
    hours, rest = divmod(abs(minutes), HOUR)
    # A number and its unit are joined by a no-break space.
    return " ".join(
        [f"{hours}\N{NO-BREAK SPACE}h"] * bool(hours) + [f"{rest}\N{NO-BREAK SPACE}min"] * bool(rest)
    )

"""On what a target depends: the way something was asked, and by whom."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sla.models.policy import Cell


def nobody_is_named() -> bool:
    """Where nobody was named."""
    return False


@dataclass(frozen=True, slots=True)
class Asked:
    """How something was asked: channel and the asker's zone ("" not known), and whether by a named contact.

    The latter is looked up only where a target depends on it.
    """

    channel: str = ""
    zone: str = ""
    is_by_named_contact: Callable[[], bool] = nobody_is_named

    def fulfils(self, cell: Cell) -> bool:
        """Whether the cell holds for what was asked so."""
        if cell.channel and cell.channel != self.channel:
            return False
        return not cell.named_contacts_only or self.is_by_named_contact()


BY_ANYBODY: Final = Asked()
"""Whoever asked, on whichever way: only what holds for everybody holds."""

"""Cells of files that spreadsheets open."""

from typing import Final

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(cell: object) -> str:
    """The cell as text that no spreadsheet takes for a formula."""
    words = str(cell)
    return f"'{words}" if words.startswith(FORMULA) else words


class Echo:
    """What a CSV writer writes to when its rows leave one by one: it gives each back."""

    def write(self, row: str) -> str:
        """The row, as `csv` formatted it."""
        return row

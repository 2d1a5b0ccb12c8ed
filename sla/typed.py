"""What somebody typed, or put into an address, read as what it should be."""

from typing import Final

LONGEST: Final = 18
"""Digits of a number that a database still takes."""


def whole(text: str, *, digits: int = LONGEST) -> int | None:
    """The whole number of 0 or more that the text is; None where it is none, or has more digits."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= digits
    return int(text) if is_number else None

"""What never changes again is read once a process."""

from collections.abc import Hashable
from functools import partial
from typing import Final, Generic, TypeVar

from django.db import transaction

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

MOST: Final = 1_000
"""Values that one memory keeps; a desk publishes a few a year."""


class Memory(Generic[Key, Value]):
    """Keeps what is frozen in the database, by the row's number.

    What a transaction reads is kept when it commits: a row that is rolled back leaves nothing behind under
    a number that another row may get.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._kept: dict[Key, Value] = {}

    def get(self, key: Key) -> Value | None:
        """What is kept under that key."""
        return self._kept.get(key)

    def keep(self, key: Key, value: Value) -> None:
        """Keep it from the end of the transaction on; at once without one."""
        transaction.on_commit(partial(self._keep, key, value))

    def forget(self) -> None:
        """Know nothing again."""
        self._kept = {}

    def _keep(self, key: Key, value: Value) -> None:
        if len(self._kept) >= MOST:
            self.forget()
        self._kept[key] = value

"""Form fields for what is kept as JSON and typed as words."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from config.console import TextLine

WORD = re.compile(r"[a-z][a-z0-9_-]{0,29}")
LONGEST = 300


class ListOf(forms.CharField):
    """Words or whole numbers between commas; empty gives `empty`."""

    def __init__(self, *, of_numbers: bool = False, empty: Any = None, **kwargs: Any) -> None:
        """Take what an empty line means: a list, or None for whoever says otherwise."""
        self.of_numbers, self.empty = of_numbers, empty
        super().__init__(**{"max_length": LONGEST, "widget": TextLine, "required": False, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """A list as it is typed."""
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """A list; its model says whether that is a good one."""
        typed = [word.strip() for word in super().clean(value).split(",") if word.strip()]
        if not typed:
            return self.empty
        return [self._read(word) for word in typed]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as typed."""
        return bool(super().has_changed(self.prepare_value(initial) or "", data))

    def _read(self, word: str) -> str | int:
        if self.of_numbers and word.isascii() and word.isdecimal():
            return int(word)
        if not self.of_numbers and WORD.fullmatch(word):
            return word
        raise ValidationError(_("%(word)s cannot stand here."), code="bad_word", params={"word": word[:30]})

"""How a rule says no: by a name that callers know, and a sentence that whoever asked may see."""

from typing import ClassVar

from django.utils.functional import Promise


class Refusal(Exception):
    """What all of them have; the sentence is read in the language of whoever is told."""

    sentence: ClassVar[str | Promise] = ""

    def __str__(self) -> str:
        return str(self.sentence)

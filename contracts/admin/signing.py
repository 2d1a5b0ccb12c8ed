"""Who does something in the console, and when, as rules want to know it."""

from datetime import datetime
from typing import TypedDict

from django.http import HttpRequest

from sla import timekeeping


class Signed(TypedDict):
    """The keywords that every verb takes."""

    at: datetime
    by: str


def signed(request: HttpRequest) -> Signed:
    """Now, and the account that asks."""
    return {"at": timekeeping.now(), "by": f"account:{request.user.pk}"}

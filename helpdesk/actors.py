"""Who did something, as text: history outlives people."""

from contracts.models import Account, Person


def account(who: Account) -> str:
    """An agent or anybody else who is signed in to the console."""
    return f"account:{who.pk}"


def person(who: Person) -> str:
    """A customer."""
    return f"person:{who.pk}"


def system(part: str) -> str:
    """A part of the product that acts on its own, such as `beat` or `intake`."""
    return f"system:{part}"

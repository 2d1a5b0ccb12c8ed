"""Tags on tickets: put there by agents and ladders, never seen by customers."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.text import slugify

from contracts.models import Account
from helpdesk import actors, history, lifecycle
from helpdesk.models import Tag, Ticket
from helpdesk.refusals import NoSuchTag, TagMissing

LONGEST_NAME: Final = 40
MOST: Final = 20
"""Tags of one ticket."""
MOST_OFFERED: Final = 200


def add(ticket: Ticket, *, words: str, by: Account, at: datetime) -> Tag:
    """Put a tag on a ticket, a new one if there is none of these words; one that is there stays there.

    Raises:
        TagMissing: the words have no letter or digit that a key can be made of, or the ticket has enough.
    """
    with transaction.atomic():
        row = lifecycle.locked(ticket.pk)
        key = slugify(words[:LONGEST_NAME])
        if not key or row.tags.count() >= MOST:
            raise TagMissing
        put(row, key, name=words[:LONGEST_NAME].strip(), by=actors.account(by), at=at)
        return row.tags.get(key=key)


def of(ticket: Ticket) -> tuple[list[Tag], list[Tag]]:
    """The tags that a ticket carries, and as many others as can be offered, by name. One statement."""
    carried = Ticket.tags.through.objects.filter(ticket=ticket, tag=OuterRef("pk"))
    rows = Tag.objects.annotate(is_on=Exists(carried)).order_by("-is_on", "name", "key")[:MOST_OFFERED]
    return [tag for tag in rows if tag.is_on], [tag for tag in rows if not tag.is_on]


def remove(ticket: Ticket, *, key: str, by: Account, at: datetime) -> Tag:
    """Take a tag off a ticket.

    Raises:
        NoSuchTag.
    """
    with transaction.atomic():
        row = lifecycle.locked(ticket.pk)
        tag = row.tags.filter(key=key.replace("\x00", "")).first()
        if tag is None:
            raise NoSuchTag
        row.tags.remove(tag)
        history.note(row, "untagged", at=at, by=actors.account(by), tag=tag.name)
    return tag


def put(row: Ticket, key: str, *, by: str, at: datetime, name: str = "", reason: str = "") -> bool:
    """Put the tag of that key on a locked ticket; tells whether it was not there."""
    tag, _is_new = Tag.objects.get_or_create(key=key, defaults={"name": name or key})
    if row.tags.filter(pk=tag.pk).exists():
        return False
    row.tags.add(tag)
    history.note(row, "tagged", at=at, by=by, tag=tag.name, reason=reason)
    return True

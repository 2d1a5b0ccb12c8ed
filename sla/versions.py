"""Versions of anything that is said from a date on: published, in force at an instant, followed by the next.

A database constraint holds that no two published versions of one whole rule at the same instant, and triggers
that a published one says what it said; see `sla.frozen_versions`.
"""

from datetime import datetime
from typing import TypeVar

from django.apps import apps
from django.db import transaction
from django.db.models import Model, Q, QuerySet

from sla.models.version import Versioned, VersionStatus

Version = TypeVar("Version", bound=Versioned)


class PublicationRefused(ValueError):
    """A version that cannot be put in force, with a sentence for whoever tried."""


class NotADraft(PublicationRefused):
    """It was published before, and is frozen since."""


class NotLater(PublicationRefused):
    """It would rule before a version that is in force or scheduled: the past is never rewritten."""


def publish(version: Versioned, *, at: datetime) -> None:
    """Put a draft in force from its `valid_from`, at once or later; the one before it ends there.

    Of two that publish at the same time one waits for the other, and is judged after it.

    Raises:
        NotADraft, NotLater.
    """
    with transaction.atomic():
        _lock(version)
        version.refresh_from_db(fields=["status"])
        if not version.is_draft:
            raise NotADraft("This version was published before; a change is a new version.")
        siblings = published(_siblings(version))
        if siblings.filter(valid_from__gte=version.valid_from).exists():
            raise NotLater("A version begins after the one that it follows.")
        siblings.filter(_rules_after(version.valid_from)).update(valid_until=version.valid_from)
        version.status = VersionStatus.SCHEDULED
        version.save(update_fields=["status"])
        _turn_over(_siblings(version), at=at)
    version.refresh_from_db(fields=["status", "valid_until"])


def turn_over(model: type[Versioned], *, at: datetime) -> int:
    """Let the statuses follow the calendar: what was to begin is active, what ended is superseded.

    Returns how many became active.
    """
    return _turn_over(model._default_manager.all(), at=at)  # noqa: SLF001  documented in spite of its name


def _turn_over(rows: QuerySet[Versioned], *, at: datetime) -> int:
    with transaction.atomic():
        ended = rows.filter(status__in=(VersionStatus.ACTIVE, VersionStatus.SCHEDULED), valid_until__lte=at)
        ended.update(status=VersionStatus.SUPERSEDED)
        begun = rows.filter(status=VersionStatus.SCHEDULED, valid_from__lte=at)
        return begun.update(status=VersionStatus.ACTIVE)


def turn_all_over(*, at: datetime) -> int:
    """The same for the versions of everything, whichever app they are of."""
    return sum(turn_over(model, at=at) for model in apps.get_models() if issubclass(model, Versioned))


def published(rows: QuerySet[Version]) -> QuerySet[Version]:
    """Those of them that somebody may have been promised."""
    return rows.exclude(status=VersionStatus.DRAFT)


def in_force(rows: QuerySet[Version], *, at: datetime) -> QuerySet[Version]:
    """Those of them that rule at that instant, also a past one: at most one of each whole."""
    return published(rows).filter(_rules_after(at), valid_from__lte=at)


def next_number(rows: QuerySet[Version]) -> int:
    """The number that a further version of these gets."""
    last = rows.order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def _lock(version: Versioned) -> None:
    """Whoever publishes a version of the same whole waits."""
    whole: Model = getattr(version, version.whole)
    type(whole)._default_manager.select_for_update(of=("self",)).get(pk=whole.pk)  # noqa: SLF001  as above


def _siblings(version: Version) -> QuerySet[Version]:
    rows: QuerySet[Version] = type(version)._default_manager.all()  # noqa: SLF001  as above
    return rows.filter(**{version.whole: getattr(version, f"{version.whole}_id")})


def _rules_after(moment: datetime) -> Q:
    return Q(valid_until__isnull=True) | Q(valid_until__gt=moment)

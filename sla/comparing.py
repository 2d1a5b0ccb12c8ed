"""What one version says otherwise than another, field by field and cell by cell, in words (AM-01)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Field, ManyToManyField, Model, QuerySet
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext

from sla import ladders, versions
from sla.models.policy import Cell, LadderStep
from sla.models.version import Versioned

ABOUT_ITSELF: Final = frozenset({"id", "number", "status", "valid_from", "valid_until", "author", "document"})
"""What a version is, and not what it says."""
LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is said otherwise; what one of them does not say is empty."""

    name: str
    before: str
    after: str


def differences(older: Versioned, newer: Versioned) -> list[Difference]:
    """All that differs between two versions, in the order in which the newer says it."""
    before, after = dict(_said(older)), dict(_said(newer))
    pairs = [(name, before.get(name, ""), after.get(name, "")) for name in dict.fromkeys((*after, *before))]
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


def before(version: Versioned) -> Versioned | None:
    """The published version that this one follows, or would follow; None for the first."""
    earlier = around(version).filter(valid_from__lt=version.valid_from)
    return earlier.order_by("-valid_from").first()


def around(version: Versioned) -> QuerySet[Versioned]:
    """The other published versions of the same whole, as rows."""
    every: QuerySet[Versioned] = type(version)._default_manager.all()  # noqa: SLF001  documented all the same
    rows = every.filter(**{version.whole: getattr(version, f"{version.whole}_id")})
    return versions.published(rows).exclude(pk=version.pk)


def metric_said(metric: str) -> str:
    """A metric's name."""
    return str(Cell.Metric(metric).label)


def cell_said(cell: Any) -> str:
    """A cell, or one as it is shown, in words: "2 to 4 business hours, aim 1 business hours, on Lisbon"."""
    if cell.amount is None:
        return str(Cell.Kind(cell.kind).label)
    first = f"{cell.from_amount} – " if cell.from_amount else ""
    parts = [f"{first}{cell.amount} {Cell.Unit(cell.unit).label}"]
    if cell.aim_amount:
        parts.append(gettext("aim %(aim)s") % {"aim": f"{cell.aim_amount} {Cell.Unit(cell.aim_unit).label}"})
    if cell.calendar:
        parts.append(gettext("on %(calendar)s") % {"calendar": cell.calendar})
    return ", ".join(parts)


def conditions_said(cell: Any) -> str:
    """For whom alone a cell holds, after its words: " (whatsapp, named contacts)", or nothing."""
    conditions = [cell.channel] if cell.channel else []
    if cell.named_contacts_only:
        conditions.append(gettext("named contacts"))
    return f" ({', '.join(conditions)})" if conditions else ""


def _said(version: Versioned) -> Iterator[tuple[str, str]]:
    for field in version._meta.concrete_fields:  # noqa: SLF001  documented in spite of its name
        if field.name not in ABOUT_ITSELF | {version.whole}:
            yield str(capfirst(field.verbose_name)), _value(version, field)
    for field in version._meta.many_to_many:  # noqa: SLF001  as above
        yield str(capfirst(field.verbose_name)), _several(version, field)
    if hasattr(version, "cells"):
        for cell in version.cells.select_related("priority", "calendar"):
            yield _place(cell), cell_said(cell)
    if hasattr(version, "ladder"):
        for step in version.ladder.all():
            yield _step(step), _actions(step)


def _value(version: Versioned, field: "Field[Any, Any]") -> str:
    value = getattr(version, field.name)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value or ""))
    match value:
        case None:
            return ""
        case bool():
            return gettext("yes") if value else gettext("no")
        case datetime():
            return date_format(localtime(value), "j M Y H:i")
        case list() | dict():
            return _data_said(value)[:LONGEST]
        case _:
            return str(value)[:LONGEST]


def _data_said(value: Any) -> str:
    """What is kept as JSON: "email, portal", "key: training, limit: 1; key: advice"."""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_data_said(one)}" for name, one in value.items())
    if isinstance(value, list):
        joint = "; " if any(isinstance(one, dict | list) for one in value) else ", "
        return joint.join(map(_data_said, value))
    return str(value)


def _several(version: Model, field: "ManyToManyField[Any, Any]") -> str:
    return ", ".join(map(str, getattr(version, field.name).all()))


def _place(cell: Cell) -> str:
    return f"{cell.priority}: {metric_said(cell.metric)}{conditions_said(cell)}"


def _step(step: LadderStep) -> str:
    which = f" ({metric_said(step.metric)})" if step.metric else ""
    at = ladders.said(step.percent, step.offset_minutes)
    return gettext("Step %(at)s%(which)s") % {"at": at, "which": which}


def _actions(step: LadderStep) -> str:
    parts = [", ".join(step.tell), step.to_team, step.tag, step.webhook]
    if step.raises_priority:
        parts.append(gettext("raises the priority"))
    return "; ".join(part for part in parts if part)

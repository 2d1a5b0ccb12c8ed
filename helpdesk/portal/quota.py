"""How many tickets are left, said before one is spent (CR-07, CR-08)."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import DatabaseError

from contracts import coverage, quota
from contracts.coverage import Standing
from contracts.models import Contract, Person
from contracts.quota import QuotaLine
from helpdesk.portal import zones
from sla.hours import UnknownZone

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Quota:
    """What to say: the figures, or that they cannot be had now, or that no contract is in force."""

    contract: Contract | None
    line: QuotaLine | None
    city: str

    @property
    def is_used_up(self) -> bool:
        """Whether the next ticket is beyond the quota."""
        return self.line is not None and self.line.is_used_up

    @property
    def is_nearly_used_up(self) -> bool:
        """Whether a fifth or less is left."""
        line = self.line
        return line is not None and line.units is not None and (line.remaining or 0) * 5 <= line.units


def quota_of(person: Person, *, at: datetime) -> Quota | None:
    """A customer's quota; none for somebody whom no organisation knows, who is told nothing (D17)."""
    cover = coverage.cover(person, at=at)
    if cover.standing is Standing.UNVERIFIED:
        return None
    if cover.contract is None:
        return Quota(contract=None, line=None, city="")
    line = _line(cover.contract, at=at)
    return Quota(cover.contract, line, zones.city(line.zone) if line else "")


def _line(contract: Contract, *, at: datetime) -> QuotaLine | None:
    """Figures that cannot be had hinder nobody from writing."""
    try:
        return quota.quota_line(contract, at=at)
    except (DatabaseError, UnknownZone):
        log.exception("quota_unavailable", contract=contract.pk)
        return None

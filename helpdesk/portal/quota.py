"""How many tickets are left, said before one is spent (CR-07, CR-08)."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import DatabaseError

from contracts import coverage, money, quota, quota_terms
from contracts.coverage import Standing
from contracts.models import Contract, Person
from contracts.quota import QuotaLine
from contracts.quota_terms import QuotaTerms
from helpdesk.notifications import languages
from helpdesk.portal import zones
from sla.hours import UnknownZone

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Quota:
    """What to say: the figures, or that they cannot be had now, or that no contract is in force."""

    contract: Contract | None
    line: QuotaLine | None
    city: str
    mode: str = ""
    """What happens to a ticket beyond the quota (D14)."""
    price: str = ""
    may_ask: bool = True
    """False: the contract names who may open tickets, and the reader is not among them (CM-06)."""

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
    if line is None or cover.contract_version is None or cover.plan_version is None:
        return Quota(cover.contract, line, "")
    terms = quota_terms.merged(cover.contract_version, cover.plan_version)
    city = zones.city(line.zone)
    return Quota(cover.contract, line, city, terms.over_quota, price(terms), may_ask=cover.may_ask)


def price(terms: QuotaTerms) -> str:
    """What a ticket beyond the quota costs; nothing where none is billed."""
    if terms.overage_price is None:
        return ""
    return money.said(terms.overage_price, terms.overage_currency, languages.active())


def _line(contract: Contract, *, at: datetime) -> QuotaLine | None:
    """Figures that cannot be had hinder nobody from writing."""
    try:
        return quota.quota_line(contract, at=at)
    except (DatabaseError, UnknownZone):
        log.exception("quota_unavailable", contract=contract.pk)
        return None

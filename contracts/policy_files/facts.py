"""What a policy file says, as the product can keep it, and by name what it cannot."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sla.hours import CalendarSpec


class CellFacts(NamedTuple):
    """A cell of a plan: the fields of `sla.models.policy.Cell`; its calendar by key, "" being the plan's."""

    metric: str
    priority: str
    kind: str
    unit: str = ""
    amount: int | None = None
    from_amount: int | None = None
    aim_amount: int | None = None
    aim_unit: str = ""
    calendar: str = ""
    channel: str = ""
    named_contacts_only: bool = False


@dataclass(frozen=True, slots=True)
class QuotaFacts:
    """The quota of a plan: the fields of `PlanVersion` of the same names."""

    units: int | None = None
    units_per_contract: bool = False
    quota_metric: str = "tickets"
    quota_period: str = "month"
    anchor_day: int = 1
    rollover_periods: int = 0
    over_quota: str = "accept_and_flag"
    overage_price: str = ""
    overage_currency: str = ""


@dataclass(frozen=True, slots=True)
class CalendarFacts:
    """Hours as they stand in the file; holidays of `regions` are listed by whoever builds it."""

    key: str
    spec: CalendarSpec
    regions: tuple[str, ...] = ()
    follows_customer: bool = False
    """Whether its hours are read on each customer's own clock."""


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """One plan with its cells."""

    key: str
    label: str
    calendar: str
    channels: tuple[str, ...] = ()
    quota: QuotaFacts = QuotaFacts()
    named_contacts_max: int | None = None
    named_contacts_rule: str = ""
    entitlements: tuple[Mapping[str, Any], ...] = ()
    cells: tuple[CellFacts, ...] = ()


class Gap(NamedTuple):
    """Something that the policy says and the product cannot: the capability's code, and what exactly."""

    capability: str
    sentence: str


class Probe(NamedTuple):
    """An instant of receipt, and the due time that must come out."""

    plan: str
    priority: str
    metric: str
    start: datetime
    due: datetime
    day_mode: str
    line: int


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """One policy of the file: `document` is all of it as it was written."""

    key: str
    title: str
    label: str
    is_binding: bool
    effective_from: str
    effective_to: str
    scale: str
    priorities: tuple[tuple[str, int], ...]
    calendars: Mapping[str, CalendarFacts]
    plans: tuple[PlanFacts, ...]
    gaps: tuple[Gap, ...]
    unsaid: tuple[str, ...]
    """Cells that the source itself does not give."""
    probes: tuple[Probe, ...]
    document: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def is_expressed(self) -> bool:
        """Whether all that it says can be kept."""
        return not self.gaps

    def plan(self, key: str) -> PlanFacts:
        """The plan of that key, "" being the only or first one. Raises KeyError."""
        found = [plan for plan in self.plans if key in {"", plan.key}]
        if not found:
            raise KeyError(key)
        return found[0]

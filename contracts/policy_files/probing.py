"""The due times that come out of a policy, by the engine and without a database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from contracts.policy_files.cells import METRICS
from contracts.policy_files.expressing import with_holidays
from contracts.policy_files.facts import CellFacts, PlanFacts, PolicyFacts, Probe
from sla import policies
from sla.hours import WEEKDAYS, CalendarSpec, Hours, Timeline
from sla.hours.instants import DAY
from sla.models import PolicyVersion, TargetCell
from sla.policies import CountedOn

AROUND: Final = 30 * DAY
AHEAD: Final = 400 * DAY


@dataclass(frozen=True, slots=True)
class Probed:
    """A probe, and the due time that came out; None where the plan promises nothing."""

    probe: Probe
    due: datetime | None

    @property
    def holds(self) -> bool:
        """Whether what came out is what must."""
        return self.due == self.probe.due


def probe(policy: PolicyFacts) -> list[Probed]:
    """Every probe of the policy, reckoned by the rules that rule tickets."""
    return [Probed(one, _due(policy, policy.plan(one.plan), one)) for one in policy.probes]


def _due(policy: PolicyFacts, plan: PlanFacts, asked: Probe) -> datetime | None:
    cell = _cell(plan.cells, asked)
    if cell is None:
        return None
    calendar = policy.calendars[cell.calendar or plan.calendar]
    start = int(asked.start.timestamp())
    spec = with_holidays(calendar, range(asked.start.year - 1, asked.start.year + 3))
    if cell.unit in policies.PASSING:
        spec = CalendarSpec(spec.tz, dict.fromkeys(WEEKDAYS, (Hours(0, DAY),)))
    line = Timeline.build([(0, spec)], start - AROUND, start + AHEAD)
    target = policies.target_of(
        TargetCell(kind=cell.kind, unit=cell.unit, amount=cell.amount),
        PolicyVersion(day_mode=asked.day_mode, day_floor=True),
        CountedOn(0, spec.standard_day_seconds),
    )
    return datetime.fromtimestamp(line.due(start, target), UTC) if target is not None else None


def _cell(said: Iterable[CellFacts], asked: Probe) -> CellFacts | None:
    metric = METRICS.get(asked.metric)
    places = (cell for cell in said if (cell.metric, cell.priority) == (metric, asked.priority))
    return next((cell for cell in places if not cell.channel and not cell.named_contacts_only), None)

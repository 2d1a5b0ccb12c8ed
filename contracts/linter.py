"""What contradicts itself in plans and contracts: the linter on what really holds (SA-03, AM-02)."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from contracts import agreements, coverage, crediting, ledger, quota_terms, services, terms
from contracts.models import ContractVersion, OverQuota, PlanVersion
from contracts.quota_terms import QuotaTerms
from contracts.terms import Source
from sla import linter, policies
from sla.backlog import LOCALES
from sla.conditions import BY_ANYBODY
from sla.linter import Finding, Level
from sla.models import Calendar, PolicyVersion
from sla.models.policy import Cell

INSTANT: Final = timedelta(microseconds=1)
DAYS: Final = frozenset({Cell.Unit.DAYS})


def of_plan(version: PlanVersion, *, at: datetime) -> list[Finding]:
    """All that is found in a version of a plan, errors first."""
    where = str(version)
    ruling = policies.active_version(version.policy, at=max(at, version.valid_from))
    found = [
        *_channels(where, version.channels),
        *_quota(where, _own_quota(version), is_per_contract=version.units_per_contract),
        *languages(),
    ]
    if ruling is None:
        found.append(_no_policy(where, version))
    else:
        texts = (version.plan.name, version.named_contacts_rule)
        found += linter.french(where, texts, ruling.calendar, at=at)
    return sorted(set(found))


def of_contract(agreed: ContractVersion, *, at: datetime) -> list[Finding]:
    """All that is found in what a contract and its plan and policy say together, errors first."""
    instant, where = max(at, agreed.valid_from), str(agreed)
    plan = agreements.plan_version_of(agreed, at=instant)
    channels = agreements.channels_under(agreed, plan)
    quota = quota_terms.merged(agreed, plan)
    per_contract = plan.units_per_contract and agreed.units_source == ContractVersion.UnitsSource.PLAN
    found = [*_channels(where, channels), *_quota(where, quota, is_per_contract=per_contract)]
    ruling = agreed.pinned_policy_version or policies.active_version(plan.policy, at=instant)
    found += [*_credits(where, agreed), *_gap(where, agreed)]
    if ruling is None:
        found.append(_no_policy(where, plan))
    else:
        found += _merged(where, agreed, plan, ruling, at=instant)
    return sorted(set(found))


def _no_policy(where: str, plan: PlanVersion) -> Finding:
    sentence = f"No version of {plan.policy} is in force then: nothing would be promised."
    return Finding(Level.ERROR, "E3", where, sentence)


def _merged(
    where: str, agreed: ContractVersion, plan: PlanVersion, ruling: PolicyVersion, *, at: datetime
) -> Iterator[Finding]:
    """The cells as they hold together, those of the agreement in the place of the policy's."""
    calendar = agreed.calendar or ruling.calendar
    offered = set(plan.offered_priorities.values_list("pk", flat=True))
    own = coverage.agreed_cells(agreed)
    published = [cell for cell in policies.cells_of(ruling) if cell.priority_id in offered]
    together = terms.merged(published, own)
    yield from linter.of_cells(where, [cell for cell, _source in together], calendar, at=at)
    yield from linter.of_calendar(calendar, at=at)
    if agreed.calendar is not None and agreed.calendar != ruling.calendar:
        yield from _inherited_days(where, [cell for cell, source in together if source is Source.POLICY])
    yield from _looser(where, own, published, calendar, at=at)


def _inherited_days(where: str, cells: Sequence[Cell]) -> Iterator[Finding]:
    """W4: days that were promised on other hours count on the contract's own."""
    named = sorted({str(cell.priority) for cell in cells if cell.unit in DAYS and cell.calendar is None})
    if named:
        whose = ", ".join(named)
        sentence = f"The business days of {whose} are the policy's, and count on the contract's own calendar."
        yield Finding(Level.WARNING, "W4", where, sentence)


def _looser(
    where: str, own: Sequence[Cell], published: Sequence[Cell], calendar: Calendar, *, at: datetime
) -> Iterator[Finding]:
    """W9: what the agreement says to everybody is looser than what the policy does."""
    said = policies.holding(own, BY_ANYBODY)
    for place, cell in policies.holding(published, BY_ANYBODY).items():
        ours = said.get(place)
        if ours is not None and cell is not None and linter.looser(ours, cell, calendar, at=at):
            sentence = (
                f"The {cell.get_metric_display()} of {cell.priority} is looser than the policy's: "
                f"{linter.said(ours)} instead of {linter.said(cell)}."
            )
            yield Finding(Level.WARNING, "W9", where, sentence)


def _credits(where: str, agreed: ContractVersion) -> Iterator[Finding]:
    """W10: more is given back than was paid; and an error where nobody could read the scheme."""
    if agreed.credit_scheme is None:
        return
    try:
        scheme = crediting.parse(agreed.credit_scheme)
    except crediting.SchemeRefused as refusal:
        yield Finding(Level.ERROR, "E4", where, f"Its credits cannot be read: {refusal}")
        return
    if scheme.cap > crediting.ALL:
        yield Finding(
            Level.WARNING, "W10", where, f"Credits of up to {scheme.cap} % give back more than all."
        )


def _gap(where: str, agreed: ContractVersion) -> Iterator[Finding]:
    """W11: between the customer's contract before this one and its beginning nothing governs (AM-01)."""
    contract = agreed.contract
    earlier = ledger.contracts_of(contract.organisation).filter(ends_at__lt=contract.starts_at)
    last = earlier.exclude(pk=contract.pk).order_by("-ends_at").first()
    if last is None or agreed.valid_from > contract.starts_at:
        return
    if coverage.agreement_in_force(contract.organisation_id, at=contract.starts_at - INSTANT) is None:
        sentence = f"Nothing governs from the end of {last}, {last.ends_at:%Y-%m-%d}, to its beginning."
        yield Finding(Level.WARNING, "W11", where, sentence)


def _channels(where: str, channels: list[str]) -> Iterator[Finding]:
    if not channels:
        yield Finding(Level.WARNING, "W6", where, f"{where} has no channel: nobody could ask.")


def _own_quota(version: PlanVersion) -> QuotaTerms:
    """The plan's quota as a contract that says nothing would have it."""
    return quota_terms.merged(ContractVersion(plan_version=version), version)


def _quota(where: str, quota: QuotaTerms, *, is_per_contract: bool) -> Iterator[Finding]:
    """W7: empty is unlimited and 0 is none, which is easily taken for the other (D15)."""
    if is_per_contract:
        return
    if quota.units is None:
        yield Finding(Level.WARNING, "W7", where, f"{where} has an empty quota: it is unlimited.")
        if quota.over_quota != OverQuota.ACCEPT_AND_FLAG:
            sentence = f"{where} says what happens beyond its quota, and has none to go beyond."
            yield Finding(Level.WARNING, "W7", where, sentence)
    elif quota.units == 0:
        yield Finding(Level.WARNING, "W7", where, f"{where} has a quota of 0: every ticket is beyond it.")


def languages() -> Iterator[Finding]:
    """W8: technical services that some customers would read in another language than theirs."""
    for category in services.offered():
        missing = [locale for locale in LOCALES if not category.names.get(locale, "").strip()]
        if missing:
            sentence = f"The technical service {category} has no name in {', '.join(missing)}."
            yield Finding(Level.WARNING, "W8", category.key, sentence)

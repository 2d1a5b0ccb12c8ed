"""What a policy says and the product cannot, by the capability's code and in words.

The codes are those of the list of capabilities that a file brings (C01, C02, …). What the source itself
leaves open is no gap of ours (`unsaid`), and words for people (definitions, exclusions) are kept as they are.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from contracts.policy_files import cells
from contracts.policy_files.facts import Gap
from sla import holidays

Said = Mapping[str, Any]

CHANNELS: Final[Mapping[str, str]] = {
    "portal": "portal",
    "web": "portal",
    "helpdesk": "portal",
    "in_app_web": "in_app",
    "in_app_mobile": "in_app",
    "in_app": "in_app",
    "email": "email",
    "whatsapp": "whatsapp",
    "api": "api",
}
"""The desk's channels by their names in a file; through others (by phone, say) an agent opens the ticket."""
OUR_REQUEST_TYPES: Final = frozenset({"support", "bug", "feedback", "technical_service"})
STARTS: Final = frozenset({"created", "unspecified"})


def gaps(policy: Said) -> tuple[Gap, ...]:
    """Everything that cannot be kept of a checked policy, each thing once."""
    return tuple(dict.fromkeys(_gaps(policy)))


def unsaid(policy: Said) -> tuple[str, ...]:
    """The cells of which the source does not say what holds."""
    return tuple(place for place, said in _targets(policy) if said.get("kind") == "unknown")


def unknown_regions(calendar: Said) -> list[str]:
    """Places whose holidays nobody lists."""
    return [region for region in calendar.get("holidays", {}).get("regions", []) if not _is_listed(region)]


def _is_listed(region: str) -> bool:
    try:
        holidays.public_holidays(region, "", [2025])
    except holidays.UnknownHolidays:
        return False
    return True


def _gaps(policy: Said) -> Iterator[Gap]:
    for key, calendar in policy.get("calendars", {}).items():
        yield from _of_calendar(key, calendar)
    for plan in policy["plans"]:
        yield from _of_plan(plan)
    for place, said in _targets(policy):
        yield from _of_cell(place, said)
    yield from _of_clocks(policy)
    for tier in policy.get("tiers", []):
        if "calendar" in tier:
            yield Gap("C07", f"{tier['key']} of support has hours of its own")
    others = {row["key"] for row in policy.get("ticket_types", [])} - OUR_REQUEST_TYPES
    if others:
        yield Gap("C31", f"kinds of request of its own: {', '.join(sorted(others))}")


def _of_calendar(key: str, said: Said) -> Iterator[Gap]:
    for region in unknown_regions(said):
        yield Gap("C10", f"{key} closes on the holidays of {region!r}, which nobody lists")
    if "cut_off" in said:
        yield Gap("C11", f"{key} has a cut-off within the day: {said['cut_off']}")


def _of_plan(plan: Said) -> Iterator[Gap]:
    key, quota = plan["key"], plan.get("quota", {})
    of = (plan.get("named_contacts") or {}).get("applies_to", ())
    if of:
        what = of if isinstance(of, str) else ", ".join(of)
        yield Gap("C28", f"{key}: named contacts are needed for {what} alone")
    for rule in quota.get("counting", []):
        yield Gap("C27", f"{key}: a rule of counting that is told in words: {rule}")
    if quota.get("over_quota") and "price" not in quota:
        modes = " or ".join(quota["over_quota"])
        yield Gap("C26", f"{key}: over quota {modes}, at no price that the source gives")
    if "approval" in quota:
        yield Gap("C26", f"{key}: {quota['approval']}")
    for metric in plan["targets"]:
        if metric not in cells.METRICS:
            yield Gap("C20", f"{key}: {metric} is nothing that is measured here")


def _of_cell(place: str, said: Said) -> Iterator[Gap]:
    if said.get("kind") in {"asap", "immediate"}:
        yield Gap("C17", f"{place} is {said['kind']}, which no clock can hold anybody to")
    if "then" in said:
        yield Gap("C17", f"{place} has a second target after the first")
    if said.get("unit") == "next_business_day":
        yield Gap("C13", f"{place} is due on the next business day, at an hour that nobody names")
    requires = said.get("requires", {})
    channel = requires.get("channel")
    if channel is not None and channel not in CHANNELS:
        yield Gap("C30", f"{place} holds only through {channel}, which the desk has not")
    if "flag" in requires:
        yield Gap("C30", f"{place} holds only where {requires['flag']}")
    if "applies_to" in said:
        yield Gap("C31", f"{place} holds only for {', '.join(said['applies_to'])}")


def _of_clocks(policy: Said) -> Iterator[Gap]:
    clock = policy.get("clock", {})
    starts = clock.get("starts_on", "created")
    if starts not in STARTS:
        yield Gap("C20", f"clocks start when a ticket is {starts}, not when it is received")
    for name in ("resolution_starts_on", "first_response_stop"):
        if name in clock:
            yield Gap("C20", f"{name}: {clock[name]}")


def _targets(policy: Said) -> Iterator[tuple[str, Said]]:
    for plan in policy["plans"]:
        for metric, by_priority in plan["targets"].items():
            for priority, said in by_priority.items():
                named = "every priority" if priority == "*" else priority
                yield f"{plan['key']}: {metric} of {named}", said

"""Who hears an alarm: a step names levels, and a level where nobody is on duty is the next one's.

The assignee, the lead, the desk's managers, the customer's account owner, whoever is on call: in this order,
and never nobody.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog

from contracts.accounts import is_on_duty
from contracts.models import Account
from helpdesk.ladder_words import ASSIGNEE, LEAD, MANAGER, ON_CALL, OWNER, ROLES
from helpdesk.models import OnCallShift, Ticket

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """Who hears it, each once, and who of them by WhatsApp."""

    accounts: Sequence[Account]
    by_whatsapp: Collection[Account] = field(default=frozenset())


def told_of(ticket: Ticket, levels: Collection[str], *, at: datetime) -> Heard:
    """Who is told of a ticket that rings, at the instant at which they are to hear it.

    A step that names no level tells nobody.
    """
    asked = [level for level in ROLES if level in levels]
    people: dict[int, Account] = {}
    by_whatsapp: set[Account] = set()
    for level in dict.fromkeys(_answering(level, ticket, at=at) for level in asked):
        there = _there(level, ticket, at=at) if level else _last_resort(ticket)
        people |= {account.pk: account for account in there}
        if level == ON_CALL:
            by_whatsapp |= _on_whatsapp(there, at=at)
    return Heard(list(people.values()), by_whatsapp)


def _answering(level: str, ticket: Ticket, *, at: datetime) -> str:
    """The first level from this one up at which somebody is on duty; empty when there is none."""
    order = list(ROLES)
    higher = order[order.index(level) :]
    return next((each for each in higher if _there(each, ticket, at=at)), "")


def _there(level: str, ticket: Ticket, *, at: datetime) -> list[Account]:
    """Who is on duty at a level."""
    return [account for account in LEVELS[level](ticket, at) if is_on_duty(account, at=at)]


# --- the levels ---------------------------------------------------------------------------------


def _assignee(ticket: Ticket, _at: datetime) -> Iterable[Account]:
    return [ticket.assignee] if ticket.assignee is not None else []


def _leads(ticket: Ticket, at: datetime) -> Iterable[Account]:
    """The team's lead; where there is none, or they are away, the other leads."""
    lead = ticket.team.lead if ticket.team is not None else None
    if lead is not None and is_on_duty(lead, at=at):
        return [lead]
    return Account.objects.filter(is_lead=True, is_active=True).order_by("pk")


def _managers(_ticket: Ticket, _at: datetime) -> Iterable[Account]:
    return Account.objects.filter(is_desk_manager=True, is_active=True).order_by("pk")


def _owner(ticket: Ticket, _at: datetime) -> Iterable[Account]:
    owner = ticket.organisation.account_owner if ticket.organisation is not None else None
    return [owner] if owner is not None else []


def _on_call(_ticket: Ticket, at: datetime) -> Iterable[Account]:
    shifts = OnCallShift.objects.filter(starts_at__lte=at, ends_at__gt=at).select_related("account")
    return {shift.account_id: shift.account for shift in shifts}.values()


LEVELS: Final[Mapping[str, Callable[[Ticket, datetime], Iterable[Account]]]] = {
    ASSIGNEE: _assignee,
    LEAD: _leads,
    MANAGER: _managers,
    OWNER: _owner,
    ON_CALL: _on_call,
}


def _on_whatsapp(there: Iterable[Account], *, at: datetime) -> set[Account]:
    shifts = OnCallShift.objects.filter(
        account__in=list(there), starts_at__lte=at, ends_at__gt=at, channel=OnCallShift.Channel.WHATSAPP
    )
    chosen = set(shifts.values_list("account", flat=True))
    return {account for account in there if account.pk in chosen}


def _last_resort(ticket: Ticket) -> list[Account]:
    """Nobody is on duty at any level: all leads, else all superusers, away or not."""
    active = Account.objects.filter(is_active=True).order_by("pk")
    leads = list(active.filter(is_lead=True)) or list(active.filter(is_superuser=True))
    log.error("nobody is on duty", ticket=ticket.pk, told=[account.pk for account in leads])
    return leads

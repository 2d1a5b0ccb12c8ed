"""The desk's roles: what agents, leads and admins may do in the console.

Everybody at the desk sees everything of it. Agents work on tickets and keep people in order; leads decide
about quarantined mail, excuses, backlog periods, organisations and teams too; admins make what is promised:
contracts, plans, policies, calendars, accounts. Nobody changes history, and nothing that others refer to is
deleted.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from contracts.models import Account

AGENT, LEAD, ADMIN = "agent", "lead", "admin"

_AGENTS: Final = frozenset(
    {
        "auth.view_group",
        "helpdesk.change_ticket",
        "contracts.add_person",
        "contracts.change_person",
        "contracts.add_address",
        "contracts.change_address",
        "contracts.change_quote",
    }
)
_LEADS: Final = frozenset(
    {
        "helpdesk.change_team",
        "helpdesk.add_oncallshift",
        "helpdesk.change_oncallshift",
        "helpdesk.delete_oncallshift",
        "helpdesk.add_tag",
        "helpdesk.change_tag",
        "helpdesk.delete_tag",
        "contracts.add_organisation",
        "contracts.change_organisation",
        "contracts.add_maildomain",
        "contracts.change_maildomain",
        "contracts.delete_maildomain",
        "contracts.delete_address",
        "sla.change_excuse",
        "sla.add_backlogperiod",
        "sla.change_backlogperiod",
    }
)
_MADE_BY_ADMINS: Final = (
    "helpdesk.team",
    "helpdesk.requesttype",
    "helpdesk.webhook",
    "contracts.account",
    "contracts.contract",
    "contracts.contractcell",
    "contracts.contractorganisation",
    "contracts.contractversion",
    "contracts.plan",
    "contracts.planversion",
    "contracts.restorecheck",
    "contracts.servicecategory",
    "contracts.usualline",
    "sla.priority",
    "sla.policy",
    "sla.policyversion",
    "sla.targetcell",
    "sla.ladderstep",
    "sla.calendar",
    "sla.calendarversion",
)
_TAKEN_AWAY_BY_ADMINS: Final = frozenset(
    {
        "contracts.delete_contractcell",
        "contracts.delete_contractorganisation",
        "contracts.delete_plan",
        "contracts.delete_servicecategory",
        "contracts.delete_usualline",
        "sla.delete_targetcell",
        "sla.delete_ladderstep",
        "helpdesk.delete_team",
    }
)

_SEEN_APPS: Final = ("helpdesk", "contracts", "sla")

_rights: dict[str, frozenset[str]] = {}
"""What doors above this app add to a role, by role."""


def also(role: str, *rights: str) -> None:
    """Let a role do more, such as `app.change_model`; an app above tells it when it starts."""
    _rights[role] = _rights.get(role, frozenset()) | frozenset(rights)


def rights_of(role: str) -> frozenset[str]:
    """What a role may do besides seeing: a lead what agents may too, an admin what leads may too."""
    if role == AGENT:
        return _AGENTS | _rights.get(AGENT, frozenset())
    if role == LEAD:
        return rights_of(AGENT) | _LEADS | _rights.get(LEAD, frozenset())
    return rights_of(LEAD) | _makes(_MADE_BY_ADMINS) | _TAKEN_AWAY_BY_ADMINS | _rights.get(ADMIN, frozenset())


def establish() -> None:
    """Make the three roles as they are meant here; doing it again repairs them and changes nothing else."""
    for app in apps.get_app_configs():
        create_permissions(app, verbosity=0)
    seen = list(
        Permission.objects.filter(codename__startswith="view_", content_type__app_label__in=_SEEN_APPS)
    )
    for role in (AGENT, LEAD, ADMIN):
        group, _made = Group.objects.get_or_create(name=role)
        group.permissions.set([*seen, *_permissions(rights_of(role))])


def establish_after_migrate(**_signal: Any) -> None:
    """Every installation has the roles, from its first migration on."""
    establish()


def give(account: Account, role: str) -> None:
    """Give a role to an account of the desk; the roles must have been established."""
    account.groups.add(Group.objects.get(name=role))


def _makes(models: Iterable[str]) -> frozenset[str]:
    named = (model.split(".") for model in models)
    return frozenset(f"{app}.{verb}_{name}" for app, name in named for verb in ("add", "change"))


def _permissions(rights: Iterable[str]) -> list[Permission]:
    wanted = Q()
    for right in rights:
        app, codename = right.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    return list(Permission.objects.filter(wanted))

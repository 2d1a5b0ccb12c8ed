"""What the ladders of policies may name: the desk's levels, its teams and its webhooks.

Said in English, which is the console's language.
"""

from collections.abc import Mapping
from typing import Final

from helpdesk.models import Team, Webhook
from sla.ladders import Vocabulary

ASSIGNEE, LEAD, MANAGER, OWNER, ON_CALL = "assignee", "lead", "manager", "account_owner", "on_call"

ROLES: Final = {
    ASSIGNEE: "assignee",
    LEAD: "lead",
    MANAGER: "desk manager",
    OWNER: "account owner",
    ON_CALL: "on call",
}
"""From the level that is told first to the one that is there when no other is."""


def _roles() -> Mapping[str, str]:
    return ROLES


def _teams() -> Mapping[str, str]:
    return dict(Team.objects.order_by("name").values_list("key", "name"))


def _webhooks() -> Mapping[str, str]:
    return dict(Webhook.objects.filter(is_active=True).order_by("name").values_list("key", "name"))


VOCABULARY: Final = Vocabulary(_roles, _teams, _webhooks)

"""Who may change whose account, and who is there.

Nobody makes or alters somebody who may do more than they may themselves.
"""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

from contracts.models import Account


def may_alter(by: Account, whom: Account) -> bool:
    """Whether `by` may change that account: its rights are among their own, also while it is inactive."""
    if by.is_superuser:
        return True
    return not whom.is_superuser and not _beyond(by, _rights_of(whom))


def may_give(by: Account, roles: Iterable[Group]) -> bool:
    """Whether `by` may give these roles: all that they allow is allowed to `by`."""
    return by.is_superuser or not _beyond(by, Permission.objects.filter(group__in=list(roles)))


def is_on_duty(account: Account, *, at: datetime) -> bool:
    """Whether somebody can be reached then: their account is active, and they are not away."""
    if not account.is_active:
        return False
    if account.away_from is None and account.away_until is None:
        return True
    has_left = account.away_from is None or account.away_from <= at
    is_back = account.away_until is not None and account.away_until <= at
    return is_back or not has_left


def _beyond(by: Account, rights: QuerySet[Permission]) -> bool:
    named = rights.values_list("content_type__app_label", "codename")
    return bool({f"{app}.{codename}" for app, codename in named} - by.get_all_permissions())


def _rights_of(whom: Account) -> QuerySet[Permission]:
    return Permission.objects.filter(Q(user=whom) | Q(group__user=whom))

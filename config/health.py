"""Whether the product lives (`/healthz`) and whether it can do its work (`/readyz`)."""

import functools
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from channels_inbound.models import InboundMessage
from helpdesk.models import OutboundMessage
from sla import timekeeping
from sla.models import Heartbeat

logger = structlog.get_logger(__name__)


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers; asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when every check holds, else 503; the JSON says which, without a word of the inside."""
    checks = {check.__name__: _outcome(check) for check in (database, migrations, beat, backlog)}
    ready = all(outcome["ok"] for outcome in checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


def _outcome(check: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return check()
    except DatabaseError as error:
        logger.warning("readiness check failed", check=check.__name__, error=str(error))
        return {"ok": False}


def database() -> dict[str, Any]:
    """One answer from the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return {"ok": cursor.fetchone() == (1,)}


def migrations() -> dict[str, Any]:
    """No migration of this version is missing."""
    return {"ok": is_migrated() or _forget_and_fail()}


@functools.cache
def is_migrated() -> bool:
    """Migrations only go forward, so a yes is kept for the life of the process."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _forget_and_fail() -> bool:
    is_migrated.cache_clear()
    return False


def beat() -> dict[str, Any]:
    """The age of the heartbeat, which beat asks for and the worker writes."""
    last = Heartbeat.objects.order_by("-at").values_list("at", flat=True).first()
    age = _age(last)
    return {"ok": age is not None and age <= settings.HEARTBEAT_LIMIT.total_seconds(), "age_seconds": age}


def backlog() -> dict[str, Any]:
    """The age of the oldest row that should have been dealt with, coming in or going out."""
    waiting = InboundMessage.objects.filter(state__in=("waiting", "leased")).order_by("received_at")
    due = OutboundMessage.objects.filter(state__in=("queued", "sending"), send_after__lte=timekeeping.now())
    ages = {
        "inbound_age_seconds": _age(waiting.values_list("received_at", flat=True).first()) or 0,
        "outbound_age_seconds": _age(due.order_by("send_after").values_list("send_after", flat=True).first())
        or 0,
    }
    return {"ok": max(ages.values()) <= settings.BACKLOG_LIMIT.total_seconds(), **ages}


def _age(then: datetime | None) -> float | None:
    return None if then is None else round((timekeeping.now() - then).total_seconds(), 1)

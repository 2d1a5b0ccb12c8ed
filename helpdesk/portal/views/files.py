"""Files of a conversation."""

import uuid
from collections.abc import Callable
from typing import Any, ParamSpec

from csp.decorators import csp_replace
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from contracts.models import Person
from helpdesk import pictures, visibility
from helpdesk.models import Attachment
from helpdesk.portal.signed_in import for_customers
from helpdesk.refusals import NotYourTicket
from sla import timekeeping

P = ParamSpec("P")


def locked_up(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Let nothing in a file that a stranger sent run, whatever a browser takes it for."""
    decorate: Any = csp_replace({"default-src": ["'none'"], "sandbox": True})
    locked: Callable[P, HttpResponseBase] = decorate(view)
    return locked


@require_safe
@for_customers
@locked_up
@cache_control(private=True, max_age=3600)
def download(_request: HttpRequest, person: Person, uid: uuid.UUID) -> HttpResponseBase:
    """A file, to be saved and never to be shown."""
    file = _theirs(person, uid)
    return FileResponse(
        file.file.open("rb"), as_attachment=True, filename=file.name, content_type="application/octet-stream"
    )


@require_safe
@for_customers
@locked_up
@cache_control(private=True, max_age=3600)
def picture(_request: HttpRequest, person: Person, uid: uuid.UUID) -> HttpResponseBase:
    """A picture, shown in the conversation when its content really is one."""
    file = _theirs(person, uid)
    opened = file.file.open("rb")
    kind = pictures.kind_of(opened.read(pictures.LONGEST_MARK)) if pictures.may_be_one(file) else None
    if kind is None:
        opened.close()
        raise Http404
    opened.seek(0)
    return FileResponse(opened, filename=file.name, content_type=kind)


def _theirs(person: Person, uid: uuid.UUID) -> Attachment:
    try:
        return visibility.file_for_customer(person, str(uid), at=timekeeping.now())
    except NotYourTicket:
        raise Http404 from None

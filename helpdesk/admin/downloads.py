"""What strangers sent, served so that nothing of it can act: a mail's formatting, and files."""

import uuid
from collections.abc import Callable
from typing import Final, cast

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from helpdesk import pictures, visibility
from helpdesk.admin import asked
from helpdesk.models import Attachment, Message
from helpdesk.sanitise import sanitise_html

View = Callable[..., HttpResponseBase]
Guard = Callable[[View], View]

WITHOUT_POWERS: Final = "allow-popups allow-popups-to-escape-sandbox allow-same-origin"
"""No scripts, no forms, no navigation of our page; our page may measure it, a link opens a new window."""

FRAME: Final = {
    "default-src": [NONE],
    "script-src": [NONE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": WITHOUT_POWERS.split(),
}
FRAMED: Final = cast("Guard", csp_replace(FRAME))
FRAMED_WITH_IMAGES: Final = cast(
    "Guard", csp_replace(FRAME | {"img-src": [SELF, "data:", "https:", "http:"]})
)
LOCKED_UP: Final = cast(
    "Guard", csp_replace({"default-src": [NONE], "script-src": [NONE], "style-src": [NONE], "sandbox": True})
)


@require_safe
@xframe_options_sameorigin
def body(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    """A message as its sender formatted it, for a sandboxed frame of our page.

    It was sanitised when it came, and is once more; pictures from other servers, which tell their owner that
    somebody reads, are left out until they are asked for with `?images=1`.
    """
    asked.may(request, "view")
    seen = Message.objects.filter(uid=uid, ticket__in=visibility.queue_for(asked.by(request)))
    message = seen.exclude(html="").prefetch_related("attachments").first()
    if message is None:
        raise Http404
    with_images = "images" in request.GET
    html = sanitise_html(message.html, remote_images=with_images, cid_url=_addresses(message).get)
    return letter(request, str(message), html, with_images=with_images)


def letter(request: HttpRequest, title: str, html: str, *, with_images: bool = False) -> HttpResponseBase:
    """A page for a frame with that sanitised HTML, under a policy that lets nothing run."""
    context = {"title": title, "body": mark_safe(html)}  # noqa: S308  sanitised by the caller
    framed = FRAMED_WITH_IMAGES if with_images else FRAMED
    return framed(render)(request, "admin/helpdesk/ticket/body.html", context)


def _addresses(message: Message) -> dict[str, str]:
    """Where the pictures inside a mail are, by their Content-ID."""
    return {
        file.content_id.strip("<>"): reverse("admin:helpdesk_attachment", args=(file.uid,)) + "?show=1"
        for file in message.attachments.all()
        if file.content_id and file.scan != Attachment.Scan.INFECTED
    }


@require_safe
@LOCKED_UP
@cache_control(private=True, max_age=3600)
def file(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    """A file, to be saved; with `?show=1` one of four kinds of picture, known by its content."""
    attachment = _visible(request, uid)
    opened = attachment.file.open("rb")
    if "show" not in request.GET:
        return FileResponse(
            opened, as_attachment=True, filename=attachment.name, content_type="application/octet-stream"
        )
    kind = pictures.kind_of(opened.read(pictures.LONGEST_MARK)) if pictures.may_be_one(attachment) else None
    if kind is None:
        opened.close()
        raise Http404
    opened.seek(0)
    return FileResponse(opened, filename=attachment.name, content_type=kind)


def _visible(request: HttpRequest, uid: uuid.UUID) -> Attachment:
    asked.may(request, "view")
    seen = Attachment.objects.filter(uid=uid, message__ticket__in=visibility.queue_for(asked.by(request)))
    attachment = seen.exclude(scan=Attachment.Scan.INFECTED).first()
    if attachment is None:
        raise Http404
    return attachment

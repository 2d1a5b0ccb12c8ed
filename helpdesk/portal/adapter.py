"""How allauth behaves here: nobody signs up, and its mail leaves through the outbox."""

import uuid
from typing import Any, ClassVar, Final

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from helpdesk.models import OutboundMessage
from helpdesk.notifications import languages, outbox, wording
from sla import timekeeping

LETTERS: Final = {"account/email/login_code": "sign_in"}
"""Of allauth's mails the one that the pages we have can send, and our letter for it."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts exist because a contract or an administrator made them."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _("That was too often. Please wait a few minutes and try again."),
        "incorrect_code": _("This is not the code that we sent."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Nobody signs up."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Agents go to their console, customers to their tickets."""
        return reverse("admin:index" if request.user.is_staff else "portal:home")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put a code into the outbox, so that a mail server that is away is no error here."""
        language = languages.active()
        words = wording.mail(LETTERS[template_prefix], language=language, **_facts(context))
        outbox.queue(
            kind=OutboundMessage.Kind.SIGN_IN,
            channel=OutboundMessage.Channel.EMAIL,
            to=email,
            subject=words.subject,
            text=words.text,
            html=words.html,
            language=language,
            at=timekeeping.now(),
            dedupe_key=f"sign_in:{uuid.uuid4()}",
        )


def _facts(context: dict[str, Any]) -> dict[str, Any]:
    """What the letter says of a code."""
    minutes = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60
    return {"code": context["code"], "site": settings.SITE_HOST, "minutes": minutes}

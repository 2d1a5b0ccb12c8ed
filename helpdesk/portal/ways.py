"""The ways to reach support, with their addresses."""

from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Way:
    """One channel: what it is called, what to say about it, and where it leads, if anywhere."""

    key: str
    name: str | Promise
    text: str | Promise
    label: str | Promise = ""
    url: str = ""


def ways(offered: Collection[str]) -> list[Way]:
    """The channels that some plan offers and that are set up, in the order of the policy."""
    return [way for way in (_portal(), _in_app(), _email(), _whatsapp()) if way and way.key in offered]


def _portal() -> Way:
    text = _("Write, attach files, and see where everything stands.")
    return Way("portal", _("This portal"), text, _("Open a ticket"), reverse("portal:new"))


def _in_app() -> Way:
    text = _("Ask from inside our web and mobile apps; we then know where you are.")
    return Way("in_app", _("Inside the apps"), text)


def _email() -> Way:
    address = settings.SUPPORT_ADDRESS
    text = _("Write as you always do. Answers come back to your mailbox.")
    return Way("email", _("E-mail"), text, address, f"mailto:{address}")


def _whatsapp() -> Way | None:
    """Only with a number of ours."""
    number = settings.TWILIO_FROM.removeprefix("whatsapp:")
    if not number:
        return None
    text = _("Handy on the way: send a photo or a voice message.")
    return Way("whatsapp", "WhatsApp", text, number, f"https://wa.me/{number.lstrip('+')}")

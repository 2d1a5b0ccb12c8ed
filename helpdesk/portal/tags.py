"""The portal's own template tags: dates as each language writes them, and icons."""

from datetime import date, datetime
from typing import Final

from django import template
from django.templatetags.static import static
from django.utils.dateformat import format as formatted
from django.utils.html import format_html
from django.utils.safestring import SafeString

from helpdesk.notifications import languages, moments
from helpdesk.portal.holiday_names import holiday_said
from helpdesk.portal.zones import zone_name

register = template.Library()

PATTERNS: Final = {
    "en": {
        "moment": "D j M Y, H:i",
        "near": "D j M, H:i",
        "weekday": "l j F, H:i",
        "day_and_time": "j M H:i",
        "date": "D j M",
        "day": "j F Y",
        "day_name": "l",
        "month": "M",
        "hour": "H:i",
    },
    "fr": {
        "moment": r"D. j N Y, H\hi",
        "near": r"D. j N, H\hi",
        "weekday": r"l j F, H\hi",
        "day_and_time": r"j N, H\hi",
        "date": r"D. j N",
        "day": "j F Y",
        "day_name": "l",
        "month": "N",
        "hour": r"H\hi",
    },
    "es": {
        "moment": "D j b Y, H:i",
        "near": "D j b, H:i",
        "weekday": r"l j \d\e F, H:i",
        "day_and_time": r"j b, H:i",
        "date": "D j b",
        "day": r"j \d\e F \d\e Y",
        "day_name": "l",
        "month": "b",
        "hour": "H:i",
    },
    "pt": {
        "moment": "D, j b Y, H:i",
        "near": "D, j b, H:i",
        "weekday": r"l, j \d\e F, H:i",
        "day_and_time": r"j b, H:i",
        "date": "D, j b",
        "day": r"j \d\e F \d\e Y",
        "day_name": "l",
        "month": "b",
        "hour": "H:i",
    },
}
"""Django's date format characters, by language and style."""


def said(value: date | None, style: str) -> str:
    """A date or instant in the reader's language."""
    if value is None:
        return ""
    language = languages.active().partition("-")[0]
    return moments.as_written(formatted(value, PATTERNS[language][style]), language)


@register.filter(expects_localtime=True)
def in_style(value: date | None, style: str) -> str:
    """A date or instant in words, in one of the styles of `PATTERNS`."""
    return said(value, style)


@register.filter(expects_localtime=True)
def as_time(value: datetime | None, style: str = "moment") -> SafeString:
    """The same as HTML that programs can read, too."""
    machines = value.isoformat() if value else ""
    return format_html('<time datetime="{}">{}</time>', machines, said(value, style))


register.filter(holiday_said)
register.filter("zone_said", zone_name)


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of the pictures of `static/portal/icons.svg`; it decorates, and says nothing to a screen reader."""
    address = f"{static('portal/icons.svg')}#{name}"
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', address)

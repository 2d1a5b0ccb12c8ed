"""Every address of the product, as its URL patterns say, and how to make a real one of each."""

import re
from collections.abc import Iterator
from functools import cache

from django.urls import get_resolver

GROUP = re.compile(r"\(\?P<(?P<name>\w+)>[^)]*\)")
ARGUMENT = re.compile(r"<(?:\w+:)?(?P<name>\w+)>")
MODEL = re.compile(r"/admin/(?P<app>channels_inbound|helpdesk|auth|contracts|sla)/(?P<model>\w+)/")


@cache
def patterns() -> tuple[str, ...]:
    """All of them, each once, as `/tickets/<int:number>/`."""
    return tuple(dict.fromkeys(_walk(get_resolver(), "/")))


def _walk(resolver, prefix: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        whole = prefix + GROUP.sub(r"<\g<name>>", str(entry.pattern).removeprefix("^").removesuffix("$"))
        if hasattr(entry, "url_patterns"):
            yield from _walk(entry, whole)
        else:
            yield whole


def filled(pattern: str, world, **instead: str) -> str:
    """The address with what the world has in the place of its arguments, or with something else instead."""
    return ARGUMENT.sub(
        lambda found: instead.get(found["name"]) or str(_value(found["name"], pattern, world)), pattern
    )


def arguments(pattern: str) -> list[str]:
    """The names of its arguments."""
    return ARGUMENT.findall(pattern)


def model_of(pattern: str) -> str | None:
    """The model whose pages an address of the console belongs to."""
    found = MODEL.match(pattern)
    return f"{found['app']}.{found['model']}" if found else None


ALIKE = {"app_label": "helpdesk", "content_type_id": 1, "kind": "csv", "url": "nowhere/"}
"""Arguments for which the world has nothing of its own."""


def _value(name: str, pattern: str, world) -> object:
    model = model_of(pattern)
    match name:
        case "number" | "object_id" if model:
            return world.row(pattern, model)
        case "number" | "object_id":
            return world.number(pattern)
        case "period":
            return world.period.pk
        case "uid":
            return world.uid(pattern)
        case _ if name in ALIKE:
            return ALIKE[name]
        case _:
            raise LookupError(f"{pattern} has an argument {name} that nobody fills")

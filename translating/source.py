"""What the code says to customers, read from the code itself; needs neither Babel nor GNU gettext."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.utils.translation.template import templatize

ROOT: Final = Path(__file__).resolve().parent.parent

SPOKEN: Final = (
    "templates/*.html",
    "templates/account/**/*.*",
    "templates/demo/*.html",
    "templates/portal/*.html",
    "channels_inbound/demo*.py",
    "channels_inbound/models.py",
    "channels_inbound/whatsapp/*.py",
    "config/settings.py",
    "contracts/crediting.py",
    "contracts/models/quote.py",
    "contracts/models/service.py",
    "contracts/named_contacts.py",
    "contracts/quoting/*.py",
    "helpdesk/*.py",
    "helpdesk/api/**/*.py",
    "helpdesk/models/*.py",
    "helpdesk/notifications/*.py",
    "helpdesk/portal/**/*.py",
    "sla/explaining.py",
    "sla/models/*.py",
)
"""Where customers are spoken to. The consoles speak English; mails have a file a language."""

CONSOLES: Final = frozenset(
    {
        "helpdesk/auditing.py",
        "helpdesk/backlogs.py",
        "helpdesk/clockwork.py",
        "helpdesk/merging.py",
        "helpdesk/minutes.py",
        "helpdesk/request_types.py",
        "helpdesk/splitting.py",
    }
)
"""Rules among them that only the console asks."""

ARGUMENTS: Final = {
    "gettext": ("singular",),
    "_": ("singular",),
    "ngettext": ("singular", "plural"),
    "pgettext": ("context", "singular"),
    "npgettext": ("context", "singular", "plural"),
}
STRING: Final = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL: Final = re.compile(rf"\b(n?p?gettext|_)\(\s*({STRING}(?:\s*,\s*{STRING})*)")


@dataclass(frozen=True, slots=True, order=True)
class Said:
    """One message: its English words, their plural if any, and the context that tells it from others."""

    singular: str
    plural: str = ""
    context: str = ""


def everything() -> dict[Said, list[str]]:
    """Each message with the files that say it, in the order of the files."""
    found: dict[Said, list[str]] = defaultdict(list)
    for path in _files():
        name = path.relative_to(ROOT).as_posix()
        for said in _said_in(path, name):
            if name not in found[said]:
                found[said].append(name)
    return dict(found)


def _files() -> list[Path]:
    found = {path for pattern in SPOKEN for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(path for path in found if path.relative_to(ROOT).as_posix() not in CONSOLES)


def _said_in(path: Path, name: str) -> Iterator[Said]:
    text = path.read_text(encoding="utf-8")
    return in_python(text, name) if path.suffix == ".py" else in_template(text, name)


def in_template(text: str, name: str) -> Iterator[Said]:
    """Read one template, through Django's own translator of templates into calls."""
    for call in CALL.finditer(templatize(text, origin=name)):
        yield _said(call[1], ast.literal_eval(f"({call[2]},)"))


def in_python(text: str, name: str) -> Iterator[Said]:
    """Read one module.

    Raises:
        ValueError: words that are put together when the program runs, which nobody can translate.
    """
    tree = ast.parse(text)
    aliases = _aliases(tree)
    for node in ast.walk(tree):
        function = _function(node.func, aliases) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and function:
            words = [a.value if isinstance(a, ast.Constant) else None for a in node.args]
            words = words[: len(ARGUMENTS[function])]
            if None in words:
                raise ValueError(f"{name}:{node.lineno}: only words in the text can be translated")
            yield _said(function, tuple(map(str, words)))


def _aliases(tree: ast.Module) -> dict[str, str]:
    """What a module calls the functions of `django.utils.translation`."""
    return {
        name.asname or name.name: name.name.removesuffix("_lazy")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.name.removesuffix("_lazy") in ARGUMENTS
    }


def _function(called: ast.expr, aliases: dict[str, str]) -> str:
    if isinstance(called, ast.Name):
        return aliases.get(called.id, "")
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
        name = called.attr.removesuffix("_lazy")
        return name if called.value.id == "translation" and name in ARGUMENTS else ""
    return ""


def _said(function: str, words: tuple[str, ...]) -> Said:
    return Said(**dict(zip(ARGUMENTS[function], words, strict=True)))

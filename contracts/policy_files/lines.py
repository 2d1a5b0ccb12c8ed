"""YAML with line numbers, and without what could harm: no tags, no aliases, bounded in size and depth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

LARGEST: Final = 5_000_000
"""Bytes."""
DEEPEST: Final = 40
PLAIN: Final = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "str", "int", "float", "bool", "null")
)

Path_: TypeAlias = Sequence[str | int]


class FileRefused(ValueError):
    """A file that cannot be taken, with the lines that are wrong and what is wrong on each."""

    def __init__(self, problems: Sequence[tuple[int, str]]) -> None:
        self.problems = sorted(problems)
        super().__init__("; ".join(f"line {line}: {sentence}" for line, sentence in self.problems))


class _Loader(yaml.SafeLoader):
    """Dates stay as they are written: what a date means is said by whoever reads it."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and where it says it."""

    data: Any
    _root: Node

    def line_of(self, path: Path_) -> int:
        """The line, from 1, on which the value of that path stands; of what is not there, its parent's."""
        node = self._root
        for step in path:
            below = _below(node, step)
            if below is None:
                break
            node = below
        return int(node.start_mark.line) + 1

    def line_of_key(self, path: Path_, key: str) -> int:
        """The line of a key in the mapping of that path."""
        node = self._root
        for step in path:
            node = _below(node, step) or node
        found = (name for name, _ in _pairs(node) if name.value == key)
        name = next(found, None)
        return int(name.start_mark.line) + 1 if name is not None else self.line_of(path)


def read(file: Path) -> Document:
    """Read a file of YAML.

    Raises:
        FileRefused: it is too large or too deep, no UTF-8 or no YAML, or has tags, aliases or a key twice.
        OSError: it cannot be read.
    """
    raw = file.read_bytes()
    if len(raw) > LARGEST:
        raise FileRefused([(1, f"A file has at most {LARGEST // 1_000_000} MB.")])
    return parse(_text(raw))


def _text(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused([(raw[: error.start].count(b"\n") + 1, "This is no UTF-8.")]) from error
    if "\x00" in text:
        raise FileRefused([(text[: text.index("\x00")].count("\n") + 1, "There is a NUL character.")])
    return text


def parse(text: str) -> Document:
    """The same of a text. Raises FileRefused."""
    try:
        _refuse_what_multiplies(text)
        root = yaml.compose(text, Loader=_Loader)
        if root is None:
            raise FileRefused([(1, "The file says nothing.")])
        _check(root)
        return Document(_rejoined(root), root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FileRefused([(line, f"This is no YAML: {error.problem}.")]) from error
    except yaml.YAMLError as error:
        raise FileRefused([(1, "This is no YAML.")]) from error


def _refuse_what_multiplies(text: str) -> None:
    """Anchors and aliases make much out of little; what is nested too deeply breaks whoever walks it."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise FileRefused([(line, "Anchors and aliases are not taken: write it out.")])
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise FileRefused([(line, "This is nested too deeply.")])
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _check(root: Node) -> None:
    for node in _walk(root):
        line = _line(node)
        if node.tag not in PLAIN:
            raise FileRefused([(line, f"The tag {node.tag[:40]} is not taken.")])
        seen: set[str] = set()
        for name, _ in _pairs(node):
            if not isinstance(name, ScalarNode):
                raise FileRefused([(_line(name), "A key is a word.")])
            if name.value in seen:
                raise FileRefused([(_line(name), f"{name.value[:60]!r} is said twice.")])
            seen.add(name.value)


def _line(node: Any) -> int:
    """From 1; PyYAML's marks are typed as if they could be missing."""
    return int(node.start_mark.line) + 1


def _walk(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, SequenceNode):
        for one in node.value:
            yield from _walk(one)
    for _, one in _pairs(node):
        yield from _walk(one)


def _pairs(node: Node) -> list[tuple[ScalarNode, Node]]:
    return list(node.value) if isinstance(node, MappingNode) else []


def _below(node: Node, step: str | int) -> Node | None:
    if isinstance(node, SequenceNode) and isinstance(step, int):
        return node.value[step] if step < len(node.value) else None
    return next((one for name, one in _pairs(node) if name.value == str(step)), None)


# --- values ---------------------------------------------------------------------------------------

SENTENCES: Final = frozenset({"def", "note", "assumed", "rule"})
"""Keys under which sentences stand."""


def _rejoined(node: Node) -> Any:
    """The values, with sentences that a comma cut in two put together again.

    In `{key: s2, def: degraded, no workaround}` YAML takes the words after the comma for another key, which
    has no value and blanks in its name.
    """
    if isinstance(node, SequenceNode):
        return [_rejoined(one) for one in node.value]
    if not isinstance(node, MappingNode):
        return _scalar(node)
    said: dict[str, Any] = {}
    last = ""
    for name, below in _pairs(node):
        value = _rejoined(below)
        if value is None and node.flow_style and last in SENTENCES and " " in name.value:
            said[last] = f"{said[last]}, {name.value}"
            continue
        said[name.value], last = value, name.value
    return said


def _scalar(node: Node) -> Any:
    loader = _Loader("")
    try:
        return loader.construct_object(node)
    except (ValueError, yaml.YAMLError) as error:
        raise FileRefused([(_line(node), f"{node.value[:60]!r} cannot be read.")]) from error
    finally:
        loader.dispose()

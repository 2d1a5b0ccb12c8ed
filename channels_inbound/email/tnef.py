"""The files inside Outlook's winmail.dat (MS-OXTNEF), and nothing else of it.

A stream of attributes, each with level, id, length, data and checksum; a file is announced by
attAttachRendData and told by attAttachTitle, attAttachData and, for its long name, MAPI properties.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNATURE = 0x223E9F78
_RENDERING = 0x9002
_TITLE = 0x8010
_DATA = 0x800F
_PROPERTIES = 0x9005
_LONG_NAME = 0x3707
_WIDE_TEXT = 0x001F
_BYTE_TEXT = 0x001E
MAX_ATTRIBUTES = 2000


@dataclass(slots=True)
class _File:
    title: str = ""
    long_name: str = ""
    content: bytes = b""


def read_files(raw: bytes) -> list[tuple[str, bytes]]:
    """Return (name, content) of each file in a TNEF stream; what is broken ends the reading quietly."""
    files: list[_File] = []
    for kind, data in islice(_attributes(raw), MAX_ATTRIBUTES):
        if kind == _RENDERING:
            files.append(_File())
        elif files:
            _tell(files[-1], kind, data)
    return [(file.long_name or file.title, file.content) for file in files if file.content]


def _attributes(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (id, data) of the attributes, up to the first that is cut short."""
    if len(raw) < 6 or struct.unpack_from("<I", raw)[0] != _SIGNATURE:  # noqa: PLR2004 - signature and key
        return
    at = 6
    while at + 9 <= len(raw):
        kind, length = struct.unpack_from("<HxxI", raw, at + 1)
        at += 9
        if at + length > len(raw):
            return
        yield kind, raw[at : at + length]
        at += length + 2


def _tell(file: _File, kind: int, data: bytes) -> None:
    if kind == _TITLE:
        file.title = _text(data)
    elif kind == _DATA:
        file.content = data
    elif kind == _PROPERTIES:
        file.long_name = _long_name(data)


def _text(data: bytes) -> str:
    return data.split(b"\x00", 1)[0].decode("cp1252", "replace")


def _long_name(data: bytes) -> str:
    """Find PidTagAttachLongFilename: its tag, one value, a length, the text padded to four bytes."""
    for kind in (_WIDE_TEXT, _BYTE_TEXT):
        at = data.find(struct.pack("<HHI", kind, _LONG_NAME, 1))
        if at < 0 or at + 12 > len(data):
            continue
        length = int(struct.unpack_from("<I", data, at + 8)[0])
        value = data[at + 12 : at + 12 + min(length, 1024)]
        return value.decode("utf-16-le", "replace").split("\x00")[0] if kind == _WIDE_TEXT else _text(value)
    return ""

"""Which files may be shown as pictures: four kinds, known by their content, not by what is claimed."""

from typing import Final

from helpdesk.models import Attachment

KINDS: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
LARGEST: Final = 8 * 1024 * 1024
LONGEST_MARK: Final = 12


def may_be_one(file: Attachment) -> bool:
    """Whether it is worth trying, without opening the file."""
    return file.content_type in KINDS and file.size <= LARGEST


def kind_of(beginning: bytes) -> str | None:
    """The kind of picture that these first bytes begin, or none of the four."""
    if beginning.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if beginning.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if beginning.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP":
        return "image/webp"
    return None

"""Bytes to text in every charset that mail comes in, without ever failing."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from charset_normalizer import from_bytes

# Names that mailers use and Python does not know, or knows as a smaller set than what is really sent:
# what claims to be Latin-1 is Windows-1252, as browsers read it (WHATWG Encoding, section 4.2).
_MEANT = {
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "iso2022_jp": "iso2022_jp_ext",
    "euc_kr": "cp949",
    "big5": "cp950",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
}
_ALIASES = {
    "ks_c_5601": "cp949",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949",
    "ksc5601": "cp949",
    "windows-949": "cp949",
    "x-windows-949": "cp949",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "windows-31j": "cp932",
    "x-euc-jp": "euc_jp",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "chinese": "gb18030",
    "x-x-big5": "cp950",
    "windows-874": "cp874",
    "dos-874": "cp874",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "koi8": "koi8_r",
    "utf8mb4": "utf-8",
    "utf-8-mac": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7",
    "unicode": "utf-16",
    "ansi_x3.4-1968": "ascii",
    "x-ascii": "ascii",
    "ansi": "cp1252",
    "latin": "cp1252",
}
# Codecs that are not charsets, or that take quadratic time on hostile bytes.
_NOT_CHARSETS = {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"}
_GUESSES = ["cp1251", "koi8_r", "cp932", "euc_jp", "gb18030", "cp950", "cp949", "cp1253", "cp1255", "cp1256"]
_SAMPLE_BYTES = 4096
_ASCII_END = 127
_WESTERN_SHARE = 0.3
"""Text of which fewer bytes are outside ASCII than this is written in Latin letters."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,39}")
# Tab and newline stay; the rest of C0, DEL, C1 and lone surrogates cannot be shown or stored.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def decode(raw: bytes, declared: str = "") -> tuple[str, str]:
    """Decode bytes of a declared charset ("" for none) as well as can be.

    Returns the text, clean of control characters and with plain newlines, and a few words on
    what had to be repaired ("" for nothing). Raises nothing: what no charset explains becomes U+FFFD.
    """
    if raw.isascii() and not _shifts(raw, declared):
        return clean(raw.decode("ascii")), ""
    text, problem = _decode(raw, codec_name(declared), declared)
    return clean(text), problem


def clean(text: str) -> str:
    """Return the text with plain newlines, and without characters that cannot be shown or stored."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii() and text.isprintable():
        return text
    return _UNPRINTABLE.sub("", text).removeprefix("\ufeff")


@lru_cache(maxsize=256)
def codec_name(declared: str) -> str:
    """Return Python's codec for a charset as mail names it, or "" when there is none."""
    name = declared.strip(" \t'\"").lower().removeprefix("charset=")
    if not _NAME.fullmatch(name):
        return ""
    try:
        codec = codecs.lookup(_ALIASES.get(name, name))
    except (LookupError, ValueError):
        return ""
    usable = codec._is_text_encoding and codec.name not in _NOT_CHARSETS  # noqa: SLF001 - no public way to ask
    return _MEANT.get(codec.name, codec.name) if usable else ""


def _shifts(raw: bytes, declared: str) -> bool:
    """Whether seven-bit bytes may still not be ASCII: ISO-2022, HZ, UTF-7 and UTF-16."""
    if b"\x1b" in raw or b"\x00" in raw:
        return bool(declared)
    return bool(declared) and codec_name(declared).startswith(("utf-7", "utf_7", "hz", "utf-16", "utf-32"))


def _decode(raw: bytes, codec: str, declared: str) -> tuple[str, str]:
    """Try what was declared, then UTF-8, then a guess."""
    if codec not in {"", "ascii"}:
        try:
            return raw.decode(codec), ""
        except ValueError:
            return _nearly(raw, codec), f"not really {_said(declared)}"
    problem = "no charset declared" if codec or not declared.strip() else f"unknown charset {_said(declared)}"
    try:
        return raw.decode("utf-8"), problem
    except ValueError:
        return raw.decode(guess(raw), "replace"), problem


def _nearly(raw: bytes, codec: str) -> str:
    """Decode bytes of which some do not fit; where hardly any fits, as what they look like."""
    text = raw.decode(codec, "replace")
    misfits = text.count("\ufffd")
    fitting = sum(not char.isascii() for char in text[:_SAMPLE_BYTES]) - misfits
    if fitting > 0 and misfits * 20 <= len(text):
        return text
    return min((raw.decode(other, "replace") for other in ("utf-8", guess(raw), codec)), key=_misfits)


def _misfits(text: str) -> int:
    return text.count("\ufffd")


def guess(raw: bytes) -> str:
    """Return the codec that a sample of the bytes most looks like; Windows-1252 when nothing fits."""
    sample = _sample(raw)
    outside = sum(byte > _ASCII_END for byte in sample)
    if outside < _WESTERN_SHARE * len(sample.replace(b" ", b"")):
        return "cp1252"
    found = list(from_bytes(sample, cp_isolation=_GUESSES, chunk_size=512, steps=4))
    if not found:
        return "cp1252"
    best = (found[0].chaos, found[0].coherence)
    tied = [match for match in found if (match.chaos, match.coherence) == best]
    return str(max(tied, key=lambda match: _ordinary(str(match))).encoding)


def _ordinary(text: str) -> int:
    """How much the text looks written: KOI8 read as Windows-1251 shouts, read as Shift-JIS is half-width."""
    small = sum(char.islower() or "\u3040" <= char <= "\u30ff" for char in text)
    return small - sum(char.isupper() or "\uff61" <= char <= "\uff9f" for char in text)


def _sample(raw: bytes) -> bytes:
    """Return a piece around the first byte that is not ASCII, cut at line ends where it can be."""
    if len(raw) <= _SAMPLE_BYTES:
        return raw
    odd = next((at for at, byte in enumerate(raw) if byte > _ASCII_END), 0)
    start = raw.rfind(b"\n", max(0, odd - 256), odd) + 1 or odd
    end = raw.rfind(b"\n", start, start + _SAMPLE_BYTES)
    return raw[start : end if end > start else start + _SAMPLE_BYTES]


def _said(declared: str) -> str:
    return clean(declared).strip()[:40] or "its charset"

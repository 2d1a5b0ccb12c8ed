"""What nobody means to send."""

from typing import Final

NUMBERS: Final = (
    "0", "-1", "9223372036854775807", "9223372036854775808", "9" * 40, "1.5", "x", "%00", "1%00", "٣",
)  # fmt: skip
PATHS: Final = (
    *NUMBERS, "_00", "_39", "a/b/c", "1%20or%201=1", "..%2f..%2fetc%2fpasswd", "x" * 3000,
)  # fmt: skip
ARGUMENTS: Final = {
    "number": NUMBERS,
    "period": NUMBERS,
    "object_id": PATHS,
    "content_type_id": PATHS,
    "uid": ("00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-00000000000g", "x", "%00"),
    "app_label": ("x", "helpdesk%00"),
    "url": PATHS,
    "kind": ("json", "CSV", "csv%00", "../csv", "x" * 3000),
}
"""By the argument's name."""

HUGE, LONG, INJECTED = "9" * 40, "x" * 5000, "' or 1=1 --"

CONSOLE: Final = (
    *(
        (name, "\x00")
        for name in ("q", "s", "tab", "tag", "status", "priority", "organisation", "state__exact", "next")
    ),
    *((name, HUGE) for name in ("p", "o", "assignee", "e", "is_manager__exact", "organisation__isempty")),
    *((name, "-1") for name in ("p", "o", "e", "all", "_popup")),
    *((name, LONG) for name in ("q", "s", "tab", "priority", "_changelist_filters")),
    *((name, INJECTED) for name in ("q", "status", "_to_field", "id__in", "o", "unknown__field__lookup")),
    *((name, "x") for name in ("organisation", "policy", "account", "groups", "offered_priorities")),
    ("term", "\x00"),
    *((name, value) for name in ("month", "by", "into") for value in ("\x00", HUGE, "-1", LONG)),
    ("app_label", "x"),
)
ELSEWHERE: Final = (
    *(
        (name, "\x00")
        for name in ("q", "lang", "as", "next", "seen", "status", "shows", "answers", "reply_to")
    ),
    *((name, HUGE) for name in ("page", "page_size", "cursor", "seen", "shows")),
    *((name, "-1") for name in ("page", "page_size", "cursor")),
    *((name, LONG) for name in ("q", "lang", "cursor", "as", "status")),
    *((name, INJECTED) for name in ("q", "status", "channel", "cursor", "received_after")),
    ("updated_after", "9999-99-99T99:99:99Z"),
    ("updated_after", "9999-12-31T23:59:59-14:00"),
    ("received_after", "0001-01-01T00:00:00+14:00"),
)


def queries(pattern: str) -> tuple[tuple[str, str], ...]:
    """Names and values that a page of that address might read."""
    return CONSOLE if pattern.startswith("/admin/") else ELSEWHERE


WORDS: Final = ("\x00", "x" * 200_000, "-1", HUGE, "😀\u202e\u2028", "{{ 7 }}{% now %}", "<script>")

TYPES: Final = (
    "application/json", "multipart/form-data; boundary=x", "multipart/form-data",
    "application/x-www-form-urlencoded", "x",
)  # fmt: skip
BODIES: Final = (b"", b"\x00", b"{", b"[]", b"null", b"\xff\xfe", b"--x\r\n", b"a=%ff&a=%00")

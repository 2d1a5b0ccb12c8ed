"""How many mails a second are read, in processor time: `python benchmarks/mail_reading.py`."""

import base64
import sys
import time
import timeit
from collections.abc import Callable
from functools import partial
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from channels_inbound.email.automatic import classify  # noqa: E402 - the project is found first
from channels_inbound.email.parsing import read_mail  # noqa: E402 - see above
from helpdesk.sanitise import sanitise_html  # noqa: E402 - see above

SAMPLES = PROJECT / "tests" / "samples" / "mail"
FLOOR = 500
"""Simple mails a second: 2 ms each, of the 8 ms that a mail may take on its way to a ticket."""


def rate(work: Callable[[], object]) -> float:
    """How often a second of processor time: the best of five rounds."""
    timer = timeit.Timer(work, timer=time.process_time)
    times, _ = timer.autorange()
    return max(times / taken for taken in timer.repeat(5, times))


def read(raw: bytes) -> None:
    """All that the inbox asks of a mail before it decides."""
    mail = read_mail(raw)
    classify(mail)
    if mail.html:
        sanitise_html(mail.html)


def with_attachment(raw: bytes, size: int) -> bytes:
    """Put a mail's text and a file of `size` bytes into one mail."""
    head, _, body = raw.partition(b"\r\nContent-Type: text/plain")
    content = base64.encodebytes(bytes(range(256)) * (size // 256)).replace(b"\n", b"\r\n")
    return (
        head + b"\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain" + body
        + b"\r\n--b\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + content + b"--b--\r\n"
    )  # fmt: skip


def main(_tickets: int = 0) -> None:
    """Print a line for each kind of mail."""
    plain = (SAMPLES / "plain.eml").read_bytes()
    mails = {
        name: (SAMPLES / f"{name}.eml").read_bytes() for name in ("plain", "reply_above_marker", "html_only")
    }
    mails |= {
        "with 200 kB": with_attachment(plain, 200_000),
        "with 10 MB": with_attachment(plain, 10_000_000),
    }
    for name, raw in mails.items():
        print(f"{name:20} {len(raw):>11,} bytes {rate(partial(read, raw)):>8,.0f} a second")
    if rate(partial(read, plain)) < FLOOR:
        sys.exit(f"slower than {FLOOR} simple mails a second")


if __name__ == "__main__":
    main()

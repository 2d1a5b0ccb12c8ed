"""How long `manage.py up` takes to be ready, the first time and later, and what it holds in memory."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PATIENCE = 120
ROOT = Path(__file__).resolve().parent.parent


def main(_tickets: int = 0) -> None:
    """Start, stop, start again."""
    with tempfile.TemporaryDirectory(prefix="prazo-starts-") as folder:
        for what in ("first start, with the sample desk", "second start"):
            seconds, memory = _start(folder)
            print(f"{what:<36}{seconds:5.1f} s, {memory:4.0f} MB in all processes (PSS)")


def _start(folder: str) -> tuple[float, float]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "DATA_DIR": folder, "PORT": str(port), "DEMO": "1"}
    environment.pop("DATABASE_URL", None)
    log = Path(folder) / "log"
    began = time.monotonic()
    with log.open("wb") as out:
        up = subprocess.Popen(
            [sys.executable, "manage.py", "up"], cwd=ROOT, env=environment, stdout=out, stderr=out
        )
        try:
            while not re.search(rb"ready in", log.read_bytes()):
                if up.poll() is not None or time.monotonic() - began > PATIENCE:
                    raise RuntimeError(log.read_text(errors="replace"))
                time.sleep(0.05)
            return time.monotonic() - began, _megabytes(up.pid)
        finally:
            up.terminate()
            up.wait(30)


def _megabytes(pid: int) -> float:
    """The share of memory that a process and all that it started really hold."""
    pss = 0
    for each in [pid, *_descendants(pid)]:
        try:
            rollup = Path(f"/proc/{each}/smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        found = re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)
        pss += int(found[1]) if found else 0
    return pss / 1024


def _descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [each for child in children for each in (int(child), *_descendants(int(child)))]

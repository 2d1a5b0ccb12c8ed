"""Runs web, worker and beat as children and keeps them running: `python -m config.supervisor STARTED`.

`manage.py up` prepares the database and then becomes this program, which needs none of the apps; STARTED is
the monotonic clock's second in which it began.

Each child is the leader of a session of its own, so a Ctrl-C in the terminal reaches the supervisor alone. It
then asks each child's *main* process to end: a worker whose whole group is signalled may hang. A child that
ends by itself is started again, later each time; one that never stays up stops everything.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from config.welcome import Welcome

PARTS = ("web", "worker", "beat")
TICK = 0.1
STOP_SECONDS = 12.0
STEADY_SECONDS = 30.0
MOST_QUICK_ENDS = 5
LONGEST_PAUSE = 10.0

Say = Callable[[str], None]


class PartFailed(Exception):
    """A part ended again and again right after its start."""


@dataclass
class Child:
    """One part, its process, and how often it ended soon after its start."""

    part: str
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    quick_ends: int = 0
    start_again: float | None = None


class Supervisor:
    """Start with `with`, which guarantees the end of the children; then `run`."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.stopping = False
        self.leash, self._grip = os.pipe()  # only this process holds the grip: see config.leash
        self.children: list[Child] = []

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        self.children = [Child(part, self._spawn(part)) for part in PARTS]
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stop()

    def run(self, on_tick: Callable[[], None]) -> None:
        """Watch until asked to stop, `on_tick` in between; raise PartFailed when a part will not stay."""
        while not self.stopping:
            for child in self.children:
                self._care_for(child)
            on_tick()
            time.sleep(TICK)

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        if self.stopping:  # asked twice: now
            self._kill()
        self.stopping = True

    def _spawn(self, part: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "config.leash", str(self.leash), part]
        return subprocess.Popen(
            command, start_new_session=True, pass_fds=(self.leash,), stdin=subprocess.DEVNULL
        )

    def _care_for(self, child: Child) -> None:
        now = time.monotonic()
        if child.start_again is not None:
            if now >= child.start_again:
                child.process, child.started, child.start_again = self._spawn(child.part), now, None
        elif child.process.poll() is not None:
            self._plan_restart(child, now)

    def _plan_restart(self, child: Child, now: float) -> None:
        is_quick = now - child.started < STEADY_SECONDS
        child.quick_ends = child.quick_ends + 1 if is_quick else 1
        if child.quick_ends >= MOST_QUICK_ENDS:
            raise PartFailed(
                f"{child.part} ended {child.quick_ends} times right after its start; see above why."
            )
        pause = min(2.0 ** (child.quick_ends - 1), LONGEST_PAUSE)
        child.start_again = now + pause
        self.say(
            f"{child.part} ended (status {child.process.returncode}), starting it again in {pause:.0f} s"
        )

    def _stop(self) -> None:
        self.stopping = True
        for child in self._alive():
            child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while self._alive() and time.monotonic() < deadline:
            time.sleep(TICK)
        for child in self._alive():
            self.say(f"{child.part} did not end in {STOP_SECONDS:.0f} s and is killed")
        self._kill()

    def _kill(self) -> None:
        for child in self._alive():
            os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()

    def _alive(self) -> list[Child]:
        return [child for child in self.children if child.process.poll() is None]


def main() -> None:
    """Run the parts until asked to stop; exit status 1 when one of them will not stay."""
    with Supervisor(_say) as supervisor:
        try:
            supervisor.run(Welcome(_say, float(sys.argv[1])).tick)
        except PartFailed as error:
            sys.exit(f"CommandError: {error}")
        _say("stopping")
    _say("stopped")


def _say(line: str) -> None:
    sys.stdout.write(f"prazo: {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

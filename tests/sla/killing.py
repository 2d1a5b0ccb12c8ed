"""Worker processes that sweep, and are killed or held where it hurts."""

import os
import random
import secrets
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable

from django.db import connection

from sla.models import Clock
from tests.conftest import PROJECT, child_environment, wait_until

PATIENCE = 120
"""Seconds without anything happening after which a torture ends by itself."""


class Sweepers:
    """So many workers on this test's database, each started again when it was killed."""

    def __init__(self, workers: int, *, at, page: int):
        self.at, self.page = at, page
        self.name = f"sweeper-{secrets.token_hex(4)}"
        self.workers = [self._start(number) for number in range(workers)]
        self.killed = Counter()
        """How often a worker was killed, by what it had just done."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for worker in self.workers:
            worker.kill()
            worker.wait()

    def kill(self, times: int, *, within: float) -> None:
        """Kill whoever is in the middle of a transaction so many times, each within so many seconds."""
        for _ in range(times):
            wait_until(self._is_any_at_work, seconds=PATIENCE, every=0.002)
            time.sleep(random.uniform(0, within))
            wait_until(self._kill_any, seconds=PATIENCE, every=0.002)

    def finish(self) -> None:
        """Wait until no clock is due any more; however slow the machine is, as long as some ring."""
        due = Clock.objects.filter(state="running", rings_at__lte=self.at)
        while left := due.count():
            wait_until(lambda left=left: due.count() < left, seconds=PATIENCE, every=0.2)

    def _start(self, number: int) -> subprocess.Popen:
        command = [sys.executable, "-m", "tests.sla.sweeper", self.at.isoformat(), str(self.page)]
        names = {"PGAPPNAME": self._session(number)}
        return subprocess.Popen(command, cwd=PROJECT, env=child_environment() | names)

    def _session(self, number: int) -> str:
        return f"{self.name}-{number}"

    def _is_any_at_work(self) -> bool:
        return any(is_in_a_transaction(self._session(number)) for number in range(len(self.workers)))

    def _kill_any(self) -> bool:
        numbers = list(range(len(self.workers)))
        random.shuffle(numbers)
        return any(self._kill(number) for number in numbers)

    def _kill(self, number: int) -> bool:
        """Hold the worker still, look where it stands, and kill it, or let it go on between transactions."""
        worker = self.workers[number]
        assert worker.poll() is None, "a worker ended by itself"
        hold(worker.pid)
        if not is_in_a_transaction(self._session(number)):
            let_go(worker.pid)
            return False
        self.killed[_was_doing(self._session(number))] += 1
        worker.kill()
        worker.wait()
        self.workers[number] = self._start(number)
        return True


# --- where a worker stands ------------------------------------------------------------------------


def is_in_a_transaction(name: str) -> bool:
    """Whether something is under way that is not committed; on SQLite, which does not say, always."""
    return connection.vendor != "postgresql" or _settled(name)[0] == "idle in transaction"


def _settled(name: str) -> tuple[str, str]:
    """The state of a worker's session and its last statement, once nothing of it is on its way any more."""
    seen = _session(name)
    for _ in range(500):
        time.sleep(0.002)
        before, seen = seen, _session(name)
        if before == seen and seen[0] != "active":
            break
    return seen


def _session(name: str) -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, query FROM pg_stat_activity WHERE application_name = %s AND state IS NOT NULL",
            [name],
        )
        return cursor.fetchone() or ("away", "")


def _was_doing(name: str) -> str:
    if connection.vendor != "postgresql":
        return "anything"
    statement = _session(name)[1]
    return next((doing for part, doing in DOING.items() if part in statement), statement[:60])


DOING = {
    'FROM "sla_clock" INNER JOIN': "the claim",
    'INSERT INTO "sla_alarm"': "the facts",
    'INSERT INTO "sla_clockevent"': "the facts",
    'UPDATE "sla_clock"': "the marks",
    'FROM "sla_clockevent"': "reading the events",
    'FROM "sla_alarm"': "reading what rang",
    'FROM "sla_ladderstep"': "reading the ladder",
    'FROM "sla_calendar': "reading the calendar",
    "BEGIN": "the beginning",
}
"""By what a statement can be told, and what the sweep does with it."""


# --- one worker, to the statement -----------------------------------------------------------------


def in_a_process(work: Callable[[], object]) -> int:
    """Do it in a process of its own, on a connection of its own; gives its number."""
    connection.close()
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - nothing of the child may go on as the test
        traceback.print_exc()
        os._exit(1)


def end_of(pid: int) -> int:
    """Wait for a process; gives its exit status, or the signal that killed it as a negative number."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def hold(pid: int) -> None:
    """Stop a process, and wait until it stands."""
    os.kill(pid, signal.SIGSTOP)
    until_it_stands(pid)


def until_it_stands(pid: int) -> None:
    _, status = os.waitpid(pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status), f"the process ended instead: {status}"


def let_go(pid: int) -> None:
    os.kill(pid, signal.SIGCONT)


def dying_before(number: int, work: Callable[[], object]) -> Callable[[], None]:
    """The work in a process that is killed when it is about to send its statement of that number."""
    sent = iter(range(number))

    def die(execute, *statement):
        if next(sent, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*statement)

    def killed() -> None:
        with connection.execute_wrapper(die):
            work()

    return killed


def standing_after(part: str, work: Callable[[], object]) -> Callable[[], None]:
    """The work in a process that stands still once a statement with `part` was answered, until let go."""

    def stand(execute, sql, *rest):
        answer = execute(sql, *rest)
        if part in sql:
            os.kill(os.getpid(), signal.SIGSTOP)
        return answer

    def stalled() -> None:
        with connection.execute_wrapper(stand):
            work()

    return stalled

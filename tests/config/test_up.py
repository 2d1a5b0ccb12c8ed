"""`manage.py up`: one command starts three parts, and nothing of them outlives it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connection

from tests.conftest import child_environment, wait_until

PROJECT = Path(__file__).resolve().parents[2]
START = 60  # seconds; a busy machine of two cores is slow to import three Djangos

pytestmark = pytest.mark.django_db(transaction=True)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Desk:
    """A running `up`, its words kept."""

    def __init__(self, data_dir, port=None):
        self.port = port or free_port()
        environment = child_environment() | {"DATA_DIR": str(data_dir), "PORT": str(self.port), "DEMO": ""}
        if connection.vendor == "sqlite":
            environment.pop("DATABASE_URL")  # the embedded default, as `make run` has it
        self.said = []
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.reader = threading.Thread(target=lambda: self.said.extend(self.process.stdout), daemon=True)
        self.reader.start()

    def wait_ready(self):
        wait_until(lambda: "ready in" in self.words() or self.ended(), seconds=START, or_say=self.words)
        assert not self.ended(), self.words()
        return self

    def words(self):
        return "".join(self.said)

    def ended(self):
        return self.process.poll() is not None

    def children(self):
        """Process ids of web, worker and beat, and of the web server's workers."""
        main = children_of(self.process.pid)
        return main + [child for parent in main for child in children_of(parent)]

    def part(self, name):
        running = {command_of(pid).rpartition(" ")[2]: pid for pid in children_of(self.process.pid)}
        return running.get(name)

    def get(self, path):
        server = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        server.request("GET", path)
        answer = server.getresponse()
        return answer.status, answer.read()

    def stop(self, number=signal.SIGINT):
        self.process.send_signal(number)
        return self.wait(20)

    def wait(self, seconds=START):
        """Its exit status, once all its words are read."""
        self.reader.join(seconds)
        return self.process.wait(seconds)


def children_of(parent):
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[1] == str(parent) and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


def command_of(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def start(tmp_path):
    """Start desks; whatever is still running at the end is killed."""
    desks = []

    def start_one(data_dir=tmp_path / "data", **options):
        desks.append(Desk(data_dir, **options))
        return desks[-1]

    yield start_one
    for desk in desks:
        for pid in [*desk.children(), desk.process.pid] if not desk.ended() else []:
            os.kill(pid, signal.SIGKILL)
        desk.process.wait(10)


def test_it_starts_answers_stops_at_one_ctrl_c_and_finds_its_data_again(start, tmp_path):
    desk = start().wait_ready()
    children = desk.children()
    status, answer = desk.get("/readyz")

    assert (status, json.loads(answer)["ready"]) == (200, True)
    assert f"http://localhost:{desk.port}/admin/" in desk.words()
    assert len(children) == 5  # web and its two workers, worker, beat
    assert desk.stop() == 0
    assert desk.words().endswith("prazo: stopped\n")
    assert [pid for pid in children if is_alive(pid)] == []

    again = start().wait_ready()

    assert "preparing the database" not in again.words()
    assert again.stop(signal.SIGTERM) == 0


def test_its_children_end_within_five_seconds_of_its_being_killed(start):
    desk = start().wait_ready()
    children = desk.children()

    desk.process.kill()

    assert len(children) == 5
    wait_until(
        lambda: not any(map(is_alive, children)),
        seconds=5,
        or_say=lambda: str(list(map(command_of, children))),
    )


def test_a_part_that_is_killed_is_started_again(start):
    desk = start().wait_ready()
    worker = desk.part("worker")

    os.kill(worker, signal.SIGKILL)

    wait_until(
        lambda: "worker ended (status -9), starting it again in 1 s" in desk.words(),
        seconds=5,
        or_say=desk.words,
    )
    wait_until(
        lambda: any(command_of(pid).endswith(" worker") for pid in children_of(desk.process.pid)), seconds=10
    )
    assert desk.part("worker") != worker
    assert desk.stop() == 0


def test_a_busy_port_is_named(start):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        desk = start(port=port)

        assert desk.wait() == 78
        assert desk.words() == f"prazo: PORT {port} on 127.0.0.1 cannot be used: Address already in use\n"


def test_a_folder_that_cannot_be_written_is_named(start, tmp_path):
    (tmp_path / "file").touch()
    desk = start(tmp_path / "file" / "data")

    assert desk.wait() == 78
    assert desk.words() == f"prazo: DATA_DIR {tmp_path}/file/data cannot be written: Not a directory\n"

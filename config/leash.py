"""A child of `manage.py up` on its leash: `python -m config.leash FD web|worker|beat`.

FD is the reading end of a pipe whose writing end only the supervisor holds. It says nothing, ever; when the
supervisor ends, by whatever means, the kernel closes it and the reading end wakes. This needs no signal, no
polling and no parent's process id, and works wherever pipes do.
"""

import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable

LEASH_FD = "PRAZO_LEASH_FD"
SECONDS_TO_END = 3


def hold(fd: int) -> None:
    """From now on end this process within four seconds of the supervisor's end: asked first, then at once."""
    threading.Thread(target=_end_with_supervisor, args=(fd,), name="leash", daemon=True).start()


def _end_with_supervisor(fd: int) -> None:
    os.read(fd, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(SECONDS_TO_END)
    os._exit(1)


def _web() -> None:
    from gunicorn.app.wsgiapp import WSGIApplication

    sys.argv = ["gunicorn", "--config", "python:config.web", "config.wsgi"]
    WSGIApplication("%(prog)s").run()


def _worker() -> None:
    from celery.__main__ import main
    from django.conf import settings

    # Celery warns a worker of root against pickled messages; ours accepts JSON alone.
    warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")
    # `check` has its own command, and would import every page into a process that serves none.
    sys.argv = ["celery", "--app=config", "--quiet", "--skip-checks", "worker", "--without-gossip"]
    sys.argv += ["--pool=threads", f"--concurrency={settings.WORKER_THREADS}"]
    main()


def _beat() -> None:
    """Beat names tasks by strings, so without the apps it does the same in half the memory."""
    from celery.apps.beat import Beat
    from django.conf import settings
    from django.utils.log import configure_logging

    from config import celery_app

    class LeanBeat(Beat):
        def init_loader(self) -> None:
            configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)

    LeanBeat(app=celery_app, quiet=True).run()


PARTS: dict[str, Callable[[], None]] = {"web": _web, "worker": _worker, "beat": _beat}


def main() -> None:
    """Hold the leash before anything slow is imported, then become the part."""
    fd, part = int(sys.argv[1]), sys.argv[2]
    os.environ[LEASH_FD] = str(fd)
    hold(fd)
    PARTS[part]()


if __name__ == "__main__":
    main()

"""How gunicorn runs under `manage.py up` and systemd: `gunicorn --config python:config.web config.wsgi`.

A bad setting ends gunicorn's main process with its one line, because the settings are read here first.
"""

import gc
import os
from typing import Any

from django.conf import settings

from config import leash

bind = f"{settings.BIND}:{settings.PORT}"
workers = settings.WEB_WORKERS
worker_class = "gthread"
threads = settings.WEB_THREADS
preload_app = True  # imported once, shared by all workers
timeout = 60
keepalive = 5
max_requests = 5000  # whatever leaks is given back now and then
max_requests_jitter = 500
control_socket_disable = True
logconfig_dict = settings.LOGGING
forwarded_allow_ips = ""  # config.middleware.TrustedProxies decides whom to believe
is_supervised = leash.LEASH_FD in os.environ
graceful_timeout = leash.SECONDS_TO_END - 1 if is_supervised else 30


def when_ready(_server: Any) -> None:
    """Keep what was imported on pages that the workers share: a collection would touch them all."""
    gc.collect()
    gc.freeze()


def post_fork(_server: Any, _worker: Any) -> None:
    """Put each worker on the supervisor's leash too, should its master be killed first."""
    if is_supervised:
        leash.hold(int(os.environ[leash.LEASH_FD]))

"""Wires everything; imported by nobody below.

Zone data is part of every due time, so it comes from the locked `tzdata` package alone, never from the
machine. That must be settled before anything builds a zone: hence here, in the first module of every door.
"""

import os
import zoneinfo

os.environ["PYTHONTZPATH"] = ""  # for the processes that we start
zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()

from config.celery import app as celery_app  # noqa: E402  the zone source comes first

__all__ = ["celery_app"]

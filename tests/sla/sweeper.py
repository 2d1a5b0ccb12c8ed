"""A worker that sweeps and does nothing else, made to be killed: `python -m tests.sla.sweeper AT PAGE`.

It runs the product's own sweep again and again, as beat would ask for it, until its parent is gone.
"""

import os
import sys
import time
from datetime import datetime


def main() -> None:
    import django

    django.setup()
    from sla import alarms

    at, page, parent = datetime.fromisoformat(sys.argv[1]), int(sys.argv[2]), os.getppid()
    while os.getppid() == parent:
        if not alarms.ring_due(at=at, limit=page):
            time.sleep(0.02)


if __name__ == "__main__":
    main()

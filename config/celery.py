"""The Celery application.

Messages are wake-up calls: the rows are the truth, so losing one costs the next beat and nothing else.
That is why a nudge that cannot be published never reaches the person whose work is already saved.
"""

import os
from typing import Any

from celery import Celery
from celery.contrib.django.task import DjangoTask
from django.db import transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class WakeUp(DjangoTask[Any, Any]):
    """A task whose nudge after commit is allowed to fail."""

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]  # the stub is wrong: nothing is published yet
        """Publish after commit; a broker that is away is logged, and the next beat does the work."""

        def nudge() -> None:
            self.delay(*args, **kwargs)

        transaction.on_commit(nudge, robust=True)


app: "Celery[Any]" = Celery("prazo", task_cls=WakeUp)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

"""Times and statements of work repeated, and a desk with 100 customers to do it on."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Figures:
    """Seconds of each repetition, processor seconds of all, and statements of one."""

    seconds: Sequence[float]
    processor: float
    statements: int

    @property
    def each_second(self) -> float:
        """How many a second of wall time."""
        return len(self.seconds) / sum(self.seconds)

    @property
    def each_processor_second(self) -> float:
        """How many a second of processor time, which a busy machine does not change much."""
        return len(self.seconds) / self.processor

    def percentile(self, percent: int) -> float:
        """Milliseconds below which so many percent of the repetitions lie."""
        return statistics.quantiles(self.seconds, n=100, method="inclusive")[percent - 1] * 1000

    def line(self, what: str, peer: str = "") -> str:
        """One row of the report."""
        figures = (
            f"{self.percentile(50):7.1f} / {self.percentile(95):7.1f} ms, {self.statements:3d} statements"
        )
        return f"{what:<46}{figures:<36} {peer}"


def measure(work: Callable[[int], object], times: int) -> Figures:
    """Do it once to warm up and count statements, then so many times."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    work(0)
    with CaptureQueriesContext(connection) as captured:
        work(1)
    statements = len(captured)  # now, before another request empties the log
    seconds = []
    processor = time.process_time()
    for index in range(2, times + 2):
        began = time.perf_counter()
        work(index)
        seconds.append(time.perf_counter() - began)
    return Figures(seconds, time.process_time() - processor, statements)


@contextmanager
def own_database() -> Iterator[None]:
    """A database made for this, and dropped afterwards."""
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import setup_test_environment, teardown_test_environment

    name = connection.settings_dict["NAME"]
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    print(f"on {connection.vendor}, database {connection.settings_dict['NAME']}")
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        teardown_test_environment()


def hundred_customers(at: datetime) -> list[str]:
    """The sample desk's policy and plans, and 100 organisations under contract; gives their mail domains."""
    from contracts import agreements
    from contracts.models import MailDomain, Organisation, PlanVersion
    from helpdesk.sample import desk

    desk.set_up(at=at)
    premium = PlanVersion.objects.get(plan__key="plus")
    domains = []
    for index in range(100):
        organisation = Organisation.objects.create(name=f"Customer {index}", slug=f"customer-{index}")
        domains.append(f"customer{index}.example")
        MailDomain.objects.create(organisation=organisation, domain=domains[-1])
        agreements.sign(
            reference=f"B-{index}",
            organisation=organisation,
            plan_version=premium,
            starts_at=at - timedelta(days=400),
            at=at - timedelta(days=400),
        )
    return domains

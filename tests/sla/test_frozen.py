"""What is published is read once a process, and what was rolled back never happened."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sla import policies
from sla.frozen import Memory
from sla.hours import Metric
from sla.models import PolicyVersion, TargetCell
from tests.cast import unfrozen

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_known():
    policies._cells.forget()
    yield
    policies._cells.forget()


def test_what_a_transaction_read_is_kept_when_it_commits(django_capture_on_commit_callbacks):
    memory = Memory()
    with django_capture_on_commit_callbacks(execute=True):
        memory.keep(1, "promised")
        assert memory.get(1) is None
    assert memory.get(1) == "promised"


def test_what_is_rolled_back_is_not_kept(django_capture_on_commit_callbacks):
    memory = Memory()
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        memory.keep(1, "promised")
        transaction.set_rollback(True)
    assert memory.get(1) is None


def test_a_published_version_is_read_once(policy_version, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = policies.terms_of(policy_version)
    with CaptureQueriesContext(connection) as asked:
        again = policies.terms_of(policy_version)
    assert (again, len(asked)) == (first, 0)


def test_a_draft_is_read_every_time(policy_version, django_capture_on_commit_callbacks):
    policy_version.status = PolicyVersion.Status.DRAFT
    with django_capture_on_commit_callbacks(execute=True):
        policies.terms_of(policy_version)
    unfrozen(TargetCell.objects.filter(metric="resolution", priority__key="low").delete)
    assert "low" not in policies.terms_of(policy_version).targets[Metric.RESOLUTION]

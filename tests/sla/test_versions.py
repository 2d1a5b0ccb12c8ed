"""Versions: published once, frozen from then on, one in force at every instant (R2, SA-04)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from contracts.models import ContractVersion, PlanVersion
from sla import policies, versions
from sla.models import LadderStep, PolicyVersion, TargetCell
from sla.versions import NotADraft, NotLater
from tests.cast import LONG_AGO, TUESDAY_10, agreed, rewrite

LATER = TUESDAY_10 + timedelta(days=1)


def refused(change) -> str:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        change()
    return str(refusal.value)


@pytest.fixture
def published(contract, plus, policy_version):
    """A published version of each kind that has versions."""
    return {"policy": policy_version, "plan": plus, "contract": agreed(contract)}


def amended(version, **fields):
    """The next version of the same, as a draft."""
    copy = {
        field.attname: getattr(version, field.attname)
        for field in version._meta.concrete_fields
        if field.name not in {"id", "status", "valid_until"}
    }
    return type(version).objects.create(**copy | {"number": version.number + 1, "valid_from": LATER} | fields)


KINDS = pytest.mark.parametrize("kind", ["policy", "plan", "contract"])


@KINDS
def test_what_is_published_cannot_be_rewritten_made_a_draft_or_deleted(published, kind):
    version = published[kind]
    rows = type(version).objects.filter(pk=version.pk)
    for change in (
        lambda: rows.update(number=9),
        lambda: rows.update(valid_from=LATER),
        lambda: rows.update(status="draft"),
        lambda: rows._raw_delete(rows.db),
    ):
        assert "frozen once published" in refused(change)


@KINDS
def test_a_draft_may_be_written_and_thrown_away(published, kind):
    draft = amended(published[kind])
    rows = type(draft).objects.filter(pk=draft.pk)
    rows.update(valid_from=LATER + timedelta(days=1))
    assert rows.delete()[0] == 1


def test_neither_cells_nor_steps_nor_priorities_of_what_is_published_change(published, priorities):
    policy, plan, contract = published.values()
    said = {"priority": priorities["low"], "kind": "none"}
    for change in (
        lambda: policy.cells.update(amount=1),
        lambda: policy.cells.first().delete(),
        lambda: TargetCell.objects.create(version=policy, metric="next_response", **said),
        lambda: policy.ladder.update(tag="x"),
        lambda: LadderStep.objects.create(version=policy, percent=10, tag="x"),
        lambda: plan.offered_priorities.remove(priorities["low"]),
        lambda: contract.cells.create(metric="resolution", **said),
    ):
        assert "frozen once published" in refused(change)


def test_those_of_a_draft_do(published, priorities):
    draft = amended(published["contract"])
    cell = draft.cells.create(metric="resolution", priority=priorities["low"], kind="none")
    cell.delete()
    plan = amended(published["plan"])
    plan.offered_priorities.set([priorities["low"]])
    plan.offered_priorities.clear()


@KINDS
def test_two_versions_of_one_whole_never_rule_at_once(published, kind):
    version = published[kind]
    draft = amended(version)
    assert "one_in_force" in refused(
        lambda: type(draft).objects.filter(pk=draft.pk).update(status="scheduled")
    )
    versions.publish(draft, at=TUESDAY_10)
    version.refresh_from_db()
    assert (version.valid_until, draft.valid_from, draft.status) == (LATER, LATER, "scheduled")


@KINDS
def test_as_of_an_instant_there_is_one(published, kind):
    version = published[kind]
    draft = amended(version)
    versions.publish(draft, at=TUESDAY_10)
    rows = type(version).objects.all()
    just_before = LATER - timedelta(microseconds=1)
    found = [list(versions.in_force(rows, at=at)) for at in (LONG_AGO, just_before, LATER)]
    assert found == [[version], [version], [draft]]
    assert [*versions.in_force(rows, at=LONG_AGO - timedelta(microseconds=1))] == []


@KINDS
def test_beat_lets_them_begin_and_end(published, kind):
    version, draft = published[kind], amended(published[kind])
    versions.publish(draft, at=TUESDAY_10)
    assert [versions.turn_all_over(at=at) for at in (TUESDAY_10, LATER, LATER)] == [0, 1, 0]
    assert [type(draft).objects.get(pk=row.pk).status for row in (version, draft)] == ["superseded", "active"]


@KINDS
def test_once_is_once_and_the_past_is_not_rewritten(published, kind):
    draft = amended(published[kind])
    versions.publish(draft, at=TUESDAY_10)
    with pytest.raises(NotADraft):
        versions.publish(draft, at=TUESDAY_10)
    with pytest.raises(NotLater):
        versions.publish(amended(draft, valid_from=LATER), at=TUESDAY_10)
    assert versions.next_number(type(draft).objects.all()) == 4


def test_a_version_without_a_length_is_none(published):
    for version in published.values():
        rows = type(version).objects.filter(pk=version.pk)
        assert "ends_after_it_begins" in refused(
            lambda rows=rows, v=version: rows.update(valid_until=v.valid_from)
        )


def test_history_that_is_rewritten_on_purpose_is_guarded_again_afterwards(published):
    rewrite(published["plan"], units=3)
    assert "frozen" in refused(lambda: PlanVersion.objects.update(units=4))


# --- at once ----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_that_publish_at_once_one_is_refused(policy_version):
    drafts = [amended(policy_version, number=number) for number in (2, 3)]
    assert sorted(_at_once(drafts)) == ["NotLater", "published"]
    assert PolicyVersion.objects.exclude(status="draft").count() == 2


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_database_still_refuses_the_second(contract, monkeypatch):
    """The negative control: the rule alone, without its lock, would let both through."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no row locks to take away: a transaction that writes is alone.")
    monkeypatch.setattr(versions, "_lock", lambda _version: None)
    monkeypatch.setattr(versions, "turn_over", _slowly)
    drafts = [amended(agreed(contract), number=number, valid_from=LATER) for number in (2, 3)]
    assert sorted(_at_once(drafts)) != ["published", "published"]
    assert ContractVersion.objects.exclude(status="draft").count() == 2


def _slowly(_model, *, at):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.2)")
    return 0


def _at_once(drafts):
    start = Barrier(len(drafts))

    def publish(draft):
        connection.ensure_connection()
        start.wait(30)
        rule = policies.publish if isinstance(draft, PolicyVersion) else versions.publish
        try:
            rule(draft, at=TUESDAY_10)
        except (NotLater, IntegrityError) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "published"

    with ThreadPoolExecutor(len(drafts)) as pool:
        return list(pool.map(publish, drafts))

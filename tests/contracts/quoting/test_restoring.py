"""AG-21: whoever was erased does not come back with a backup."""

import io

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction

from contracts.models import Erasure, ServiceCategory
from contracts.quoting import deciding, refusals, restoring, working
from contracts.quoting.deciding import Answerer
from tests.contracts.quoting.conftest import NOON, RUI

pytestmark = pytest.mark.django_db


@pytest.fixture
def accepted(category, sent, ana):
    ServiceCategory.objects.filter(pk=category.pk).update(needs_authorisation=False, checks_erasure=True)
    by = Answerer(ana, ana.account, None)
    deciding.accept(sent, name_typed="Ana", document=sent.document.sha256, by=by, at=NOON)
    restoring.register(["gone@azenha.example"], by=RUI, at=NOON)
    return sent


def compare(quote, *identifiers):
    return restoring.compare(quote, identifiers=identifiers, by=RUI, at=NOON)


def test_work_waits_until_it_was_compared(accepted):
    with pytest.raises(refusals.NotCompared):
        working.begin(accepted, by=RUI, at=NOON)
    assert compare(accepted, "there@azenha.example").hits == 0
    assert working.begin(accepted, by=RUI, at=NOON).state == "in_work"


@pytest.mark.parametrize("spelt", ["gone@azenha.example", " GONE@Azenha.Example\n", "ｇone@azenha.example"])
def test_an_erased_one_blocks_however_it_is_spelt_until_the_owner_decides(accepted, spelt):
    check = compare(accepted, "there@azenha.example", spelt)
    assert (check.subjects, check.hits) == (2, 1)
    with pytest.raises(refusals.WasErased):
        working.begin(accepted, by=RUI, at=NOON)

    restoring.decide(check, is_allowed=True, reason="Without that row.", by="account:9", at=NOON)

    assert working.begin(accepted, by=RUI, at=NOON).state == "in_work"


def test_refused_it_stays_blocked_and_is_decided_once_with_a_reason(accepted):
    check = compare(accepted, "gone@azenha.example")
    with pytest.raises(refusals.ReasonMissing):
        restoring.decide(check, is_allowed=False, reason=" ", by=RUI, at=NOON)
    restoring.decide(check, is_allowed=False, reason="No.", by=RUI, at=NOON)
    with pytest.raises(refusals.IsDecided):
        restoring.decide(check, is_allowed=True, reason="Yes.", by=RUI, at=NOON)
    with pytest.raises(refusals.WasErased):
        working.begin(accepted, by=RUI, at=NOON)


def test_a_register_that_cannot_be_read_blocks(accepted, monkeypatch):
    def away(*_args, **_kwargs):
        raise DatabaseError("away")

    monkeypatch.setattr(Erasure.objects, "filter", away)
    with pytest.raises(refusals.RegisterUnreachable):
        compare(accepted, "there@azenha.example")
    with pytest.raises(refusals.NotCompared):
        working.begin(accepted, by=RUI, at=NOON)


def test_nobody_named_is_nothing_compared(accepted):
    with pytest.raises(refusals.NoSubjects):
        compare(accepted, " ", "")
    with pytest.raises(refusals.NoSubjects):
        compare(accepted, *(f"{number}@azenha.example" for number in range(restoring.MOST + 1)))


def test_the_register_names_nobody_and_only_grows(accepted):
    assert restoring.register([" gone@AZENHA.example", "more@azenha.example"], by=RUI, at=NOON) == 1
    assert not any("azenha" in digest for digest in Erasure.objects.values_list("digest", flat=True))
    with pytest.raises(IntegrityError), transaction.atomic():
        Erasure.objects.all().delete()


def test_the_command_reads_them_from_its_input(accepted, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("gone@azenha.example\nnew@azenha.example\n\n"))
    call_command("register_erasure", "--by", "account:9")
    assert capsys.readouterr().out == "1 noted\n"
    assert compare(accepted, "new@azenha.example").hits == 1

"""Who writes, and to which customer they belong."""

import pytest
from django.core.exceptions import ValidationError

from contracts import people
from contracts.addresses import BadAddress
from contracts.models import Address, MailDomain, Organisation, Person
from tests.cast import TUESDAY_10


def write(value, *, kind="email", name="", language=""):
    return people.person_for(kind, value, name=name, language=language)


def test_a_first_mail_makes_a_person_of_the_organisation_of_its_domain(azenha):
    nuno = write("Nuno@Azenha.Example", name="Nuno Nunes", language="pt-pt")
    assert (nuno.name, nuno.language, nuno.organisation) == ("Nuno Nunes", "pt-pt", azenha)
    assert list(nuno.addresses.values_list("kind", "value")) == [("email", "nuno@azenha.example")]
    assert (nuno.account, nuno.is_manager) == (None, False)


def test_a_second_mail_is_from_the_same_person_whatever_the_case(azenha):
    assert write("nuno@azenha.example") == write("NUNO@AZENHA.EXAMPLE")
    assert Person.objects.count() == 1


def test_a_whatsapp_number_belongs_to_no_organisation(db):
    nuno = write("+351 912 345 678", kind="whatsapp", name="Nuno")
    assert (nuno.organisation, nuno.addresses.get().value) == (None, "+351912345678")


def test_whoever_is_known_by_a_number_is_found_by_it(ana):
    Address.objects.create(person=ana, kind="whatsapp", value="+351912345678")
    assert write("+351 912-345-678", kind="whatsapp", name="A. Azevedo") == ana


def test_names_and_languages_are_claims_that_change_nothing_known(ana):
    again = write("ana@azenha.example", name="Impostor", language="xx")
    assert (again.name, again.language) == ("Ana Azevedo", "pt-pt")


def test_a_name_fills_an_empty_one(azenha):
    nuno = write("nuno@azenha.example")
    write("nuno@azenha.example", name="Nuno Nunes")
    nuno.refresh_from_db()
    assert nuno.name == "Nuno Nunes"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Nuno \t\r\n Nunes ", "Nuno Nunes"),
        ("Nu\x00no\x1b", "Nuno"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}Nuno", "Nuno"),
        ("\ud800Nuno", "Nuno"),
        ("N" * 5_000, "N" * 160),
        ("<script>", "<script>"),
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_a_name_is_one_line_that_fits(db, written, kept):
    assert Person.objects.get(pk=write("nuno@elsewhere.example", name=written).pk).name == kept


def test_whoever_belongs_nowhere_is_placed_when_their_domain_is_entered(azenha):
    nuno = write("nuno@azenha-sul.example")
    assert nuno.organisation is None
    MailDomain.objects.create(organisation=azenha, domain="azenha-sul.example")
    assert write("nuno@azenha-sul.example").organisation == azenha


def test_whoever_was_placed_by_an_agent_stays_there(azenha, bellecour):
    nuno = write("nuno@azenha.example")
    nuno.organisation = bellecour
    nuno.save()
    assert write("nuno@azenha.example").organisation == bellecour


@pytest.mark.parametrize(
    "address",
    ["nuno@sub.azenha.example", "nuno@azenha.example.evil.example", "nuno@xazenha.example", "nuno@example"],
)
def test_only_the_very_domain_counts(azenha, address):
    assert write(address).organisation is None


def test_an_international_domain_is_found_in_either_form(azenha):
    domain = MailDomain(organisation=azenha, domain="Bücher.example")
    domain.full_clean()
    domain.save()
    assert write("nuno@BÜCHER.example").organisation == azenha
    assert write("rita@xn--bcher-kva.example").organisation == azenha


@pytest.mark.parametrize("domain", ["gmail.com", "Outlook.com", "sapo.pt.", "  hotmail.com", "uol.com.br"])
def test_a_public_providers_domain_can_belong_to_nobody(azenha, domain):
    with pytest.raises(ValidationError) as refusal:
        MailDomain(organisation=azenha, domain=domain).full_clean()
    assert [error.code for error in refusal.value.error_dict["domain"]] == ["public_domain"]


def test_even_a_row_makes_no_customer_of_everybody_at_a_public_provider(azenha):
    MailDomain.objects.create(organisation=azenha, domain="gmail.com")
    assert write("anybody@gmail.com").organisation is None


@pytest.mark.parametrize("domain", ["", "azenha example", "https://azenha.example", "@azenha.example"])
def test_what_is_no_domain_is_refused_in_a_form(azenha, domain):
    with pytest.raises(ValidationError, match="domain"):
        MailDomain(organisation=azenha, domain=domain).full_clean()


def test_a_domain_belongs_to_one_organisation(azenha, bellecour):
    with pytest.raises(ValidationError, match="already exists"):
        MailDomain(organisation=bellecour, domain="AZENHA.example").full_clean()


@pytest.mark.parametrize(
    ("kind", "value"), [("email", "ana"), ("whatsapp", "912"), ("whatsapp", "a@b.example")]
)
def test_a_bad_address_makes_nobody(db, kind, value):
    with pytest.raises(BadAddress):
        write(value, kind=kind)
    assert not Person.objects.exists()


def test_an_unknown_kind_of_address_is_a_mistake_of_the_caller(db):
    with pytest.raises(ValueError, match="pigeon"):
        write("ana@azenha.example", kind="pigeon")


@pytest.mark.parametrize("model", [Organisation, Person])
def test_an_unknown_zone_is_refused_in_a_form(db, model):
    with pytest.raises(ValidationError) as refusal:
        model(zone="Europe/Lisboa").full_clean()
    assert [error.code for error in refusal.value.error_dict["zone"]] == ["unknown_zone"]


# --- what it costs ------------------------------------------------------------------------------


def test_a_known_writer_costs_one_statement(ana, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert write("ana@azenha.example").organisation.slug == "azenha"


def test_an_address_that_bounced_is_good_again_once_somebody_writes_from_it(bruno):
    bruno.addresses.update(bounced_at=TUESDAY_10)
    assert people.person_for("email", "bruno@azenha.example", name="") == bruno
    assert bruno.addresses.get().bounced_at is None


def test_a_person_without_a_name_is_called_by_their_address_until_they_say_one(db):
    names = [people.person_for("email", "zoe@nowhere.example", name=name).name for name in ("", "Zoe", "Z.")]
    assert names == ["zoe@nowhere.example", "Zoe", "Zoe"]

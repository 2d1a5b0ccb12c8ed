"""Organisations and people."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.console import AgentConsole, Rows
from contracts import people
from contracts.addresses import normalise_domain
from contracts.models import Address, MailDomain, Organisation, Person


class MailDomainForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A domain in the one form in which it is compared."""

    def clean_domain(self) -> str:
        """Lower case and ASCII, whatever was typed."""
        try:
            return normalise_domain(self.cleaned_data["domain"])
        except people.BadAddress as error:
            raise forms.ValidationError(_("That is not a mail domain.")) from error


class MailDomainRows(Rows[MailDomain, Organisation]):
    """Whose mail belongs to the organisation."""

    model = MailDomain
    form = MailDomainForm


@admin.register(Organisation)
class OrganisationAdmin(AgentConsole[Organisation]):
    """Customers."""

    list_display = ("name", "slug", "language", "zone", "account_owner")
    list_select_related = ("account_owner",)
    search_fields = ("name", "slug", "=mail_domains__domain")
    search_help_text = _("Name, short name or mail domain")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("account_owner",)
    inlines = (MailDomainRows,)


class AddressForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """An address in the one form in which it is stored."""

    def clean(self) -> dict[str, Any]:
        """Normalise the value for its kind."""
        given = super().clean() or {}
        if given.get("kind") and given.get("value"):
            try:
                given["value"] = people.normalise(given["kind"], given["value"])
            except people.BadAddress as error:
                self.add_error("value", str(error))
        return given


class AddressRows(Rows[Address, Person]):
    """How somebody is reached."""

    model = Address
    form = AddressForm
    readonly_fields = ("bounced_at",)


@admin.register(Person)
class PersonAdmin(AgentConsole[Person]):
    """Whoever writes or signs in."""

    list_display = ("__str__", "reached", "organisation", "is_manager", "language")
    list_select_related = ("organisation",)
    list_filter = ("is_manager", ("organisation", admin.EmptyFieldListFilter))
    search_fields = ("name", "addresses__value__istartswith", "organisation__name")
    search_help_text = _("Name, address or organisation")
    autocomplete_fields = ("organisation", "account")
    inlines = (AddressRows,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        """With their addresses."""
        return super().get_queryset(request).prefetch_related("addresses")

    @admin.display(description=_("addresses"))
    def reached(self, person: Person) -> str:
        """All of them."""
        return ", ".join(address.value for address in person.addresses.all())

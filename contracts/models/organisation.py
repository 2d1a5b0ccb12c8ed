"""A customer, and the mail domains that say who belongs to it."""

from contextlib import suppress

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from contracts.addresses import BadAddress, normalise_domain
from contracts.validators import validate_customer_domain, validate_zone


class Organisation(models.Model):
    """A customer organisation."""

    name = models.CharField(max_length=160, unique=True)
    slug = models.SlugField(unique=True)
    language = models.CharField(max_length=10, default="en")
    zone = models.CharField(max_length=64, default="Europe/Lisbon", validators=(validate_zone,))
    account_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations_owned",
    )

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class MailDomain(models.Model):
    """A domain whose writers belong to an organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="mail_domains")
    domain = models.CharField(max_length=253, unique=True, validators=(validate_customer_domain,))

    class Meta:
        ordering = ("domain",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(domain=Lower("domain")), name="a_mail_domain_is_lower_case"
            ),
        )

    def __str__(self) -> str:
        return self.domain

    def clean(self) -> None:
        """Keep the one form in which a sender's domain is looked up."""
        with suppress(BadAddress):  # the field's validator says what is wrong
            self.domain = normalise_domain(self.domain)

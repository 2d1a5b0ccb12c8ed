"""Whoever writes to us, and the addresses they write from."""

from django.conf import settings
from django.db import models

from contracts.models.organisation import Organisation
from contracts.validators import validate_zone


class Person(models.Model):
    """Somebody who writes or signs in; a spammer is a person but never an account."""

    name = models.CharField(max_length=160, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="people"
    )
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="person",
    )
    language = models.CharField(max_length=10, blank=True)
    zone = models.CharField(max_length=64, blank=True, validators=(validate_zone,))
    is_manager = models.BooleanField(
        default=False, help_text="Sees all tickets and the use of the organisation."
    )

    class Meta:
        ordering = ("name", "id")
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name or f"person {self.pk}"


class Address(models.Model):
    """One normalised way to reach a person; each belongs to exactly one."""

    class Kind(models.TextChoices):
        """What the value is."""

        EMAIL = "email"
        WHATSAPP = "whatsapp"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=254, help_text="Lower case, or E.164.")
    bounced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("kind", "value")
        verbose_name_plural = "addresses"
        constraints = (
            models.UniqueConstraint(fields=("kind", "value"), name="an_address_belongs_to_one_person"),
        )

    def __str__(self) -> str:
        return self.value

"""Technical services: what no support plan includes, and how each is usually priced (SA-12)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from contracts.validators import validate_currency
from sla.backlog import LOCALES

LONGEST_TEXT = 500


class Unit(models.TextChoices):
    """What a line of a quote counts."""

    HOUR = "hour", _("hours")
    DAY = "day", _("days")
    PIECE = "piece", _("pieces")
    FLAT = "flat", _("flat rate")


def validate_texts(value: Any) -> None:
    """Refuse what is no text by language, or has none in English, on which the others fall back (D20)."""
    is_by_language = isinstance(value, dict) and all(
        key in LOCALES and isinstance(text, str) and len(text) <= LONGEST_TEXT for key, text in value.items()
    )
    if not is_by_language or not value.get("en", "").strip():
        raise ValidationError(
            _("Write a text for each language, at least in English: %(languages)s."),
            code="bad_texts",
            params={"languages": ", ".join(LOCALES)},
        )


class ServiceCategory(models.Model):
    """A reason why a request is a technical service; the seed has five, and a desk may have others."""

    key = models.SlugField(unique=True, max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    names = models.JSONField(validators=(validate_texts,), help_text='By language: {"en": "…", "fr": "…"}.')
    examples = models.JSONField(
        default=dict, blank=True, help_text="What belongs to it, by language; customers read it."
    )
    currency = models.CharField(
        max_length=3, default="EUR", validators=(validate_currency,), help_text="Of its usual lines."
    )
    needs_authorisation = models.BooleanField(
        default=False, help_text="Work on the customer's data waits until their manager has authorised it."
    )
    checks_erasure = models.BooleanField(
        default=False, help_text="Work waits until what is restored was compared with the erasure register."
    )
    archived_at = models.DateTimeField(
        null=True, blank=True, help_text="Since then it is chosen no more; what has it keeps it."
    )

    class Meta:
        ordering = ("position", "key")
        verbose_name_plural = "service categories"

    def __str__(self) -> str:
        return self.name_in("en")

    def name_in(self, language: str) -> str:
        """Its name in that language, else in the nearest that has one (D20)."""
        return text_in(self.names, language)


class PricedLine(models.Model):
    """So many units at such a price, with the tax on it; see `contracts.money.Priced`."""

    quantity = models.DecimalField(max_digits=10, decimal_places=3, validators=(MinValueValidator(0),))
    unit = models.CharField(max_length=10, choices=Unit, default=Unit.HOUR)
    unit_price = models.DecimalField(max_digits=12, decimal_places=4, validators=(MinValueValidator(0),))
    tax_percent = models.DecimalField(
        max_digits=5, decimal_places=2, default=0, validators=(MinValueValidator(0), MaxValueValidator(100))
    )

    class Meta:
        abstract = True


class UsualLine(PricedLine):
    """A line with which a quote for a category begins."""

    category = models.ForeignKey(ServiceCategory, on_delete=models.CASCADE, related_name="usual_lines")
    position = models.PositiveSmallIntegerField(default=0)
    descriptions = models.JSONField(validators=(validate_texts,))

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return text_in(self.descriptions, "en")


def text_in(texts: Any, language: str) -> str:
    """The text in that language; in Portugal's for Brazil, and in English for all (D20)."""
    chain = (language, "pt-pt", "en") if language == "pt-br" else (language, "en")
    return next((texts[each] for each in chain if texts.get(each, "").strip()), "")

"""What a technical service costs: quotes, their lines, the document that was sent, what became of it (R6).

A row of `Quote` is one version. A version that was sent never changes: what its reader saw is in its lines
and its document, and the database refuses to touch them (`contracts.frozen`). A change is a further row with
the same number and the next version.
"""

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts import money
from contracts.models.account import Account
from contracts.models.contract import Contract
from contracts.models.organisation import Organisation
from contracts.models.person import Person
from contracts.models.service import PricedLine, ServiceCategory, Unit
from contracts.validators import validate_currency

INSTANT: Final = timedelta(seconds=1)


class QuoteSeries(models.Model):
    """Numbers of one year; the row is locked while one is drawn, so that none is lost or given twice."""

    year = models.PositiveSmallIntegerField(unique=True)
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "quote series"

    def __str__(self) -> str:
        return str(self.year)


class Quote(models.Model):
    """One version of a quote for one ticket."""

    class State(models.TextChoices):
        """Where it stands; `contracts.quoting` says what may follow."""

        DRAFT = "draft", _("draft")
        SENT = "sent", _("sent")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        EXPIRED = "expired", _("expired")
        SUPERSEDED = "superseded", _("superseded")
        WITHDRAWN = "withdrawn", _("withdrawn")
        IN_WORK = "in_work", _("in work")
        DONE = "done", _("done")

    AGREED = (State.ACCEPTED, State.IN_WORK)
    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, blank=True, help_text="Drawn when the first version is sent.")
    version = models.PositiveSmallIntegerField(default=1)
    ticket_uid = models.UUIDField(help_text="The ticket; without a foreign key.")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="quotes")
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, null=True, blank=True, related_name="quotes"
    )
    category = models.ForeignKey(ServiceCategory, on_delete=models.PROTECT, related_name="quotes")
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)

    language = models.CharField(max_length=10)
    zone = models.CharField(max_length=64, help_text="In which its validity ends.")
    currency = models.CharField(max_length=3, validators=(validate_currency,))
    conditions = models.TextField(blank=True)
    valid_until = models.DateField(
        null=True, blank=True, help_text="The last day on which it can be accepted."
    )
    overrun_percent = models.PositiveSmallIntegerField(
        default=10, help_text="By how much the work may exceed the quantity before a new version is needed."
    )
    net = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    tax = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    total = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)

    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=64)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="The end of its last day.")
    reminds_at = models.DateTimeField(null=True, blank=True, help_text="When its reader is reminded; once.")
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="Declined, expired, superseded, withdrawn or done."
    )
    external_number = models.CharField(
        max_length=60, blank=True, help_text="Of the document that billing made of it (D21)."
    )
    edition = models.PositiveIntegerField(default=1, help_text="For conflicting edits.")

    class Meta:
        ordering = ("-opened_at", "-id")
        indexes = (
            models.Index(fields=("ticket_uid", "id"), name="quotes_of_a_ticket"),
            models.Index(fields=("organisation", "-sent_at"), name="quotes_of_a_customer"),
            models.Index(fields=("expires_at",), name="quotes_to_expire", condition=Q(state="sent")),
            models.Index(
                fields=("reminds_at",),
                name="quotes_to_remind_of",
                condition=Q(state="sent", reminds_at__isnull=False),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("number", "version"), condition=~Q(number=""), name="a_quotes_version_has_its_number"
            ),
            models.UniqueConstraint(
                fields=("ticket_uid",), condition=Q(state="draft"), name="a_ticket_has_one_draft_of_a_quote"
            ),
            models.UniqueConstraint(
                fields=("ticket_uid",), condition=Q(state="sent"), name="a_ticket_has_one_quote_to_decide"
            ),
            models.UniqueConstraint(
                fields=("ticket_uid",),
                condition=Q(state__in=("accepted", "in_work")),
                name="a_ticket_has_one_quote_agreed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "withdrawn"))
                | (
                    Q(
                        sent_at__isnull=False,
                        expires_at__isnull=False,
                        valid_until__isnull=False,
                        net__isnull=False,
                        tax__isnull=False,
                        total__isnull=False,
                    )
                    & ~Q(number="")
                    & ~Q(sent_by="")
                ),
                name="a_sent_quote_says_what_until_when_and_under_which_number",
            ),
            models.CheckConstraint(
                condition=~Q(state="draft") | Q(sent_at__isnull=True), name="a_draft_of_a_quote_was_not_sent"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, state__in=("draft", "sent", "accepted", "in_work"))
                | Q(
                    ended_at__isnull=False,
                    state__in=("declined", "expired", "superseded", "withdrawn", "done"),
                ),
                name="a_quote_that_is_over_says_since_when",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number or _('draft')} v{self.version}"

    @property
    def was_sent(self) -> bool:
        """Whether a customer has seen it, and it stays as it is."""
        return self.sent_at is not None

    @property
    def is_agreed(self) -> bool:
        """Whether its customer accepted it, and no other version took its place."""
        return self.state in {*self.AGREED, self.State.DONE}

    @property
    def last_instant(self) -> datetime | None:
        """The last second in which it can be accepted, which is what its reader is told."""
        return self.expires_at - INSTANT if self.expires_at else None


class QuoteStep(models.Model):
    """A state that a quote came to, and by whom; append-only."""

    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=12, choices=Quote.State)
    at = models.DateTimeField()
    by = models.CharField(max_length=64, help_text="Actor as text: history outlives people.")

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.quote}: {self.state}"


class QuoteLine(PricedLine):
    """A line of a quote."""

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(default=0)
    description = models.CharField(max_length=300)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(quantity__gt=0),
                name="a_line_of_a_quote_counts_something",
                violation_error_message=_("The quantity is more than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0), name="a_line_of_a_quote_costs_nothing_or_more"
            ),
            models.CheckConstraint(
                condition=Q(tax_percent__gte=0, tax_percent__lte=100),
                name="the_tax_of_a_line_is_0_to_100_percent",
                violation_error_message=_("Tax is 0 to 100 percent."),
            ),
        )

    def __str__(self) -> str:
        return self.description

    @property
    def written(self) -> dict[str, str]:
        """What it says, as forms and programs write it."""
        return {
            "description": self.description,
            "quantity": money.exact(self.quantity),
            "unit": self.unit,
            "unit_price": money.exact(self.unit_price),
            "tax_percent": money.exact(self.tax_percent),
        }


class QuoteDocument(models.Model):
    """The file that a customer was sent, byte for byte; append-only (AU-04)."""

    quote = models.OneToOneField(Quote, on_delete=models.PROTECT, related_name="document")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.quote} {self.sha256[:12]}"

    @property
    def name(self) -> str:
        """Of the file."""
        return f"{self.quote.number}-v{self.quote.version}.pdf"


class QuoteDecision(models.Model):
    """A customer's answer, with the evidence of it; append-only, one a version (CM-05)."""

    quote = models.OneToOneField(Quote, on_delete=models.PROTECT, related_name="decision")
    is_accepted = models.BooleanField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    name_typed = models.CharField(max_length=160, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    ip = models.GenericIPAddressField(null=True)
    document_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(is_accepted=False) | ~Q(name_typed=""), name="an_acceptance_has_a_name_typed"
            ),
        )

    def __str__(self) -> str:
        return f"{self.quote}: {'accepted' if self.is_accepted else 'declined'}"


class WorkLog(models.Model):
    """Work done on an accepted quote; append-only, a slip is corrected by a further entry (AG-12)."""

    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="work")
    quantity = models.DecimalField(
        max_digits=10, decimal_places=3, help_text="In the unit; below 0 corrects."
    )
    unit = models.CharField(max_length=10, choices=Unit, default=Unit.HOUR)
    note = models.CharField(max_length=500)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(quantity=0), name="logged_work_is_something"),
            models.CheckConstraint(condition=~Q(note=""), name="logged_work_says_what"),
        )

    def __str__(self) -> str:
        return f"{self.quote}: {self.quantity} {self.unit}"


class Authorisation(models.Model):
    """Leave to work on a customer's data: asked with purpose and scope, given by their manager (CM-10)."""

    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="authorisations")
    purpose = models.CharField(max_length=500)
    scope = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=64)
    approver = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    ip = models.GenericIPAddressField(null=True)

    class Meta:
        ordering = ("asked_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(purpose="") & ~Q(scope=""), name="an_authorisation_says_what_for_and_how_far"
            ),
            models.CheckConstraint(
                condition=Q(approver__isnull=True, approved_at__isnull=True)
                | Q(approver__isnull=False, approved_at__isnull=False),
                name="an_authorisation_names_who_gave_it_and_when",
            ),
        )

    def __str__(self) -> str:
        return f"{self.quote}: {self.purpose}"


class Erasure(models.Model):
    """A subject whose personal data was erased, by a keyed digest of its identifier; append-only (AG-21)."""

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.digest[:12]


class RestoreCheck(models.Model):
    """What is to be restored, compared with the erasure register before work begins (AG-21)."""

    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="restore_checks")
    subjects = models.PositiveIntegerField(help_text="How many identifiers were compared.")
    hits = models.PositiveIntegerField(help_text="How many of them were erased.")
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    is_allowed = models.BooleanField(null=True, help_text="Of a hit, what the privacy owner decided.")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(subjects__gt=0), name="a_restore_check_compared_something"),
            models.CheckConstraint(
                condition=Q(is_allowed__isnull=True, decided_at__isnull=True)
                | (Q(is_allowed__isnull=False, decided_at__isnull=False) & ~Q(decided_by="") & ~Q(reason="")),
                name="a_decision_on_a_restore_says_when_who_and_why",
            ),
        )

    def __str__(self) -> str:
        return f"{self.quote}: {self.hits}/{self.subjects}"

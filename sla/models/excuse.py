"""Why a promise was missed: proposed by one person, decided by another, never undone (D11)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sla.models.clock import Clock


class Excuse(models.Model):
    """A caveat of one clock; only an approved one counts, and then apart from what was met."""

    class Cause(models.TextChoices):
        """The reasons that the published policy names, and no other."""

        COMPLEXITY = "complexity", _("complexity")
        ESCALATION = "escalation", _("escalation")
        THIRD_PARTY = "third_party", _("waiting for a third party")
        BACKLOG = "backlog", _("backlog period")
        OUTSIDE_CONTROL = "outside_control", _("outside our control")

    class State(models.TextChoices):
        """Whether it was decided, and how."""

        PROPOSED = "proposed", _("proposed")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="excuses")
    cause = models.CharField(max_length=16, choices=Cause)
    text = models.CharField(max_length=500, help_text="What happened.")
    proposed_by = models.CharField(max_length=64, help_text="Actor as text: history outlives people.")
    proposed_at = models.DateTimeField()
    is_after_the_fact = models.BooleanField(help_text="The clock had been missed when it was proposed.")
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=500, blank=True, help_text="What the decider says.")

    class Meta:
        ordering = ("proposed_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("clock",), condition=Q(state="proposed"), name="a_clock_has_one_open_proposal"
            ),
            models.UniqueConstraint(
                fields=("clock",), condition=Q(state="approved"), name="a_clock_is_excused_once"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at__isnull=True, decided_by="")
                | (~Q(state="proposed") & Q(decided_at__isnull=False) & ~Q(decided_by="")),
                name="a_decided_excuse_says_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("proposed_by")), name="nobody_decides_their_own_excuse"
            ),
        )
        indexes = (models.Index(fields=("proposed_at",), name="excuses_by_date"),)

    def __str__(self) -> str:
        return f"{self.cause} {self.state}"

"""The rows of a ladder: when each step is reached, and what is done then, as somebody reads it."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.console import Checkboxes, Choice, Number, Rows
from sla import ladders
from sla.models import LadderStep, PolicyVersion
from sla.models.policy import Cell

HOUR: Final = 60
"""Minutes."""
MOST_PERCENT: Final = 1_000
PERCENT: Final = "percent"
MEASURES: Final = {
    PERCENT: (_("% used"), 0),
    "hours_before": (_("h before"), -HOUR),
    "minutes_before": (_("min before"), -1),
    "minutes_after": (_("min after"), 1),
    "hours_after": (_("h after"), HOUR),
}
"""How the amount of a step is meant, and how many minutes of offset one of it is."""


class StepForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A step as an amount and what it measures, and choices in the place of keys."""

    amount = forms.IntegerField(
        label=_("step"),
        min_value=0,
        max_value=LadderStep.LONGEST_OFFSET,
        widget=Number(attrs={"aria-label": _("step"), "class": "pz-amount"}),
    )
    measure = forms.ChoiceField(
        label=_("of due time"),
        choices=[(key, said) for key, (said, _minutes) in MEASURES.items()],
        widget=Choice(attrs={"aria-label": _("of due time")}),
    )
    tell = forms.MultipleChoiceField(label=_("tells"), required=False, widget=Checkboxes)
    to_team = forms.ChoiceField(
        label=_("gives to team"), required=False, widget=Choice(attrs={"aria-label": _("gives to team")})
    )
    webhook = forms.ChoiceField(
        label=_("calls webhook"), required=False, widget=Choice(attrs={"aria-label": _("calls webhook")})
    )

    class Meta:
        model = LadderStep
        fields = ("metric", "raises_priority", "tag")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer what there is today."""
        super().__init__(*args, **kwargs)
        words = ladders.vocabulary()
        self._offer("tell", list(words.roles().items()))
        self._offer("to_team", [("", "–"), *words.teams().items()])
        self._offer("webhook", [("", "–"), *words.webhooks().items()])
        self._offer("metric", [("", gettext("every clock")), *Cell.Metric.choices])
        self.was = ("", "")
        if self.instance.pk:
            self.was = self.place
            self._fill()

    def _offer(self, name: str, choices: Sequence[Any]) -> None:
        """To whoever may only read, nothing is."""
        if name in self.fields:
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # a choice field's

    def _fill(self) -> None:
        amount, measure = _measured(self.instance)
        kept = {name: getattr(self.instance, name) for name in ("tell", "to_team", "webhook")}
        self.initial = {**self.initial, **kept, "amount": amount, "measure": measure}

    def clean(self) -> dict[str, Any]:
        """The amount as the share or the offset that the row keeps."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        amount, measure = cleaned.get("amount"), cleaned.get("measure")
        if amount is None or measure is None:
            return cleaned
        minutes = MEASURES[measure][1]
        self._check_range(amount, minutes)
        self.instance.percent = None if minutes else amount
        self.instance.offset_minutes = amount * minutes if minutes else None
        for name in ("tell", "to_team", "webhook"):
            setattr(self.instance, name, cleaned.get(name) or ([] if name == "tell" else ""))
        if not any(cleaned.get(name) for name in LadderStep.ACTIONS):
            raise ValidationError(gettext("Say what is done at this step."), code="idle")
        return cleaned

    def _check_range(self, amount: int, minutes: int) -> None:
        if not minutes and not 1 <= amount <= MOST_PERCENT:
            self.add_error("amount", gettext("A share is between 1 and %d %%.") % MOST_PERCENT)
        if abs(amount * minutes) > LadderStep.LONGEST_OFFSET:
            self.add_error("amount", gettext("A step is at most 30 days of open time from the due time."))

    @property
    def place(self) -> tuple[str, str]:
        """The metric and the step's name, of which a ladder has one."""
        return self.instance.metric, self.instance.key

    @property
    def is_kept(self) -> bool:
        """Whether there will be such a step: not of a row that is deleted or was left empty."""
        is_there = self.has_changed() or self.instance.pk is not None
        return is_there and not self.cleaned_data.get("DELETE")

    @property
    def is_moved(self) -> bool:
        """Whether a step that is stored gets another place."""
        return self.instance.pk is not None and self.place != self.was


class StepRows(BaseInlineFormSet):  # type: ignore[type-arg]  # not subscriptable at run time
    """All steps of a ladder: none of them twice."""

    def clean(self) -> None:
        """Two steps at one place are refused, and so are two that change places, which no database takes."""
        super().clean()
        if any(self.errors):
            return
        steps: list[StepForm] = [*self.forms]  # type: ignore[list-item]  # a formset does not know its forms
        stored = {step.instance.pk: step.was for step in steps if step.instance.pk}
        taken: set[tuple[str, str]] = set()
        for step in steps:
            if not step.is_kept:
                continue
            others = {place for pk, place in stored.items() if pk != step.instance.pk}
            if step.place in taken or (step.is_moved and step.place in others):
                step.add_error("amount", gettext("The ladder has this step already."))
            taken.add(step.place)


def _measured(step: LadderStep) -> tuple[int, str]:
    """The amount and measure of a row, in whole hours where they are."""
    if step.offset_minutes is None:
        return step.percent or 0, PERCENT
    side = "before" if step.offset_minutes < 0 else "after"
    minutes = abs(step.offset_minutes)
    if minutes and not minutes % HOUR:
        return minutes // HOUR, f"hours_{side}"
    return minutes, f"minutes_{side}"


class LadderRows(Rows[LadderStep, PolicyVersion]):
    """What is done when, as a clock climbs."""

    model = LadderStep
    form = StepForm
    formset = StepRows
    verbose_name_plural = _("ladder")

    def is_frozen(self, row: PolicyVersion) -> bool:
        """With its version."""
        return row.status != PolicyVersion.Status.DRAFT

    def get_fields(self, request: HttpRequest, obj: PolicyVersion | None = None) -> Any:
        """What is filled in, or, when it is frozen, what it says."""
        if self.has_change_permission(request, obj):
            return ("amount", "measure", "metric", "tell", "to_team", "raises_priority", "tag", "webhook")
        return ("when", "of_what", "told", "does")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What a frozen row says."""
        return ("when", "of_what", "told", "does")

    @admin.display(description=_("when"))
    def when(self, step: LadderStep) -> str:
        """Such as "1 h before due"."""
        return ladders.said(step.percent, step.offset_minutes)

    @admin.display(description=_("clock"))
    def of_what(self, step: LadderStep) -> str:
        """One metric, or all."""
        return step.get_metric_display() if step.metric else gettext("every clock")

    @admin.display(description=_("tells"))
    def told(self, step: LadderStep) -> str:
        """The levels by name."""
        roles = ladders.vocabulary().roles()
        return ", ".join(roles.get(key, key) for key in step.tell)

    @admin.display(description=_("does"))
    def does(self, step: LadderStep) -> str:
        """All else."""
        words = ladders.vocabulary()
        said = (
            (step.to_team, gettext("gives it to %s") % words.teams().get(step.to_team, step.to_team)),
            (step.raises_priority, gettext("raises the priority")),
            (step.tag, gettext("tags it %s") % step.tag),
            (step.webhook, gettext("calls %s") % words.webhooks().get(step.webhook, step.webhook)),
        )
        return ", ".join(words for is_done, words in said if is_done)

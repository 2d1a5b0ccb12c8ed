"""The desk's own data: teams, who is on call, tags, webhooks and kinds of request."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.console import AgentConsole
from contracts.models import Account
from helpdesk.models import OnCallShift, RequestType, Tag, Team, Webhook
from helpdesk.notifications import outside


def _agents() -> QuerySet[Account]:
    return Account.objects.filter(is_staff=True)


@admin.register(Team)
class TeamAdmin(AgentConsole[Team]):
    """Agents who share a queue, and who is told when a clock of theirs rings."""

    list_display = ("name", "key", "lead")
    list_select_related = ("lead",)
    fields = ("name", "key", "lead", "members")
    prepopulated_fields = {"key": ("name",)}
    frozen_fields = ("key",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Agents alone can lead."""
        return super().formfield_for_foreignkey(db_field, request, **{"queryset": _agents(), **kwargs})

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Agents alone can be members; customers' accounts are not listed."""
        return super().formfield_for_manytomany(db_field, request, **{"queryset": _agents(), **kwargs})


@admin.register(OnCallShift)
class OnCallShiftAdmin(AgentConsole[OnCallShift]):
    """Who answers alarms when nobody else is there; times are the desk's."""

    list_display = ("account", "starts_at", "ends_at", "channel", "is_reached")
    list_select_related = ("account",)
    list_filter = ("channel",)
    ordering = ("-ends_at",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Agents alone are on call."""
        return super().formfield_for_foreignkey(db_field, request, **{"queryset": _agents(), **kwargs})

    @admin.display(description=_("reached at"))
    def is_reached(self, shift: OnCallShift) -> str:
        """The number, where there is one for WhatsApp; the mail address else."""
        by_whatsapp = shift.channel == OnCallShift.Channel.WHATSAPP
        return (shift.account.whatsapp if by_whatsapp else "") or shift.account.email


@admin.register(Tag)
class TagAdmin(AgentConsole[Tag]):
    """Words that tickets carry."""

    list_display = ("name", "key")
    search_fields = ("name", "key")
    prepopulated_fields = {"key": ("name",)}
    frozen_fields = ("key",)


class WebhookForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """An address outside; its secret is in no form."""

    class Meta:
        model = Webhook
        fields = ("name", "key", "url", "is_active")

    def clean_url(self) -> str:
        """Nothing of our own network, and https."""
        url: str = self.cleaned_data["url"]
        if not settings.WEBHOOK_SIGNING_KEY:
            raise forms.ValidationError(_("Set WEBHOOK_SIGNING_KEY first: without it nothing is sent."))
        try:
            outside.target(url, trusted=settings.WEBHOOK_TRUSTED_HOSTS)
        except outside.Unsafe as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return url


@admin.register(Webhook)
class WebhookAdmin(AgentConsole[Webhook]):
    """Programs that are told; `manage.py webhook_secret KEY` shows the secret of one."""

    is_deletable = False  # what was sent to it stays readable; it is switched off
    form = WebhookForm
    list_display = ("name", "key", "url", "is_active")
    prepopulated_fields = {"key": ("name",)}
    frozen_fields = ("key",)


@admin.register(RequestType)
class RequestTypeAdmin(AgentConsole[RequestType]):
    """Kinds of request: whether they take quota and whether clocks run."""

    list_display = ("name", "key", "takes_quota", "runs_clocks", "is_default")
    frozen_fields = ("key",)

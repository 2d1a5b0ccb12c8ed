"""Accounts and roles: who may sign in, and what they may do."""

from typing import Any, Final

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.console import AgentConsole, HistoryConsole
from contracts import accounts
from contracts.models import Account


@admin.register(Group)
class RoleAdmin(HistoryConsole[Group]):
    """What each role may do; the roles come with the product."""

    list_display = ("name",)
    search_fields = ("name",)
    fields = ("name", "rights")
    readonly_fields = fields

    @admin.display(description=_("rights"))
    def rights(self, role: Group) -> str:
        """All of them, by name."""
        return ", ".join(sorted(role.permissions.values_list("name", flat=True)))


THEIR_OWN: Final = ("away_from", "away_until", "whatsapp")
"""What everybody at the desk says of themselves."""


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """An account; without a password, a code sent by mail opens it."""

    by: Account

    class Meta:
        model = Account
        fields = (
            "email",
            "name",
            "language",
            "is_active",
            "is_staff",
            "is_lead",
            "is_desk_manager",
            "groups",
            *THEIR_OWN,
        )

    def clean_email(self) -> str:
        """The form in which it signs in."""
        return str(self.cleaned_data["email"]).strip().lower()

    def clean_groups(self) -> QuerySet[Group]:
        """No role that gives more than its giver has."""
        roles: QuerySet[Group] = self.cleaned_data["groups"]
        if not accounts.may_give(self.by, roles):
            raise forms.ValidationError(_("You cannot give a role that may do more than you."))
        return roles

    def save(self, commit: bool = True) -> Account:
        """A new account has no password to guess."""
        if self.instance.pk is None:
            self.instance.set_unusable_password()
        account: Account = super().save(commit)
        return account


@admin.register(Account)
class AccountAdmin(AgentConsole[Account]):
    """Whoever signs in, staff and customers alike."""

    is_deletable = False  # history names them; an account is made inactive
    form = AccountForm
    list_display = ("email", "name", "is_staff", "is_lead", "is_active", "language")
    list_filter = ("is_staff", "is_lead", "is_active", "groups")
    search_fields = ("name", "email__istartswith")
    search_help_text = _("Name or address")
    ordering = ("email",)
    fieldsets = (
        (None, {"fields": ("email", "name", "language", "is_active")}),
        (_("At the desk"), {"fields": ("is_staff", "is_lead", "is_desk_manager", "groups")}),
        (_("On duty"), {"fields": THEIR_OWN}),
    )

    def get_form(
        self, request: HttpRequest, obj: Account | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """A form that knows who fills it in."""
        kind = super().get_form(request, obj, change, **kwargs)
        return type(kind.__name__, (kind,), {"by": request.user})

    def get_readonly_fields(self, request: HttpRequest, obj: Account | None = None) -> Any:
        """Who may change nobody's account says when they are away, and how they are reached."""
        if obj is None or self._may_change(request, obj):
            return super().get_readonly_fields(request, obj)
        return [name for name in AccountForm.Meta.fields if name not in THEIR_OWN]

    def has_change_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        """Everybody at the desk has a few words to say of themselves."""
        is_own = obj is not None and obj == request.user and obj.is_staff
        return is_own or self._may_change(request, obj)

    def _may_change(self, request: HttpRequest, obj: Account | None) -> bool:
        """Nobody alters a stronger one."""
        if obj is not None and not (
            isinstance(request.user, Account) and accounts.may_alter(request.user, obj)
        ):
            return False
        return super().has_change_permission(request, obj)

"""Whoever signs in: staff and customers alike, by e-mail address."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from contracts.validators import validate_whatsapp


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts with a normalised address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Account":
        """Make an account; without a password only a sign-in code opens it."""
        account = self.model(email=email.strip().lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Account":
        """Make an account that may do everything in the console."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "Account":
        """Find by address whatever its case."""
        return self.get(email=(username or "").strip().lower())


class Account(AbstractBaseUser, PermissionsMixin):
    """A sign-in; `is_staff` opens the console, a person linked to it opens the portal."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_staff = models.BooleanField(default=False)
    is_lead = models.BooleanField(default=False, help_text="Is told of escalations.")
    is_desk_manager = models.BooleanField(
        default=False,
        help_text="Is told of escalations where no lead is on duty, and where a ladder says so.",
    )
    whatsapp = models.CharField(
        max_length=16,
        blank=True,
        validators=(validate_whatsapp,),
        help_text="Where alarms reach whoever is on call by WhatsApp, such as +351912345678.",
    )
    away_from = models.DateTimeField(null=True, blank=True, help_text="Empty: from now on.")
    away_until = models.DateTimeField(null=True, blank=True, help_text="Empty: until further notice.")
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, default="en")
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = AccountManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("name", "email")
        constraints = (
            models.UniqueConstraint(Lower("email"), name="one_account_per_address_whatever_case"),
            models.CheckConstraint(
                condition=Q(away_from__isnull=True)
                | Q(away_until__isnull=True)
                | Q(away_until__gt=F("away_from")),
                name="whoever_is_away_leaves_before_they_return",
                violation_error_message=_("Whoever is away leaves before they return."),
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name to show."""
        return self.name or self.email

    def get_short_name(self) -> str:
        """The first name, where there is one."""
        return (self.name or self.email).split()[0]

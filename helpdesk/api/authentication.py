"""Who calls: a bearer token that knox keeps as a digest, limited to scopes."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from rest_framework import permissions
from rest_framework.request import Request

from contracts.models import Account
from helpdesk.models import ApiToken
from sla import timekeeping

if TYPE_CHECKING:  # the settings name this module, so views cannot be imported here
    from rest_framework.views import APIView

READ: Final = "tickets:read"
WRITE: Final = "tickets:write"
SCOPES: Final = (READ, WRITE)
BILLING: Final = "billing"
"""Of the vendor's own billing program: it writes numbers of documents back, and sees nothing else (IN-07)."""
NOTED_EVERY: Final = timedelta(minutes=1)


def issue_token(account: Account, *, name: str, scopes: list[str], lives: timedelta | None) -> str:
    """Make a token for an account and give it in clear, this once; it is kept as a digest."""
    _, token = ApiToken.objects.create(user=account, expiry=lives, name=name, scopes=scopes)
    return str(token)


class BearerToken(TokenAuthentication):
    """`Authorization: Bearer …`; notes when a token was last used, once a minute at most."""

    def authenticate(self, request: Request) -> tuple[Account, ApiToken] | None:
        """Give account and token, or None when the header is another scheme's."""
        found: tuple[Account, ApiToken] | None = super().authenticate(request)  # type: ignore[no-untyped-call]  # knox
        if found is not None:
            _note_use(found[1])
        return found


def _note_use(token: ApiToken) -> None:
    at = timekeeping.now()
    if token.last_used_at is None or at - token.last_used_at > NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)


class HasScope(permissions.BasePermission):
    """A customer's token, with the scope that the method needs: reading is not writing."""

    message = "The token lacks the scope for this, or belongs to nobody who may have tickets."

    def has_permission(self, request: Request, view: "APIView") -> bool:  # noqa: ARG002 - DRF's signature
        """Whether the caller may try; which tickets they see is decided by `visibility`."""
        if not isinstance(request.auth, ApiToken) or not hasattr(request.user, "person"):
            return False
        needed = READ if request.method in permissions.SAFE_METHODS else WRITE
        return needed in request.auth.scopes


class MayBill(permissions.BasePermission):
    """A token of the vendor's, with the scope for billing."""

    message = "The token lacks the scope for billing."

    def has_permission(self, request: Request, view: "APIView") -> bool:  # noqa: ARG002 - DRF's signature
        """Whether the caller bills for the desk."""
        is_token = isinstance(request.auth, ApiToken) and BILLING in request.auth.scopes
        return is_token and getattr(request.user, "is_staff", False)


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Says in the schema how to authenticate."""

    target_class = BearerToken
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:  # noqa: ARG002 - spectacular's
        """HTTP bearer authentication."""
        return {"type": "http", "scheme": "bearer"}

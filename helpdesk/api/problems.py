"""Errors as programs read them: RFC 9457 problem details."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from helpdesk.refusals import NotYourTicket, Refused, TicketClosed

MEDIA_TYPE = "application/problem+json"


class KeyReused(exceptions.APIException):
    """An Idempotency-Key came with another body."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = "This Idempotency-Key was used for another request."


class StillRunning(exceptions.APIException):
    """The first request with this key has not been answered yet."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "still_running"
    default_detail = "The first request with this Idempotency-Key is still running."


class KeyMalformed(exceptions.APIException):
    """The key is no key."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "idempotency_key_malformed"
    default_detail = "An Idempotency-Key has 1 to 255 visible ASCII characters."


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Translate whatever a view raises; None leaves it to Django's own handler."""
    response = exception_handler(_translated(error), context)
    if response is None:
        return None
    fields = response.data if isinstance(error, exceptions.ValidationError) else None
    if fields is not None:
        response.status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    response.data = _problem(error, response, fields)
    response.content_type = MEDIA_TYPE
    return response


def _translated(error: Exception) -> Exception:
    """A rule's refusal as an HTTP error; what is forbidden and what is absent look alike."""
    if isinstance(error, NotYourTicket | Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, TicketClosed):
        return _refusal(error, status.HTTP_409_CONFLICT)
    if isinstance(error, Refused):
        return _refusal(error, status.HTTP_422_UNPROCESSABLE_ENTITY)
    return error


def _refusal(error: Refused, code: int) -> exceptions.APIException:
    translated = exceptions.APIException(detail=str(error), code=type(error).__name__)
    translated.status_code = code
    return translated


def _problem(error: Exception, response: Response, fields: Any) -> dict[str, Any]:
    detail = response.data.get("detail", "") if isinstance(response.data, dict) else ""
    problem = {"type": "about:blank", "title": response.status_text, "status": response.status_code}
    if fields is not None:
        return {**problem, "code": "invalid", "detail": "Some fields are wrong.", "errors": fields}
    code = getattr(detail, "code", None) or type(error).__name__
    return {**problem, "code": str(code), "detail": str(detail)}

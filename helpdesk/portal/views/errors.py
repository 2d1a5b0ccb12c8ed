"""Pages for what went wrong; they say what to do, and nothing of what is inside."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """A form that was open for too long, or came from elsewhere."""
    return render(request, "403_csrf.html", status=403)

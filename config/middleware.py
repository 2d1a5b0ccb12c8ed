"""What every request passes first: who really asks, how much they send, and what a page may do."""

from collections.abc import Callable
from ipaddress import ip_address

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class TrustedProxies:
    """Puts the client's address into REMOTE_ADDR, believing `X-Forwarded-*` from TRUSTED_PROXIES only.

    Everything behind reads REMOTE_ADDR and `request.scheme` and nothing else, so that a header that anybody
    may send is believed nowhere. The chain is walked from the nearest proxy outwards to the first stranger.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Settle the address and the scheme, then forget the headers."""
        forwarded_for = request.META.pop("HTTP_X_FORWARDED_FOR", "")
        scheme = request.META.pop("HTTP_X_FORWARDED_PROTO", "")
        if _is_trusted(request.META.get("REMOTE_ADDR", "")):
            request.META["REMOTE_ADDR"] = _first_stranger(request.META["REMOTE_ADDR"], forwarded_for)
            if scheme in {"http", "https"}:
                request.META["wsgi.url_scheme"] = scheme
        return self.get_response(request)


def _is_trusted(address: str) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in settings.TRUSTED_PROXIES)


def _first_stranger(nearest: str, forwarded_for: str) -> str:
    address = nearest
    for hop in reversed(forwarded_for.split(",")):
        if not _is_trusted(address) or not _is_address(hop.strip()):
            break
        address = hop.strip()
    return address


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class RequestSize:
    """Answers 413 before a byte of a body beyond MAX_REQUEST_MB is read."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Compare the declared length; a body without one is not read at all."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.MAX_REQUEST_BYTES:
            return _too_large(request)
        return self.get_response(request)


def _too_large(request: HttpRequest) -> HttpResponse:
    """A page for people, a sentence for programs."""
    if "text/html" in request.headers.get("Accept", ""):
        return HttpResponse(render_to_string("413.html"), status=413)
    sentence = f"The request is larger than {settings.MAX_REQUEST_BYTES // 2**20} MB.\n"
    return HttpResponse(sentence, status=413, content_type="text/plain; charset=utf-8")


class ContentSecurityPolicy(CSPMiddleware):
    """The strict policy everywhere, loosened by CONTENT_SECURITY_POLICY_BY_PREFIX where a path begins so."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        """Let a view's own decorator win over the prefix."""
        parts: PolicyParts = super().get_policy_parts(request, response, report_only)
        for prefix, directives in settings.CONTENT_SECURITY_POLICY_BY_PREFIX.items():
            if request.path_info.startswith(prefix):
                parts.replace = {**directives, **(parts.replace or {})}
        return parts

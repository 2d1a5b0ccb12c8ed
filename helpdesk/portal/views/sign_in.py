"""Signing in by a code: allauth's pages, answering known and unknown addresses alike."""

import time
from typing import Any

from allauth.account.stages import LoginStage
from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from helpdesk import pump


class Evenly:
    """Lets every answer to a form take equally long, so that the time tells nothing about an address."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer after SIGN_IN_SECONDS at the earliest; the pump is woken whether or not there is mail."""
        begun = time.monotonic()
        response: HttpResponseBase = super().post(request, *args, **kwargs)  # type: ignore[misc]  # a mixin
        pump.send_soon()
        time.sleep(max(0, begun + settings.SIGN_IN_SECONDS - time.monotonic()))
        return response


class AskForCode(Evenly, RequestLoginCodeView):  # type: ignore[misc]  # allauth has no types
    """Type an address; another one than before begins anew."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: LoginStage) -> None:
        """Do not insist on the code of an address that may have been mistyped."""


class TypeCode(Evenly, ConfirmLoginCodeView):  # type: ignore[misc]  # allauth has no types
    """Type the code that came by mail."""


ask_for_code = AskForCode.as_view()
type_code = TypeCode.as_view()

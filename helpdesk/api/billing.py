"""What the vendor's billing program writes back of an accepted quote."""

import uuid
from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.models import Account, Quote
from helpdesk import quotes
from helpdesk.api.authentication import MayBill
from helpdesk.api.serializers import Strict
from sla import timekeeping


class Billed(Strict):
    """The number of the fiscal document that was made of a quote."""

    external_number = serializers.CharField(max_length=60)


class BilledShown(serializers.ModelSerializer[Quote]):
    """The quote that it belongs to."""

    class Meta:
        model = Quote
        fields = ("uid", "number", "version", "external_number")
        read_only_fields = fields


class BilledQuote(generics.CreateAPIView[Quote]):
    """Write the number of a fiscal document back; the same again changes nothing (D21)."""

    serializer_class = Billed
    permission_classes = (MayBill,)

    @extend_schema(responses={200: BilledShown})
    def create(self, request: Request, *_args: Any, uid: uuid.UUID, **_kwargs: Any) -> Response:
        """Note it."""
        wanted = Billed(data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            quote = quotes.note_billed(
                uid,
                external_number=wanted.validated_data["external_number"],
                by=cast("Account", request.user),
                at=timekeeping.now(),
            )
        except quotes.NoSuchQuote:
            raise NotFound from None
        return Response(BilledShown(quote).data)

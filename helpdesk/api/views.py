"""Tickets for programs. Each view translates, calls one rule, and translates back."""

from typing import Any, cast

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.models import Account, Person
from helpdesk import actors, intake, visibility
from helpdesk.api import idempotency, serializers
from helpdesk.api.filters import TicketFilter
from helpdesk.api.idempotency import Answer
from helpdesk.incoming import Incoming
from helpdesk.models import Message, Ticket
from sla import timekeeping

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    location=OpenApiParameter.HEADER,
    description="Repeat a request with the same key and body within 24 h: one effect, the same answer.",
)


class ByReceipt(CursorPagination):
    """Newest first; a page costs the same however deep it is."""

    ordering = ("-received_at", "-id")
    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100


class Tickets(generics.ListCreateAPIView[Ticket]):
    """The caller's tickets; a manager's are their organisation's."""

    pagination_class = ByReceipt
    filterset_class = TicketFilter

    def get_queryset(self) -> QuerySet[Ticket]:
        """What this person may see, with what a row shows."""
        if getattr(self, "swagger_fake_view", False):
            return Ticket.objects.none()
        return visibility.tickets_of(_person(self.request)).select_related(
            "priority", "organisation", "clock_set"
        )

    def get_serializer_class(self) -> type[Any]:
        """Different shapes go in and come out."""
        return serializers.NewTicket if self.request.method == "POST" else serializers.TicketShown

    @extend_schema(parameters=[IDEMPOTENCY_KEY], responses={201: serializers.TicketWhole})
    def create(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """Open a ticket."""
        wanted = _valid(serializers.NewTicket(data=request.data))
        answer = idempotency.once(
            request, _account(request), lambda: self._open(wanted), at=timekeeping.now()
        )
        return Response(answer.body, answer.status, headers={"Location": _address(answer.body["number"])})

    def _open(self, wanted: dict[str, Any]) -> Answer:
        ticket, _ = _receive(self.request, **wanted)
        return Answer(status.HTTP_201_CREATED, _whole(ticket))


class OneTicket(generics.RetrieveAPIView[Ticket]):
    """One ticket with its targets and its conversation."""

    serializer_class = serializers.TicketWhole
    queryset = Ticket.objects.none()  # for the schema; the rows come from `visibility`

    def retrieve(self, request: Request, *_args: Any, number: int, **_kwargs: Any) -> Response:
        """Show it, if it is the caller's."""
        return Response(_whole(visibility.ticket_for(_person(request), number)))


class Messages(generics.CreateAPIView[Message]):
    """Answer on a ticket."""

    serializer_class = serializers.NewMessage

    @extend_schema(parameters=[IDEMPOTENCY_KEY], responses={201: serializers.MessageShown})
    def create(self, request: Request, *_args: Any, number: int, **_kwargs: Any) -> Response:
        """Add a message; a solved ticket is open again, a closed one is followed by a new one."""
        wanted = _valid(serializers.NewMessage(data=request.data))
        ticket = visibility.ticket_for(_person(request), number)
        answer = idempotency.once(
            request, _account(request), lambda: self._add(ticket, wanted), at=timekeeping.now()
        )
        return Response(answer.body, answer.status)

    def _add(self, ticket: Ticket, wanted: dict[str, Any]) -> Answer:
        found, message = _receive(self.request, ticket=ticket, subject=ticket.subject, **wanted)
        return Answer(status.HTTP_201_CREATED, {**serializers.MessageShown(message).data, "ticket": found.pk})


def _receive(request: Request, **fields: Any) -> tuple[Ticket, Message]:
    """Hand a message to the desk; the caller's key makes a repetition harmless."""
    person = _person(request)
    key = idempotency.key_of(request)
    incoming = Incoming(
        channel=Ticket.Channel.API,
        person=person,
        is_authenticated=True,
        idempotency_key=f"api:{_account(request).pk}:{key}"[:120] if key else "",
        **fields,
    )
    receipt = intake.receive(incoming, at=timekeeping.now(), by=actors.person(person))
    return cast("Ticket", receipt.ticket), cast("Message", receipt.message)


def _valid(serializer: serializers.Strict) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _whole(ticket: Ticket) -> dict[str, Any]:
    messages = visibility.conversation_for_customer(ticket, at=timekeeping.now())
    return dict(serializers.TicketWhole(ticket, context={"messages": messages}).data)


def _address(number: int) -> str:
    return reverse("api:ticket", kwargs={"number": number})


def _account(request: Request) -> Account:
    return cast("Account", request.user)


def _person(request: Request) -> Person:
    return _account(request).person

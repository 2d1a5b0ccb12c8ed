"""What the API takes and gives."""

from typing import Any, Final

from rest_framework import serializers

from helpdesk import visibility
from helpdesk.models import Attachment, Message, Ticket
from sla.models import Clock

LONGEST_TEXT: Final = 100_000
GOAL: Final = "goal"
BINDING: Final = "binding"


class Strict(serializers.Serializer[Any]):
    """Refuses fields that it does not know: a misspelt field is an error, not silence."""

    def to_internal_value(self, data: Any) -> Any:
        """Check the names before the values."""
        if isinstance(data, dict):
            unknown = set(data) - set(self.fields)
            if unknown:
                raise serializers.ValidationError({name: ["Unknown field."] for name in sorted(unknown)})
        return super().to_internal_value(data)


class NewTicket(Strict):
    """A request for help."""

    subject = serializers.CharField(max_length=255)
    text = serializers.CharField(max_length=LONGEST_TEXT)
    impact = serializers.ChoiceField(choices=Ticket.Impact.choices, required=False, allow_blank=True)


class NewMessage(Strict):
    """One more message on a ticket."""

    text = serializers.CharField(max_length=LONGEST_TEXT)


class AttachmentShown(serializers.ModelSerializer[Attachment]):
    """A file of a message."""

    class Meta:
        model = Attachment
        fields = ("uid", "name", "content_type", "size", "sha256")
        read_only_fields = fields


class MessageShown(serializers.ModelSerializer[Message]):
    """What a customer may read of a message; never a note."""

    author = serializers.SerializerMethodField()
    attachments = AttachmentShown(many=True, read_only=True)

    class Meta:
        model = Message
        fields = ("uid", "kind", "author", "channel", "text", "at", "attachments")
        read_only_fields = fields

    def get_author(self, message: Message) -> str:
        """The name alone: agents' addresses are their own (R9)."""
        author = message.person or message.account
        return author.name if author else ""


class DueShown(serializers.ModelSerializer[Clock]):
    """One target: when it is due, and whether that is a goal or binding (R7)."""

    commitment = serializers.SerializerMethodField()

    class Meta:
        model = Clock
        fields = ("metric", "state", "due_at", "met_at", "breached_at", "commitment")
        read_only_fields = fields

    def get_commitment(self, clock: Clock) -> str:
        """A goal is not a guarantee; binding only where the agreement says so."""
        return BINDING if clock.clock_set.is_binding else GOAL


class TicketShown(serializers.ModelSerializer[Ticket]):
    """A ticket in a list."""

    number = serializers.IntegerField(source="pk", read_only=True)
    priority = serializers.CharField(source="priority.key", default=None, read_only=True)
    organisation = serializers.CharField(source="organisation.name", default=None, read_only=True)
    next_due_at = serializers.DateTimeField(source="next_goal_at", read_only=True)
    commitment = serializers.SerializerMethodField()

    class Meta:
        model = Ticket
        fields: tuple[str, ...] = (
            "number",
            "uid",
            "subject",
            "status",
            "channel",
            "priority",
            "impact",
            "entitlement",
            "organisation",
            "next_due_at",
            "commitment",
            "received_at",
            "updated_at",
            "solved_at",
        )
        read_only_fields: tuple[str, ...] = fields

    def get_commitment(self, ticket: Ticket) -> str | None:
        """Goal or binding; null where there is no promise."""
        if ticket.clock_set is None:
            return None
        return BINDING if ticket.clock_set.is_binding else GOAL


class TicketWhole(TicketShown):
    """A ticket with its targets and its conversation."""

    targets = serializers.SerializerMethodField()
    messages = serializers.SerializerMethodField()

    class Meta(TicketShown.Meta):
        fields = (*TicketShown.Meta.fields, "targets", "messages")
        read_only_fields = fields

    def get_targets(self, ticket: Ticket) -> list[dict[str, Any]]:
        """The clocks of the ticket."""
        if ticket.clock_set is None:
            return []
        clocks = visibility.clocks_for_customer(ticket.clock_set).select_related("clock_set")
        return list(DueShown(clocks, many=True).data)

    def get_messages(self, _ticket: Ticket) -> list[dict[str, Any]]:
        """The conversation that the view chose by `visibility`."""
        return list(MessageShown(self.context["messages"], many=True).data)

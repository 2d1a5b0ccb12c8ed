"""What a list of the API may be narrowed to."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django_filters.fields import IsoDateTimeField

from helpdesk.models import Ticket


class InstantField(IsoDateTimeField):
    """ISO 8601 with its offset; without one it is no instant (IN-01)."""

    def to_python(self, value: Any) -> datetime | None:
        """Give the instant in UTC, where the calendar has it."""
        if value in self.empty_values:
            return None
        try:
            return _instant(str(value).strip())
        except (ValueError, OverflowError) as error:
            raise ValidationError("Give an instant with its offset, as 2026-03-10T10:00:00Z.") from error


def _instant(text: str) -> datetime:
    moment = parse_datetime(text)
    if moment is None or moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


class InstantFilter(django_filters.IsoDateTimeFilter):
    """From an instant on."""

    field_class = InstantField


class TicketFilter(django_filters.FilterSet):
    """By status, by channel, and from an instant on."""

    received_after = InstantFilter("received_at", lookup_expr="gte")
    updated_after = InstantFilter("updated_at", lookup_expr="gte")

    class Meta:
        model = Ticket
        fields = ("status", "channel")

"""What the rules above are told, since nothing here may import them."""

from typing import Final

from django.dispatch import Signal

delivery_failed: Final = Signal()
"""A channel refused a message for good.

Sent inside the transaction that records the failure, with `outbound` (the failed `OutboundMessage`),
`at` (aware, UTC) and `reason` (for agents). It may be sent twice for one message.
"""

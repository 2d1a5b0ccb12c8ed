"""Mail that came back: the address is marked, the ticket shows it, nobody is answered (RFC 3464)."""

from datetime import datetime

from helpdesk import actors, history
from helpdesk.models import OutboundMessage, Ticket
from helpdesk.notifications import outbox, reply_address


def note(
    *, recipient: str, message_id: str, is_permanent: bool, diagnosis: str, at: datetime
) -> Ticket | None:
    """Record that a mail of ours did not arrive; returns the ticket it belonged to.

    A mail counts as ours only by a Message-ID that we signed: an invented bounce marks nothing. It never
    reopens a ticket and never tells a customer.
    """
    outbound = _returned(message_id)
    if outbound is None:
        return None
    if is_permanent:
        outbox.fail(outbound, at=at, reason=diagnosis, is_bad_address=True)
    elif outbound.ticket is not None:
        facts = {"to": outbound.to, "reason": diagnosis, "claimed": recipient}
        history.note(outbound.ticket, "delivery_delayed", at=at, by=actors.system("email"), **facts)
    return outbound.ticket


def _returned(message_id: str) -> OutboundMessage | None:
    pk = reply_address.read_outbound_id(message_id)
    if pk is None:
        return None
    return OutboundMessage.objects.select_related("ticket", "message").filter(pk=pk).first()

"""Words put where each may be read by some and by nobody else.

A word says who may read it besides the desk: `bruno-only-…` Bruno and his manager, `zoe-only-…` Zoé and the
same manager, `chloe-only-…` Chloé, `desk-only-…` nobody. Each stands in one place alone, so that a leak names
its hole.
"""

import re
from datetime import timedelta

from django.db import connection

from channels_inbound import ingest
from channels_inbound.models import InboundMessage
from contracts.models import Address, Person
from helpdesk import handling, history, tagging
from helpdesk.incoming import IncomingFile
from helpdesk.models import Attachment, OutboundMessage, Team, Ticket, Webhook
from helpdesk.notifications import outbox
from tests.cast import by_mail, by_portal, by_whatsapp, take_in
from tests.doors import written

WORD = re.compile(r"(?:desk|bruno|chloe|zoe)-only-[a-z0-9]+(?:-[a-z0-9]+)*")
NUMBER = "+351912345678"
HANDLED = ("mail", "chat", "other")
PIXEL = b"\x89PNG\r\n\x1a\n"


def words_in(text: str) -> set[str]:
    """The planted words that stand in a text."""
    return set(WORD.findall(text.lower()))


def file(word: str, kind: str = "text/plain", begin: bytes = b"") -> IncomingFile:
    """A file with one word in its name and another in its content."""
    ending = "png" if kind == "image/png" else "txt"
    return IncomingFile(f"{word}-name.{ending}", kind, begin + f"{word}-content".encode())


def name_the_desk(**accounts) -> None:
    """Private addresses of agents, and the names of a team and a webhook."""
    for part, account in accounts.items():
        account.email = f"desk-only-{part}@lumiar.example"
        account.save()
    Team.objects.update(name="desk-only-team")
    Webhook.objects.create(key="pager", name="desk-only-webhook", url="https://pager.example/in")


def plant(*, rui, marta, bruno: Person, chloe: Person, azenha, at) -> dict[str, Ticket]:
    """Tickets full of words, all an hour old, by a name for each."""
    Address.objects.create(person=bruno, kind="whatsapp", value=NUMBER)
    began = at - timedelta(hours=1)
    tickets = {
        "mail": take_in(
            by_mail(
                "bruno@azenha.example",
                subject="bruno-only-subject",
                text="bruno-only-question",
                html="<p>bruno-only-html</p>",
                files=(file("bruno-only-picture", "image/png", PIXEL), file("bruno-only-file")),
            ),
            began,
        ).ticket,
        "chat": take_in(by_whatsapp(NUMBER, "bruno-only-chat"), began).ticket,
        "other": take_in(
            by_portal(chloe, subject="chloe-only-subject", text="chloe-only-question"), began
        ).ticket,
        "linked": take_in(by_mail("zoe@private.example", subject="zoe-only-linked"), began).ticket,
        "spam": take_in(by_mail("nova@azenha.example", subject="desk-only-spam"), began).ticket,
    }
    handling.link_requester(tickets["linked"], organisation=azenha, by=rui, at=began)
    handling.mark_spam(tickets["spam"], by=rui, at=began)
    for name in HANDLED:
        _handle(tickets[name], name, rui=rui, marta=marta, began=began)
    _arrive_unread(at)
    return tickets


def _handle(ticket: Ticket, name: str, *, rui, marta, began) -> None:
    """All that an agent can do, with a word in each; what a customer may read is theirs."""
    whose = "chloe" if name == "other" else "bruno"
    Ticket.objects.filter(pk=ticket.pk).update(team=Team.objects.get())
    handling.assign(ticket, to=rui, by=marta, at=began)
    handling.set_priority(ticket, priority="high", reason=f"desk-only-{name}-reason", by=rui, at=began)
    note = (file(f"desk-only-{name}-note-picture", "image/png", PIXEL), file(f"desk-only-{name}-note-file"))
    handling.add_note(ticket, text=f"desk-only-{name}-note", attached=note, by=rui, at=began)
    tagging.add(ticket, words=f"desk-only-{name}-tag", by=rui, at=began)
    history.note(ticket, "remark", at=began, by="account:1", why=f"desk-only-{name}-history")
    answer = (file(f"{whose}-only-{name}-answer"),)
    handling.reply(ticket, text=f"{whose}-only-{name}-answer", attached=answer, by=rui, at=began)
    ill = _infected(f"desk-only-{name}-infected")
    handling.reply(ticket, text="See below.", attached=[ill], by=rui, at=began).attachments.update(
        scan=Attachment.Scan.INFECTED
    )
    retracted = handling.reply(
        ticket, text=f"desk-only-{name}-retracted", attached=[file("desk-only-retracted")], by=rui, at=began
    )
    handling.take_back(retracted, by=rui, at=began + timedelta(seconds=5))


def leave_unsent(tickets: dict[str, Ticket], *, rui, at) -> None:
    """Answers whose undo time runs: until it is over they are the desk's alone."""
    for name in HANDLED:
        unsent = [file(f"desk-only-{name}-unsent")]
        handling.reply(tickets[name], text=f"desk-only-{name}-unsent", attached=unsent, by=rui, at=at)


def _infected(word: str) -> IncomingFile:
    """A file in which a virus is found later; its name is no secret."""
    return IncomingFile("virus.txt", "text/plain", word.encode())


def _arrive_unread(at) -> None:
    """A mail that nobody could read waits in quarantine."""
    mail = written("bruno@azenha.example", "desk-only-quarantined", subject="desk-only-unread")
    raw = b"From: a@x.example, b@y.example\r\n" + mail.as_bytes()
    inbound, _ = ingest.store(source="pipe", provider_id="", raw=raw, at=at)
    ingest.process(inbound.pk, at=at)


def refuse_a_reply(ticket: Ticket, at) -> None:
    """The mail server of the customer says something about a sent answer."""
    sent = OutboundMessage.objects.filter(ticket=ticket, kind="reply", state="sent").first()
    outbox.fail(sent, at=at, reason="550 desk-only-refusal")


def all_words() -> set[str]:
    """Every word that is kept anywhere: in a row of any table, packed bytes included, or in a file."""
    with connection.cursor() as cursor:
        kept = "".join(_text(cursor, table) for table in connection.introspection.table_names(cursor))
    arrived = "".join(str(ingest.raw_bytes(row)) for row in InboundMessage.objects.all())
    files = "".join(str(row.file.open("rb").read()) for row in Attachment.objects.all())
    return words_in(kept + arrived + files)


def _text(cursor, table: str) -> str:
    cursor.execute(f'SELECT * FROM "{table}"')
    return repr(cursor.fetchall())

"""Everything that a customer can get: pages, files, the API's answers, mails, WhatsApp messages, errors."""

import json
from dataclasses import dataclass
from email import message_from_bytes, policy
from urllib.parse import quote, urljoin, urlsplit

from django.core import mail
from django.test import Client
from lxml import html

from helpdesk.api.authentication import SCOPES, issue_token
from helpdesk.models import Attachment, OutboundMessage
from tests.canaries.planting import NUMBER, words_in
from tests.permissions.addresses import arguments, patterns

MOST_PAGES = 300


@dataclass(frozen=True)
class Piece:
    """Something that somebody got: who, in which way, from where, and the words in it."""

    who: str
    way: str
    where: str
    words: frozenset[str]


def piece(who: str, way: str, where: str, text: str) -> Piece:
    return Piece(who, way, where, frozenset(words_in(text)))


# --- pages and files ----------------------------------------------------------------------------


class Reader:
    """Somebody in a browser who opens whatever they find, and tries what they do not."""

    def __init__(self, who: str, account=None):
        self.who, self.pieces, self.opened = who, [], set()
        self.browser = Client(raise_request_exception=False)
        if account is not None:
            self.browser.force_login(account, backend="django.contrib.auth.backends.ModelBackend")

    def open(self, address: str, **headers: str) -> None:
        """Keep what an address gives, and follow every link of it on this host."""
        key = (address, *headers.items())
        if key in self.opened:
            return
        self.opened.add(key)
        assert len(self.opened) < MOST_PAGES, f"the pages lead nowhere: {address}"
        answer = self.browser.get(address, headers=headers)
        body = self._keep(address, answer)
        if answer.get("Content-Type", "").startswith("text/html"):
            for link in _links(body, address):
                self.open(link)

    def send(self, address: str, fields=None, **options) -> None:
        """Keep what a form gives, followed to where it leads."""
        answer = self.browser.post(address, fields or {}, follow=True, **options)
        self._keep(f"POST {address}", answer)

    def _keep(self, where: str, answer) -> str:
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        body = content.decode("utf-8", "replace")
        headers = "\n".join(f"{name}: {value}" for name, value in answer.items())
        cookies = answer.cookies.output()
        is_file = answer.get("Content-Disposition", "").startswith(("attachment", "inline"))
        way = "file" if is_file else "page" if answer.status_code == 200 else "refusal"
        self.pieces.append(piece(self.who, way, where, f"{headers}\n{cookies}\n{body}"))
        return body


def _links(body: str, address: str) -> list[str]:
    found = html.fromstring(body).xpath("//@href | //@src | //@hx-get | //@action") if body.strip() else []
    joined = (urljoin(address, link).partition("#")[0] for link in found)
    inside = [link for link in joined if not urlsplit(link).netloc and urlsplit(link).path.startswith("/")]
    return [link for link in inside if not link.startswith(("/static/", "/accounts/logout/"))]


def browse(who: str, account, tickets, words) -> list[Piece]:
    """All pages and files, found by links, by every address there is, by searching, and by guessing."""
    reader = Reader(who, account)
    for pattern in patterns():
        if not arguments(pattern) and pattern not in {"/accounts/logout/", "/demo/write/"}:
            reader.open(pattern)
    for ticket in tickets:
        for part in ("", "conversation/", "conversation/?seen=0", "reply/", "solve/"):
            reader.open(f"/tickets/{ticket.pk}/{part}")
    for shows in ("open", "waiting", "solved", "all"):
        for whose in ("mine", "organisation"):
            reader.open(f"/tickets/?show={shows}&whose={whose}")
            reader.open(f"/tickets/?show={shows}&whose={whose}", **{"HX-Target": "tickets"})
    for uid in Attachment.objects.values_list("uid", flat=True):
        reader.open(f"/files/{uid}/")
        reader.open(f"/files/{uid}/picture/")
    _err(reader, tickets)
    return reader.pieces + _search(reader, words)


def _err(reader: Reader, tickets) -> None:
    """Whatever goes wrong has a page too."""
    for ticket in tickets:
        reader.send(f"/tickets/{ticket.pk}/reply/", {"text": ""})
        reader.open(f"/admin/helpdesk/ticket/{ticket.pk}/change/")
        reader.open(f"/admin/helpdesk/ticket/{ticket.pk}/history/")
    reader.open("/tickets/999999/")
    reader.open("/nowhere/")
    reader.open("/tickets/", host="elsewhere.example")
    reader.send("/tickets/new/", {"subject": "", "text": ""})
    reader.send("/support-policy/")
    strict = Client(raise_request_exception=False, enforce_csrf_checks=True)
    reader._keep("POST without a token", strict.post("/tickets/new/"))


def _search(reader: Reader, words) -> list[Piece]:
    """A word that finds a ticket is as good as read; that it stands in the search field tells nothing."""
    found = []
    for word in words:
        address = f"/tickets/?show=all&whose=organisation&q={quote(word)}"
        answer = reader.browser.get(address, headers={"HX-Target": "tickets"})
        if answer.status_code == 200 and _tickets_in(answer):
            found.append(piece(reader.who, "search", f"q={word}", word))
    return found


def _tickets_in(answer) -> list[str]:
    links = _links(answer.content.decode(), "/tickets/")
    return [link for link in links if link.removeprefix("/tickets/").rstrip("/").isdecimal()]


# --- programs -----------------------------------------------------------------------------------


def ask_the_api(who: str, account, tickets) -> list[Piece]:
    """Lists, tickets, answers and refusals."""
    token = issue_token(account, name="test", scopes=list(SCOPES), lives=None)
    program = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token}"})
    addresses = ["schema/", "tickets/", "tickets/?status=open", "tickets/?page_size=1", "tickets/?status=x"]
    addresses += [f"tickets/{ticket.pk}/" for ticket in tickets]
    answers = {f"GET {one}": program.get(f"/api/v1/{one}") for one in addresses}
    for ticket in tickets:
        address = f"tickets/{ticket.pk}/messages/"
        for body in ({"text": "Thank you."}, {"text": ""}, {"other": 1}):
            sent = json.dumps(body)
            answer = program.post(f"/api/v1/{address}", sent, content_type="application/json")
            answers[f"POST {address} {sent}"] = answer
    return [
        piece(who, "api" if answer.status_code < 300 else "refusal", where, answer.content.decode())
        for where, answer in answers.items()
    ]


# --- what was sent ------------------------------------------------------------------------------


def read_mails(whose: dict[str, str]) -> list[Piece]:
    """Each mail that left for one of those addresses, raw and as a mail program shows it."""
    pieces = []
    for message in mail.outbox:
        raw = message.message().as_bytes()
        read = message_from_bytes(raw, policy=policy.default)
        for to in message.recipients():
            if to not in whose:
                continue
            head = "\n".join(f"{name}: {value}" for name, value in read.items())
            pieces.append(piece(whose[to], "mail", f"{message.subject} (head)", head + raw.decode("latin-1")))
            pieces += [
                piece(whose[to], "mail file" if part.get_filename() else "mail", message.subject, _part(part))
                for part in read.walk()
                if not part.is_multipart()
            ]
    return pieces


def _part(part) -> str:
    content = part.get_payload(decode=True) or b""
    return f"{part.get_filename() or ''}\n{content.decode('utf-8', 'replace')}"


def read_outbox(whose: dict[str, str]) -> list[Piece]:
    """The rows of what was sent to them, as they are kept."""
    rows = OutboundMessage.objects.filter(to__in=whose, state__in=("sent", "failed"))
    return [
        piece(whose[row.to], "row", str(row), f"{row.subject}\n{row.text}\n{row.html}\n{row.headers}")
        for row in rows
    ]


def read_chats(twilio) -> list[Piece]:
    """What Twilio was given to deliver to Bruno's telephone."""
    return [
        piece("bruno", "chat", "WhatsApp", json.dumps(form))
        for _path, _credentials, form in twilio.requests
        if form["To"] == f"whatsapp:{NUMBER}"
    ]

"""Whether a person wrote a mail, and what a report of a mail server says.

RFC 3834 (automatic replies), RFC 3464 (delivery reports), RFC 5965 (complaints), RFC 2369 and 2919 (lists),
and the habits of mail servers that know none of them. Pure, over a `Mail`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from channels_inbound.email.addresses import is_address, read_mailboxes
from channels_inbound.email.fields import Fields, read_fields, read_message_ids

if TYPE_CHECKING:
    from channels_inbound.email.mail import Mail

OWN_MARKER = "x-prazo-loop"
"""The field, in lower case, that every mail of this product carries."""
MAX_SCAN = 64 * 1024
MAX_FAILURES = 100
MAX_DIAGNOSTIC = 500
MAX_ACTION = 20
_AUTOMATIC_FIELDS = (
    "x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from", "x-mail-autoreply", "x-vacation",
    "x-ms-exchange-generated-message-source",
)  # fmt: skip
_LIST_FIELDS = (
    "list-id", "list-post", "list-unsubscribe", "list-help", "list-owner", "list-subscribe", "mailing-list",
    "x-mailing-list", "x-mailman-version", "x-beenthere", "x-ml-name", "x-mlserver",
)  # fmt: skip
_DAEMON = re.compile(
    r"(?<![a-z])(?:mailer[-_. ]?daemon|mail[-_. ]delivery[-_. ](?:sub)?system|internet mail delivery)"
    r"(?![a-z])",
    re.IGNORECASE,
)
_POSTMASTER = re.compile(r"(?<![a-z])(?:poo?stmaster|mail administrator)(?![a-z])", re.IGNORECASE)
_ROBOT = re.compile(r"(?:no|do-?not)[-_.]?reply|mailer-daemon|double-bounce|bounces?", re.IGNORECASE)
_UNDELIVERED = re.compile(
    r"undeliver|not delivered|delivery (?:status|failure|has failed|notification|report)|delivery.{0,20}fail|"
    r"failure notice|returned mail|mail (?:system )?error|mail failure|could ?n[o']t be delivered|"
    r"delayed mail|returning message to sender|blocked by|error sending your mail|transcript for details|"
    r"smtp server: errors|email delivery|non remis|unzustellbar|não (?:foi )?entreg|"
    r"no se (?:ha podido|pudo) entregar|"
    r"недоставлен|не доставлен|配信できません|送信できません",
    re.IGNORECASE,
)
_OUT_OF_OFFICE = re.compile(
    r"\s*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|"
    r"resposta autom[aá]tica|fora do escrit[oó]rio|respuesta autom[aá]tica|fuera de la oficina|"
    r"r[eé]ponse automatique|absen(?:ce|t) du bureau|automatische antwort|abwesenheits|risposta automatica|"
    r"automatisch antwoord|autosvar|автоответ|自動返信|自动回复)\s*(?:[:：(–-]|$)",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_WORD_WITH_AT = re.compile(r"[^\s<>,;\"']{1,64}@[^\s<>,;\"']{1,189}")
_RETURNED = re.compile(
    r"^[ \t>]{0,20}(?:-{2,}.{0,60}(?:original|copy|returned|message|header|transcript).{0,60}|"
    r"return-path:|received:|original message follows.{0,20}|message-id:)",
    re.IGNORECASE | re.MULTILINE,
)
_TOLD_MESSAGE_ID = re.compile(
    r"^[ \t>]{0,8}message-id:\s{0,4}<([^<>\s]{1,990})>", re.IGNORECASE | re.MULTILINE
)
_COPIES = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/partial")


class Kind(StrEnum):
    """What a mail is; anything but `HUMAN` is stored and never answered."""

    HUMAN = "human"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    LIST = "list"
    OWN = "own"

    @property
    def is_automatic(self) -> bool:
        return self is not Kind.HUMAN


@dataclass(frozen=True, slots=True)
class Failure:
    """What a report says of one recipient; each text is "" when the report does not tell.

    `status` is an enhanced status code ("5.1.1", RFC 3463), `action` one of failed, delayed, delivered,
    relayed, expanded (RFC 3464, 2.3.3).
    """

    recipient: str
    status: str = ""
    action: str = ""
    diagnostic: str = ""

    @property
    def is_permanent(self) -> bool:
        return self.status.startswith("5.") if self.status else self.action == "failed"


@dataclass(frozen=True, slots=True)
class BounceFacts:
    """What a report is about; `original_message_id` stands without brackets, "" when it is not told."""

    failures: tuple[Failure, ...]
    original_message_id: str

    @property
    def recipient(self) -> str:
        """The first recipient it is about, or ""; our own mails have one each."""
        return self.failures[0].recipient if self.failures else ""

    @property
    def is_permanent(self) -> bool:
        return bool(self.failures) and all(failure.is_permanent for failure in self.failures)

    @property
    def diagnosis(self) -> str:
        """What the other server said, or its status code, or ""."""
        first = self.failures[0] if self.failures else Failure("")
        return first.diagnostic or first.status


def classify(mail: Mail, *, envelope_sender: str | None = None) -> Kind:
    """Say what kind of mail this is.

    `envelope_sender` is the address of MAIL FROM where the door knows it ("" for the null one, None when
    unknown); else Return-Path is read.
    """
    null_path = _has_null_path(mail, envelope_sender)
    if mail.header(OWN_MARKER):
        return Kind.OWN
    if _is_complaint(mail):
        return Kind.COMPLAINT
    if _is_bounce(mail, null_path=null_path):
        return Kind.BOUNCE
    if null_path or _says_automatic(mail):
        return Kind.AUTO_REPLY
    return Kind.LIST if _is_list(mail) else Kind.HUMAN


def is_report(mail: Mail) -> bool:
    """Whether the mail is a mail server's, so that it needs no sender who could be answered."""
    return classify(mail) in {Kind.BOUNCE, Kind.COMPLAINT}


def bounce_facts(mail: Mail) -> BounceFacts:
    """Return whom a report is about, and which mail of ours; empty where it does not tell.

    Reads the machine's part (RFC 3464, RFC 5965) first, then X-Failed-Recipients, then the first
    addresses in the text of servers that report in words. Anyone can write such a mail, so it may
    count against an address only when `original_message_id` is one that we sent there.
    """
    failures = _reported_failures(mail)
    if not failures and classify(mail) is Kind.BOUNCE:
        failures = _told_failures(mail)
    return BounceFacts(failures, _original_message_id(mail))


def _has_null_path(mail: Mail, envelope_sender: str | None) -> bool:
    if envelope_sender is not None:
        return not envelope_sender.strip(" <>")
    paths = (*mail.header_values("return-path"), *mail.header_values("x-envelope-from"))
    return any(not path.strip(" <>") for path in paths)


def _is_complaint(mail: Mail) -> bool:
    return _is_report_of(mail, "feedback-report")


def _is_report_of(mail: Mail, kind: str) -> bool:
    """Whether this is a multipart/report of a kind; a person may forward such a report in another mail."""
    if mail.content_type != "multipart/report":
        return False
    said = mail.header("content-type").lower().replace('"', "").replace(" ", "")
    return f"report-type={kind}" in said or _brings(mail, f"message/{kind}")


def _brings(mail: Mail, content_type: str) -> bool:
    return any(file.content_type == content_type for file in mail.attachments)


def _is_bounce(mail: Mail, *, null_path: bool) -> bool:
    if _is_report_of(mail, "delivery-status") or mail.header("x-failed-recipients"):
        return True
    sender = f"{mail.sender.address.partition('@')[0]} {mail.sender.name}"
    if _DAEMON.search(sender):
        return True
    tells = _UNDELIVERED.search(mail.subject) is not None or _brings(mail, "message/delivery-status")
    by_postmaster = _POSTMASTER.search(sender) is not None
    return (tells and (null_path or by_postmaster)) or (null_path and by_postmaster)


def _says_automatic(mail: Mail) -> bool:
    """Whether a field says that no person sent this now (RFC 3834, 5, and what was used before it)."""
    submitted = mail.header("auto-submitted").lower().split(";")[0].split()
    if submitted and submitted[0] != "no":
        return True
    suppressed = {word.strip() for word in mail.header("x-auto-response-suppress").lower().split(",")}
    return bool(
        suppressed & {"all", "oof", "autoreply"}
        or any(mail.header(name) for name in _AUTOMATIC_FIELDS)
        or mail.header("precedence").lower().strip() in {"auto_reply", "junk"}
        or _is_report_of(mail, "disposition-notification")
        or _is_robot(mail)
        or _OUT_OF_OFFICE.match(mail.subject)
    )


def _is_robot(mail: Mail) -> bool:
    """Whether the sender's address is one that only machines use."""
    return _ROBOT.fullmatch(mail.sender.address.partition("@")[0]) is not None


def _is_list(mail: Mail) -> bool:
    return bool(
        any(mail.header(name) for name in _LIST_FIELDS)
        or mail.header("precedence").lower().strip() in {"list", "bulk"}
    )


def _reported_failures(mail: Mail) -> tuple[Failure, ...]:
    """Read the groups of fields of the machine's part: one for the mail, and one for each recipient."""
    reports = _files(mail, "message/delivery-status", "message/feedback-report")
    groups = (group for report in reports for group in _groups(report))
    failures = (_failure(recipient, group) for group in groups if (recipient := _recipient(group)))
    return tuple(dict.fromkeys(failures))[:MAX_FAILURES]


def _files(mail: Mail, *types: str) -> list[bytes]:
    return [file.content[:MAX_SCAN] for file in mail.attachments if file.content_type in types]


def _groups(report: bytes) -> list[Fields]:
    blocks = re.split(rb"\n[ \t]*\n", report.replace(b"\r\n", b"\n"))
    return [read_fields(block, 0, len(block), top=True)[0] for block in blocks[:MAX_FAILURES]]


def _recipient(group: Fields) -> str:
    """Return the address of `Final-Recipient: rfc822; joe@example.com`, or of what stands for it."""
    for name in ("original-recipient", "final-recipient", "original-rcpt-to"):
        found = _first_address(group.text(name).rpartition(";")[2])
        if found:
            return found
    return ""


def _failure(recipient: str, group: Fields) -> Failure:
    status = _STATUS.search(group.text("status"))
    action = group.text("action").lower().split()
    return Failure(
        recipient,
        status=status[0] if status else "",
        action=action[0][:MAX_ACTION] if action else "",
        diagnostic=group.text("diagnostic-code").partition(";")[2].strip()[:MAX_DIAGNOSTIC],
    )


def _told_failures(mail: Mail) -> tuple[Failure, ...]:
    """Find recipients where a server reports in words: in a field of its own, or above the returned mail."""
    opening = _above_original(mail.text)
    code = next((status for status in _STATUS.findall(opening) if not status.startswith("2")), "")
    listed = mail.header("x-failed-recipients").replace(",", " ").split()
    found = [word for word in listed if is_address(word)] or _addresses_in(opening, mail)
    action = "" if code else "failed"
    return tuple(Failure(address, code, action) for address in dict.fromkeys(found))[:MAX_FAILURES]


def _above_original(text: str) -> str:
    """Return what the server says, without the returned mail below it."""
    returned = _RETURNED.search(text[:MAX_SCAN])
    return text[: returned.start() if returned else MAX_SCAN]


def _addresses_in(opening: str, mail: Mail) -> list[str]:
    own = {box.address.lower() for box in (mail.sender, *mail.to)}
    found = (word.strip("<>()[]:;,.'\"") for word in _WORD_WITH_AT.findall(opening))
    return [address for address in found if is_address(address) and address.lower() not in own][:1]


def _first_address(text: str) -> str:
    return next((box.address for box in read_mailboxes(text.encode()) if box.address), "")


def _original_message_id(mail: Mail) -> str:
    """Find the Message-ID of the mail that a report returns: in its copy, its headers, or the text below."""
    for copy in _files(mail, *_COPIES):
        found = read_message_ids(read_fields(copy, 0, len(copy), top=True)[0].text("message-id"))
        if found:
            return found[0]
    told = _TOLD_MESSAGE_ID.findall(mail.text[:MAX_SCAN])
    return told[-1] if told else ""

"""How mail programs, in the languages that customers write, announce a quote: patterns over one line."""

from __future__ import annotations

import re
from enum import Enum

MAX_LINE = 400
"""Characters of a line that are looked at, and the longest attribution over all its lines."""
MAX_ATTRIBUTION_LINES = 4
MAX_BLOCK_LINES = 12
MAX_FOLDS = 2
MIN_LABELS = 3

_ORIGINAL = re.compile(
    r"\s*[-_*]{2,}\s*(?:original (?:message|appointment)|mensagem original|mensaje original|"
    r"message d['’]origine|message original|urspr(?:ü|ue)ngliche nachricht|messaggio originale|"
    r"oorspronkelijk bericht|oprindelig meddelelse|ursprungligt meddelande|opprinnelig melding|"
    r"alkuperäinen viesti|wiadomość oryginalna|původní zpráva|исходное сообщение|reply message|"
    r"原始邮件|原始郵件|元のメッセージ)",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"[-_*\s]{0,40}(?:begin )?(?:forwarded message|mensagem (?:re)?encaminhada|mensaje reenviado|"
    r"message (?:transféré|transmis)|weitergeleitete nachricht|messaggio inoltrato|doorgestuurd bericht|"
    r"início da mensagem (?:re)?encaminhada|début du message (?:transféré|réexpédié)|"
    r"inicio del mensaje reenviado)"
    r"\s*[-_*:]",
    re.IGNORECASE,
)
_FORWARD_SUBJECT = re.compile(r"\s*(?:fwd?|wg|tr|rv|enc|i|vs|doorst)\s*:", re.IGNORECASE)

_LABELS = {
    "sender": (
        "from|de|von|da|van|från|fra|od|от|lähettäjä|expéditeur|remitente|remetente|"
        "发件人|寄件者|差出人|보낸 사람"
    ),
    "sent": (
        "sent|date|sent on|enviad[oa]|enviado el|enviad[oa] em|data|fecha|envoyé|envoyé le|date d['’]envoi|"
        "gesendet|datum|inviato|verzonden|skickat|sendt|dato|wysłano|odesláno|отправлено|дата|lähetetty|"
        "message du|"
        "发送时间|日期|送信日時|보낸 날짜"
    ),
    "to": (
        "to|para|à|a|an|aan|till|til|do|komu|кому|vastaanottaja|cc|cci|bcc|copie à|copie|kopie|kopia|kopi|"
        "копия|收件人|宛先|抄送|받는 사람"
    ),
    "about": (
        "subject|assunto|asunto|objet|sujet|betreff|oggetto|onderwerp|ämne|emne|temat|předmět|тема|aihe|"
        "主题|主旨|件名|제목"
    ),
}
_LABEL = re.compile(
    r"[\s*_]{0,8}(?:"
    + "|".join(f"(?P<{kind}>{names})" for kind, names in _LABELS.items())
    + r")[\s*_]{0,8}[:：]",
    re.IGNORECASE,
)
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}")
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_DAY = re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d[年년]")
_ADDRESS = re.compile(r"[^\s<>@\"]@[^\s<>@\"]")
_ENDS_IN_ADDRESS = re.compile(r"[<(\[][^<>()\[\]]{0,200}@[^<>()\[\]]{1,200}[>)\]]{1,2}\s*[:：]$")
_VERBS = (
    r"(?:wrote|writes|escreveu|escribió|a écrit|schrieb|ha scritto|scrive|schreef|skrev|kirjoitti|"
    r"napisał(?:\(a\)|a)?|написала?|пишет|napsal(?:\(a\)|a)?|yazdı|έγραψε|写道|寫道|書きました|"
    r"작성(?:하였습니다|했습니다)?)"
)
_ENDS_IN_VERB = re.compile(
    _VERBS + r"(?:[^.!?:]{0,40}|[^:]{0,80}@[^:]{0,80})\s*(?:[:：]|-{2,})$", re.IGNORECASE
)
# Gmail in Portugal: "Suporte <s@desk.example> escreveu no dia segunda, 12/01/2026 à(s) 10:07:".
_ENDS_IN_TIME = re.compile(r"[>)]\s{0,3}" + _VERBS + r"[^<>@]{1,60}\d{1,2}[:.h]\d{2}\s*:$", re.IGNORECASE)
_LEAD = re.compile(
    r"(?:-{2,}\s?)?(?:on|em|no dia|a|le|el|am|il|op|den|dne|dnia|w dniu|på|в)\s|"
    r"(?:\w{1,12}[.,]{0,2}\s{0,2})?\d",
    re.IGNORECASE,
)
_QUOTED = re.compile(r" {0,3}>")
_CUT_ADDRESS = re.compile(r"\s?>{1,2}[^<>@]{0,30}[:：]\s*$")
_FOOTER = re.compile(
    r"\s*[*_<\[]{0,3}(?:(?:sent|gesendet|envoyée?|enviad[oa]|inviato|verzonden|skickat|sendt|wysłano|"
    r"odesláno|lähetetty|отправлено|get|obter|obtener|télécharger|holen sie sich)\s{1,3}(?:from|with|via|von|"
    r"mit|depuis|à partir|de|do|da|desde|con|com|vanaf|met|från|fra|med|z|ze|из|с|outlook|o outlook)\b|"
    r"由我的|从我的|從我的|iphoneから送信)"
    r".{0,100}$",
    re.IGNORECASE,
)


class Line(Enum):
    """What stands at a line."""

    WORDS = "words"
    QUOTED = "a line of a marked quote"
    ATTRIBUTION = "who wrote the marked quote below"
    UNMARKED_QUOTE = "who wrote all that stands below"
    ORIGINAL = "the header of the mail below"
    FORWARDING = "the announcement of a forwarded mail"
    SIGNATURE = "the delimiter of a signature"


def is_forward_subject(subject: str) -> bool:
    return _FORWARD_SUBJECT.match(subject[:20]) is not None


def is_footer(line: str) -> bool:
    """Whether the line is what a device adds ("Sent from my …")."""
    return len(line) <= MAX_LINE and _FOOTER.match(line) is not None


def announcement(lines: list[str], at: int) -> tuple[Line, int]:
    """Say what stands at a line, and at which line what comes after it begins."""
    line = lines[at][:MAX_LINE]
    end = _attribution_end(lines, at)
    if end is not None:
        return (Line.ATTRIBUTION if _is_followed_by_quote(lines, end) else Line.UNMARKED_QUOTE), end
    return _single(line) or (Line.ORIGINAL if _is_header_block(lines, at) else Line.WORDS), at + 1


def _single(line: str) -> Line | None:
    if _QUOTED.match(line):
        return Line.QUOTED
    if line.rstrip() == "--":
        return Line.SIGNATURE
    if _FORWARDED.match(line):
        return Line.FORWARDING
    return Line.ORIGINAL if _ORIGINAL.match(line) else None


def _is_header_block(lines: list[str], at: int) -> bool:
    """Whether From, Sent, To, Subject stand here one below the other, in any order and language.

    A customer's own list ("From: Lisbon, To: Porto, Date: 3 May") has no address, subject or exact time.
    """
    if _label(lines[at]) is None:
        return False
    kinds, is_sure, folds = set(), False, 0
    for line in lines[at : at + MAX_BLOCK_LINES]:
        kind = _label(line)
        if kind is not None:
            kinds.add(kind)
        elif line.strip():
            folds += 1
        if folds > MAX_FOLDS:
            break
        is_sure = is_sure or _is_telling(kind, line[:MAX_LINE])
    return is_sure and "sender" in kinds and len(kinds) >= MIN_LABELS


def _is_telling(kind: str | None, line: str) -> bool:
    exact = kind == "sent" and _TIME.search(line) and _YEAR.search(line)
    return bool(kind == "about" or exact or _ADDRESS.search(line))


def _label(line: str) -> str | None:
    found = _LABEL.match(line[:80]) if ":" in line[:40] or "：" in line[:40] else None
    return found.lastgroup if found else None


def _attribution_end(lines: list[str], at: int) -> int | None:
    """Return where an "On …, … wrote:" that begins at `at` ends (the line after it), or None."""
    joined = ""
    for last in range(at, min(len(lines), at + MAX_ATTRIBUTION_LINES)):
        line = lines[last].strip()
        continues = last > at
        if not line or (_QUOTED.match(line) and not (continues and _CUT_ADDRESS.match(line))):
            return None
        joined = f"{joined} {line}".strip()
        if len(joined) > MAX_LINE:
            return None
        if line.endswith((":", "：", "--")) and _is_attribution(joined, lines, last + 1, alone=not continues):
            return last + 1
    return None


def _is_attribution(joined: str, lines: list[str], following: int, *, alone: bool) -> bool:
    if _ENDS_IN_TIME.search(joined):
        return True
    says_who = _ENDS_IN_VERB.search(joined) is not None
    if not says_who and not _ENDS_IN_ADDRESS.search(joined):
        return False
    if alone and says_who and _ADDRESS.search(joined):
        return True
    if _LEAD.match(joined) is None:
        return False
    dated = any(pattern.search(joined) for pattern in (_TIME, _YEAR, _DAY))
    return dated or (says_who and _is_followed_by_quote(lines, following))


def _is_followed_by_quote(lines: list[str], at: int) -> bool:
    """Whether the next line with words is a quoted one."""
    upcoming = [line for line in lines[at : at + 2] if line.strip()]
    return bool(upcoming) and _QUOTED.match(upcoming[0]) is not None

"""Real mails with what a reader should see: a score for each kind, which must not fall."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from channels_inbound.email.automatic import classify
from channels_inbound.email.html_text import html_to_text
from channels_inbound.email.parsing import look_at
from channels_inbound.email.visible import visible_text

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "mail"
FLOORS = {
    "subject": (48, 48),
    "sender": (48, 48),
    "display name": (48, 48),
    "attachments": (42, 48),
    "body words": (46, 48),
    "automatic": (158, 158),
    "human": (123, 128),
    "visible reply": (61, 62),
}
"""Reached and possible. The attachments missed are those of a parser's own torture tests, whose expectation
calls readable text a file. The five automatic mails that nobody marked as such are lists, a read receipt, a
bounce and a no-reply address. The reply missed is one that counts a signature among the new words."""

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared is absent: the real mails are not here")


def expectations(name):
    return [json.loads(line) for line in (DATA / name).read_text().splitlines()]


def is_read(words, text):
    """Whether every expected word is there; where the expectation itself was not readable, any may be."""
    seen = set(re.findall(r"\w+", text))
    return all(word in seen for word in re.findall(r"[\w\ufffd]+", words) if "\ufffd" not in word)


def is_subject(expected, subject):
    return re.fullmatch(re.escape(expected).replace("\ufffd", "."), subject) is not None


def score_messages():
    score = Counter()
    for one in expectations("messages.jsonl"):
        mail = look_at((DATA / one["file"]).read_bytes())
        kind = "automatic" if one.get("automatic") else "human"
        score[kind] += classify(mail).is_automatic == (kind == "automatic")
        if "subject" not in one:
            continue
        score["subject"] += is_subject(one["subject"] or "", mail.subject)
        score["sender"] += (one["from_email"] or "") == mail.sender.address
        score["display name"] += (one["from_display_name"] or "") == mail.sender.name
        score["attachments"] += one["n_attachments"] == len(mail.attachments)
        score["body words"] += is_read(one["body_text"], mail.text)
    return score


def score_automatic():
    files = [(DATA / one["file"]).read_bytes() for one in expectations("automatic.jsonl")]
    return Counter({"automatic": sum(classify(look_at(raw)).is_automatic for raw in files)})


def new_words(one):
    raw = (DATA / one["file"]).read_bytes()
    if one["file"].endswith(".eml"):
        return look_at(raw).visible_text
    return visible_text(html_to_text(raw.decode()) if one.get("html") else raw.decode())


def score_replies():
    kept = 0
    for one in expectations("replies.jsonl"):
        lines = [" ".join(line.split()) for line in new_words(one).split("\n")]
        whole = " ".join(lines)
        kept += all(line in whole for line in one["must_keep"]) and not set(one["must_drop"]) & set(lines)
    return Counter({"visible reply": kept})


def test_real_mails_are_read_as_well_as_ever(capsys):
    score = score_messages() + score_automatic() + score_replies()

    with capsys.disabled():
        print("\nreal mails, read right of possible:")
        for kind, (_, possible) in FLOORS.items():
            print(f"  {kind:14} {score[kind]:4} of {possible:4}  {100 * score[kind] / possible:5.1f} %")
    assert {kind: score[kind] for kind in FLOORS} == {kind: floor for kind, (floor, _) in FLOORS.items()}

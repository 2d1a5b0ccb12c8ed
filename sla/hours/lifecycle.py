"""The words of a clock's life: what happens to a piece of work, and where its clocks stand."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from sla.hours.target import Metric, Target, Terms


class State(StrEnum):
    """Where a clock stands; a miss is a dated fact beside it."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    EXCLUDED = "excluded"
    CANCELLED = "cancelled"
    NOT_APPLICABLE = "not_applicable"


class EventKind(StrEnum):
    """What can happen; `sla.hours.replay` says what each means."""

    CREATED = "created"
    PRIORITY = "priority"
    RETARGET = "retarget"
    PAUSE = "pause"
    RESUME = "resume"
    EXCLUDE = "exclude"
    INCLUDE = "include"
    DEFER = "defer"
    BEGIN = "begin"
    AGENT_REPLY = "agent_reply"
    REPLY_REVOKED = "reply_revoked"
    CUSTOMER_REPLY = "customer_reply"
    BOT_REPLY = "bot_reply"
    INTERNAL_NOTE = "internal_note"
    SOLVE = "solve"
    REOPEN = "reopen"
    ABSORB = "absorb"
    MERGED = "merged"
    QUOTE_OWED = "quote_owed"
    QUOTE_SENT = "quote_sent"
    QUOTE_WITHDRAWN = "quote_withdrawn"
    CANCEL = "cancel"
    MANUAL_DUE = "manual_due"
    EXCUSE = "excuse"
    MISSED = "missed"
    CORRECT = "correct"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at an instant (UTC epoch seconds)."""

    at: int
    kind: EventKind
    priority: str | None = None
    """Of `created`, `priority` and, when it changes too, `retarget`."""
    reference: str = ""
    """Of `agent_reply`, and of a `solve` that came with it, its name; `reply_revoked` takes those back."""
    terms: Terms | None = field(default=None, hash=False)
    """Of `retarget` the new terms."""
    since: int | None = None
    """Of `absorb`, since when the absorbed work had been waiting for an answer."""
    metric: Metric | None = None
    """Of `manual_due`, `excuse` and `missed`, which clock; `cycle` says which of several."""
    cycle: int | None = None
    due: int | None = None
    """Of `manual_due` the due time that was set by hand; None gives the computed one back."""
    cause: str = ""
    """Of `excuse` why the miss is excused (D11)."""
    key: int = 0
    """By what a `correct` names it; 0 cannot be named."""
    corrects: int = 0
    """Of `correct` the key of the event that was wrong."""
    happened_at: int | None = None
    """Of `correct` when the wrong event really happened; None when it never did."""


class Hold(NamedTuple):
    """A stretch during which a clock did not count, and the state it was in meanwhile."""

    starts_at: int
    ends_at: int
    state: State


@dataclass(frozen=True, slots=True)
class ClockState:
    """Where one clock stands; instants are UTC epoch seconds, amounts open seconds."""

    metric: Metric
    cycle: int
    """1, 2, …: each unanswered customer message after the first response starts a next response."""
    state: State
    started_at: int
    target: Target | None
    due_at: int | None
    """While it runs, when met what it was held to, and a missed due stays while it is paused or excluded."""
    remaining: int | None
    """Only while paused or excluded: what is left, 0 when the due time has been missed."""
    met_at: int | None
    breached_at: int | None
    """The due time, or the instant of the change that put it into the past; sticky."""
    stopped_at: int | None
    """Since when it does not count."""
    paused_seconds: int
    """Open seconds since the start that did not count: paused, excluded, or solved and reopened."""
    late_paused_seconds: int
    """Those of them that lie after the due time and were resumed from."""
    holds: tuple[Hold, ...] = ()
    """The stretches that did not count and were resumed from, in order."""
    is_manual: bool = False
    """Whether the due time was set by hand; neither a new target nor other hours move it."""
    is_plain: bool = False
    """Whether the due time follows from the start and the target alone: nothing has moved it."""
    excused_at: int | None = None
    excuse: str = ""
    """When a miss was excused, and why (D11)."""

    @property
    def calendar(self) -> int:
        """The number of the calendar on which it counts; 0 is that of the work."""
        return self.target.calendar if self.target else 0

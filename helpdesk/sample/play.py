"""Plays 45 days on the sample desk, in the order of time, through the rules that real tickets go through."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Final

from contracts.quoting import lapsing
from helpdesk import actors, escalation, handling, intake, lifecycle, noticeboard, urgency
from helpdesk.incoming import Incoming, Sender
from helpdesk.models import Ticket
from helpdesk.notifications import outbox
from helpdesk.sample import services
from helpdesk.sample.desk import BEFORE, Desk
from helpdesk.sample.services import Service
from helpdesk.sample.words import SERVICE_WORDS, TROUBLES, Trouble
from sla import alarms, calendars
from sla.timekeeping import from_epoch, to_epoch

SEED: Final = 2025
TICKETS: Final = 60
LATE_EVERY: Final = 9
"""Each ninth conversation is answered too late, so that there are misses to look at."""

STILL_OPEN: Final = 16
"""The youngest tickets are in all stages of work."""

UNSEEN, UNANSWERED, OUR_TURN = 0, 1, 2
"""Where a young ticket stops: nobody saw it, the customer has not answered, we have not. Others go on."""

URGENCY: Final[Mapping[int, tuple[str, ...]]] = {
    0: ("high",),
    1: ("urgent", "high"),
    2: ("low",),
    6: ("high",),
    8: ("low",),
    10: ("urgent",),
}
"""By number of the trouble what its priority is, where the plan offers it; else it stays Medium."""

STRANGERS: Final = (
    (
        Sender("email", "zoe.marsh@freemail.example", "Zoe Marsh"),
        "Trial",
        "Do you offer a trial for schools? We have three buildings.",
        6.0,
    ),
    (
        Sender("email", "info@win-a-cruise.example", "WIN A CRUISE"),
        "You have won!!",
        "Click here to collect your cruise.",
        3.0,
    ),
    (
        Sender("email", "l.tavares@freemail.example", "Luís Tavares"),
        "Acesso",
        "Trabalho nos Azenha Hotels e perdi o acesso. Podem ajudar?",
        0.4,
    ),
)
"""Who, subject, words, days ago: mail from senders that nobody knows (D17)."""

SERVICES: Final = (
    (9.0, "bruno", "ana", "rui", "bulk_updates", "in work"),
    (2.0, "farida", "chloe", "ines", "consult_logs", "to be decided"),
    (1.2, "harry", "grace", "rui", "recover_deleted_items", "appealed"),
)
"""Days ago, customer, manager, agent, technical service, and how it ends."""

CUSTOMERS_TURN: Final = (
    "bruno",
    "chloe",
    "grace",
    "denis",
    "diego",
    "harry",
    "carla",
    "farida",
    "joao",
    "elena",
)
CHANNELS: Final = ("email", "portal", "whatsapp", "email", "api", "whatsapp", "portal")

Act = Callable[[datetime], None]


@dataclass(order=True)
class _Turn:
    at: datetime
    order: int
    act: Act = field(compare=False)


class Stage:
    """Time goes forward; whoever acts may plan a later act."""

    def __init__(self, desk: Desk, *, now: datetime, progress: Callable[[], None]) -> None:
        self.desk = desk
        self.now = now
        self.progress = progress
        self.dice = random.Random(SEED)  # noqa: S311 - a story, the same each time
        self._turns: list[_Turn] = []
        self._order = count()

    def plan(self, at: datetime, act: Act) -> None:
        """Do it then; what would lie in the future does not happen."""
        if at < self.now:
            heappush(self._turns, _Turn(at, next(self._order), act))

    def play(self) -> None:
        """Do everything in its order, and let beat tick once an hour in between."""
        beat = self.now - BEFORE
        while self._turns:
            turn = heappop(self._turns)
            while beat < turn.at:
                _tick(beat)
                beat += timedelta(hours=6)
            turn.act(turn.at)
        _tick(self.now)
        outbox.settle(at=self.now)

    def open_time_after(self, at: datetime, hours: float) -> datetime:
        """That many support hours later."""
        timeline = calendars.timeline(self.desk.calendar)
        return from_epoch(timeline.add(to_epoch(at), int(hours * 3600)))


def play(desk: Desk, *, now: datetime, progress: Callable[[], None] = lambda: None) -> None:
    """Play the stories that end at `now` (aware, UTC); `progress` is called once for each ticket."""
    stage = Stage(desk, now=now, progress=progress)
    for index, at in enumerate(_beginnings(stage)):
        _Story(stage, index).begin(at)
    for stranger in STRANGERS:
        _write_as(stage, *stranger)
    for days_ago, story in _services(stage):
        story.begin(now - timedelta(days=days_ago))
    stage.play()


def _services(stage: Stage) -> Iterator[tuple[float, Service]]:
    """How many days ago each technical service began, and how it goes."""
    people, agents = stage.desk.people, stage.desk.agents
    services.price()
    for days_ago, customer, manager, agent, category, ends in SERVICES:
        subject, text, answer = SERVICE_WORDS[category, people[customer].language]
        yield (
            days_ago,
            Service(
                customer=people[customer],
                manager=people[manager],
                agent=agents[agent],
                category=category,
                subject=subject,
                text=text,
                answer=answer,
                plan=stage.plan,
                ends=ends,
            ),
        )


def _write_as(stage: Stage, sender: Sender, subject: str, text: str, days_ago: float) -> None:
    incoming = Incoming(channel=Ticket.Channel.EMAIL, sender=sender, subject=subject, text=text)
    by = actors.system("email")

    def arrive(at: datetime) -> None:
        intake.receive(incoming, at=at, by=by)

    stage.plan(stage.now - timedelta(days=days_ago), arrive)


def _beginnings(stage: Stage) -> Iterator[datetime]:
    """Spread over the days, mostly by day, some at night and on Sundays, the last ones just now."""
    step = BEFORE / TICKETS
    for index in range(TICKETS):
        at = stage.now - BEFORE + step * (index + 1)
        shift = timedelta(minutes=stage.dice.randrange(0, 240))
        yield min(at - shift, stage.now - timedelta(minutes=5))


def _tick(at: datetime) -> None:
    """What beat does."""
    alarms.ring_due(at=at)
    escalation.escalate(at=at)
    lapsing.remind_due(at=at)
    lapsing.expire_due(at=at)
    noticeboard.speak(at=at)
    lifecycle.close_solved(at=at)


class _Story:
    """One conversation: opened, triaged, answered, continued, solved; the young ones stop on the way."""

    def __init__(self, stage: Stage, index: int) -> None:
        self.stage = stage
        self.index = index
        self.person = stage.desk.people[CUSTOMERS_TURN[index % len(CUSTOMERS_TURN)]]
        words = TROUBLES[self.person.language]
        self.trouble: Trouble = words[(index + index // len(CUSTOMERS_TURN) * 3) % len(words)]
        self.agent = stage.desk.agents[("rui", "ines", "marta")[index % 3]]
        self.is_late = index % LATE_EVERY == LATE_EVERY - 1
        self.is_young = index >= TICKETS - STILL_OPEN
        self.ticket: Ticket | None = None

    def begin(self, at: datetime) -> None:
        """Plan the first message."""
        self.stage.plan(at, self._open)

    def _open(self, at: datetime) -> None:
        incoming = self._incoming(self.trouble.text, self.trouble.subject)
        self.ticket = intake.receive(incoming, at=at, by=actors.person(self.person)).ticket
        self.stage.progress()
        if self._stops_at(UNSEEN):
            return
        self.stage.plan(self._later(at, 0.2, 1.5), self._triage)

    def _triage(self, at: datetime) -> None:
        """Marta gives it to somebody, who says how urgent it is."""
        ticket = self._known()
        handling.assign(ticket, to=self.agent, by=self.stage.desk.agents["marta"], at=at)
        offered = {priority.key for priority in urgency.offered_priorities(ticket)}
        wanted = URGENCY.get(TROUBLES[self.person.language].index(self.trouble), ())
        for key in (key for key in wanted if key in offered):
            handling.set_priority(ticket, priority=key, reason="triage", by=self.agent, at=at)
            break
        wait = (30, 40) if self.is_late else (0.3, 2.0)
        self.stage.plan(self._later(at, *wait), self._answer)

    def _answer(self, at: datetime) -> None:
        if self.index % 4 == 1:
            handling.add_note(
                self._known(), text="Seen this at another customer last week.", by=self.agent, at=at
            )
        handling.reply(self._known(), text=self.trouble.answer, by=self.agent, at=at, then="waiting_customer")
        if self._stops_at(UNANSWERED):
            return
        self.stage.plan(self._later(at, 0.5, 6.0), self._continue)

    def _continue(self, at: datetime) -> None:
        incoming = self._incoming(self.trouble.more, ticket=self._known())
        intake.receive(incoming, at=at, by=actors.person(self.person))
        if self._stops_at(OUR_TURN):
            return
        self.stage.plan(self._later(at, 0.5, 5.0), self._solve)

    def _solve(self, at: datetime) -> None:
        handling.reply(self._known(), text=self.trouble.end, by=self.agent, at=at, then="solved")

    def _stops_at(self, stage: int) -> bool:
        return self.is_young and self.index % 5 == stage

    def _incoming(self, text: str, subject: str = "", ticket: Ticket | None = None) -> Incoming:
        channel = Ticket.Channel(ticket.channel) if ticket else self._channel()
        sender = None
        if channel == Ticket.Channel.WHATSAPP:
            number = self.person.addresses.get(kind="whatsapp").value
            sender = Sender("whatsapp", number, self.person.name)
            text = f"{subject}\n{text}".strip()
        return Incoming(
            channel=channel,
            person=self.person,
            sender=sender,
            ticket=ticket,
            subject=subject,
            text=text,
            is_authenticated=True,
        )

    def _channel(self) -> Ticket.Channel:
        wanted = Ticket.Channel(CHANNELS[self.index % len(CHANNELS)])
        has_number = self.person.addresses.filter(kind="whatsapp").exists()
        return wanted if wanted != Ticket.Channel.WHATSAPP or has_number else Ticket.Channel.EMAIL

    def _later(self, at: datetime, least: float, most: float) -> datetime:
        return self.stage.open_time_after(at, self.stage.dice.uniform(least, most))

    def _known(self) -> Ticket:
        if self.ticket is None:
            raise LookupError("The story has not begun.")
        self.ticket.refresh_from_db()
        return self.ticket

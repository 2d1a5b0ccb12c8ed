"""One of everything that an address can name, and those who knock at it."""

from datetime import timedelta

from django.apps import apps
from django.core.cache import caches
from django.test import Client
from django.test.client import ClientHandler

from channels_inbound import ingest
from contracts import named_contacts
from contracts.models import Allotment, Authorisation, Quote, ServiceCategory
from contracts.quoting import drafting, working
from helpdesk import backlogs, handling, quotes, roles, tagging, technical
from helpdesk.api.authentication import BILLING, SCOPES, issue_token
from helpdesk.incoming import IncomingFile
from helpdesk.models import Attachment, Message, OnCallShift, OutboundMessage, Ticket, Webhook
from sla import backlog, timekeeping
from sla.backlog import Draft
from sla.models import BacklogPeriod, Calendar, Clock, Policy, PolicyVersion
from tests.cast import by_mail, by_portal, take_in
from tests.permissions.matrix import PRINCIPALS

PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 100


class World:
    """Bruno's ticket with all that can hang on one, and the accounts that ask for it."""

    def __init__(self, *, bruno, ana, chloe, rui, vera):
        people = {"bruno": bruno, "ana": ana, "chloe": chloe}
        self.accounts = {name: who.account for name, who in people.items()} | {"rui": rui, "vera": vera}
        self.agent = rui
        roles.establish()
        roles.give(rui, roles.AGENT)
        roles.give(vera, roles.ADMIN)
        self.ticket = self._ticket()
        self._of_the_desk()
        self.period = Allotment.objects.get(charges__ticket_uid=self.ticket.uid)
        self.clock = Clock.objects.get(clock_set=self.ticket.clock_set_id, metric="resolution")
        self.backlog = self._backlog(vera)
        self.quarantined = self._quarantined()
        self.quote, self.leave = self._quote(bruno)
        self.contact = named_contacts.add(self.ticket.contract, bruno, at=timekeeping.now(), by="account:1")
        self.draft = PolicyVersion.objects.create(
            policy=Policy.objects.get(),
            number=2,
            valid_from=timekeeping.now(),
            calendar=Calendar.objects.get(),
        )
        self.tokens = {
            name: issue_token(account, name="test", scopes=[*SCOPES, BILLING], lives=None)
            for name, account in self.accounts.items()
        }
        self.cookies = {name: self._cookies(name) for name in PRINCIPALS}
        self.handlers = {checks: ClientHandler(enforce_csrf_checks=checks) for checks in (False, True)}
        caches["rates"].clear()

    def _ticket(self) -> Ticket:
        began = timekeeping.now() - timedelta(hours=2)
        picture = IncomingFile("screen.png", "image/png", PICTURE)
        secret = IncomingFile("note.txt", "text/plain", b"between us")
        incoming = by_mail("bruno@azenha.example", html="<p>It does not print.</p>", files=(picture,))
        ticket = take_in(incoming, began).ticket
        later = began + timedelta(hours=1)
        handling.assign(ticket, to=self.agent, by=self.agent, at=later)
        handling.reply(ticket, text="Which one?", by=self.agent, at=later)
        handling.add_note(ticket, text="Between us.", attached=[secret], by=self.agent, at=later)
        handling.reply(ticket, text="Not yet sent.", by=self.agent, at=timekeeping.now())
        return ticket

    def _of_the_desk(self) -> None:
        at = timekeeping.now()
        OnCallShift.objects.create(account=self.agent, starts_at=at, ends_at=at + timedelta(days=1))
        tagging.add(self.ticket, words="Front desk", by=self.agent, at=at)
        Webhook.objects.create(key="pager", name="Pager", url="https://pager.example/in")

    def _backlog(self, by) -> BacklogPeriod:
        begins = timekeeping.now() + timedelta(hours=1)
        texts = dict.fromkeys(backlog.LOCALES, "We are slow.")
        draft = Draft(starts_at=begins, ends_at=begins + timedelta(days=1), reason="A storm.", texts=texts)
        return backlogs.declare(draft, by=by, at=timekeeping.now())

    def _quote(self, bruno) -> tuple[Quote, Authorisation]:
        """Sent for another ticket of Bruno's, with leave asked for the work."""
        at = timekeeping.now()
        other = take_in(by_portal(bruno, subject="Prices"), at).ticket
        category = ServiceCategory.objects.get(key="bulk_updates")
        technical.reclassify(other, category=category, by=self.agent, at=at)
        quote = quotes.send(drafting.of_ticket(other.uid), by=self.agent, at=at)
        return quote, working.ask_leave(quote, purpose="Prices", scope="Rooms", by="account:1", at=at)

    def _quarantined(self):
        inbound, _ = ingest.store(source="pipe", provider_id="", raw=b"", at=timekeeping.now())
        return ingest.process(inbound.pk, at=timekeeping.now())

    # --- whose browser or program it is

    def _cookies(self, principal: str):
        client = Client()
        if principal in self.accounts:
            backend = "django.contrib.auth.backends.ModelBackend"
            client.force_login(self.accounts[principal], backend=backend)
        return client.cookies

    def client(self, principal: str, address: str, *, checks_forms: bool = False) -> Client:
        """A fresh one each time, so that no answer changes the next; programs have a token and no cookie."""
        client = Client(raise_request_exception=False)
        client.handler = self.handlers[checks_forms]  # which reads the list of static files once
        if not address.startswith("/api/"):
            client.cookies.load(self.cookies[principal].output(header="", sep=";"))
        elif principal in self.tokens:
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {self.tokens[principal]}"
        return client

    # --- what an address names

    def row(self, pattern: str, model: str) -> int:
        """The key of a row of that model: of the world's own where it has one."""
        own = {
            "helpdesk.ticket": self.ticket.contract if "/usage/" in pattern else self.ticket,
            "contracts.quote": self.quote,
            "channels_inbound.inboundmessage": self.quarantined,
            "contracts.account": self.accounts["bruno"],
            "sla.policyversion": self.draft if "publish" in pattern else None,
        }
        found = own.get(model) or apps.get_model(model).objects.order_by("pk").first()
        assert found is not None, f"the world has no {model}"
        return found.pk

    def number(self, pattern: str) -> int:
        """The key of what an address outside the console names by number: a ticket, if nothing else."""
        if pattern.startswith("/support-policy/"):
            return 1
        named = {
            "/my/usage/": self.period,
            "/my/contacts/": self.contact,
            "/quotes/leave/": self.leave,
            "/quotes/": self.quote,
        }
        return next((row for start, row in named.items() if pattern.startswith(start)), self.ticket).pk

    def uid(self, pattern: str) -> str:
        """The identifier that an address with `<uuid:uid>` takes."""
        message = Message.objects.exclude(html="").get()
        outbound = OutboundMessage.objects.filter(kind="reply").first()
        named = {"ticket/body": message, "outboundmessage/body": outbound}
        kept = next((row for part, row in named.items() if part in pattern), None)
        return str((kept or Attachment.objects.get(name="screen.png")).uid)

"""A request for help, from the first word to closed."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext_lazy as _

from contracts.models import Contract, ContractVersion, Organisation, Person, PlanVersion
from helpdesk.models.tag import Tag
from helpdesk.models.team import Team
from sla.models import ClockSet, Priority
from sla.models.policy import INTERNAL, Cell


class RequestType(models.Model):
    """What kind of request it is: whether it takes quota and from when its clocks count, as data."""

    class Kind(models.TextChoices):
        """What rules know it as; a desk may have several kinds of support, and one of each other."""

        SUPPORT = "support", _("support")
        BUG = "bug", _("bug")
        FEEDBACK = "feedback", _("feedback")
        TECHNICAL = "technical", _("technical service")

    class ClockStart(models.TextChoices):
        """Since when the resolution counts."""

        RECEIPT = "receipt", _("from its receipt")
        VALIDATED = "validated", _("from when it was validated")

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=60)
    takes_quota = models.BooleanField(default=True)
    runs_clocks = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SUPPORT)
    clock_start = models.CharField(max_length=10, choices=ClockStart, default=ClockStart.RECEIPT)
    gives_back_when_validated = models.BooleanField(
        default=False, help_text="A confirmed one takes nothing from the quota (D13)."
    )

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("kind",), condition=~Q(kind="support"), name="one_request_type_of_each_other_kind"
            ),
            models.UniqueConstraint(
                fields=("is_default",),
                condition=Q(is_default=True),
                name="one_request_type_is_the_default",
            ),
        )

    def __str__(self) -> str:
        return self.name


URGENT = "urgent"
"""The priority that rules know by its key; all others are data."""
LIVE = Q(status__in=("new", "open", "waiting_customer", "waiting_third_party"))
OVER = ("flagged", "overage", "approved", "awaiting_approval", "refused")
"""Entitlements of tickets beyond the quota (D14)."""
WAITING = Q(status__in=("waiting_customer", "waiting_third_party"))


class Ticket(models.Model):
    """One request: who asks, under which contract, how urgent, and where it stands."""

    class Status(models.TextChoices):
        """Where the work stands; what it is about is the request type."""

        NEW = "new", _("new")
        OPEN = "open", _("open")
        WAITING_CUSTOMER = "waiting_customer", _("waiting for the customer")
        WAITING_THIRD_PARTY = "waiting_third_party", _("waiting for a third party")
        SOLVED = "solved", _("solved")
        CLOSED = "closed", _("closed")
        SPAM = "spam", _("spam")
        MERGED = "merged", _("merged")

    class Entitlement(models.TextChoices):
        """How the contract covers it (D23); never changed by another ticket's return."""

        INSIDE = "inside", _("inside the plan")
        FLAGGED = "flagged", _("over quota")
        OVERAGE = "overage", _("over quota, billed")
        APPROVED = "approved", _("over quota, approved")
        AWAITING_APPROVAL = "awaiting_approval", _("awaiting approval")
        REFUSED = "refused", _("refused")
        UNVERIFIED = "unverified", _("unverified sender")
        NOT_NAMED = "not_named", _("sender not named in the contract")
        UNCOVERED = "uncovered", _("no contract in force")

    class PrioritySource(models.TextChoices):
        """Who or what set the priority (D22)."""

        DEFAULT = "default", _("default")
        IMPACT = "impact", _("customer's impact")
        RULE = "rule", _("rule")
        AGENT = "agent", _("agent")

    class Impact(models.TextChoices):
        """What the customer says it means for them (D16)."""

        UNKNOWN = "", _("not stated")
        QUESTION = "question", _("a question")
        HINDERED = "hindered", _("work is hindered")
        BLOCKED = "blocked", _("work is blocked")
        ALL_BLOCKED = "all_blocked", _("nobody can work")

    class Channel(models.TextChoices):
        """The door it came through."""

        EMAIL = "email", _("e-mail")
        PORTAL = "portal", _("portal")
        WHATSAPP = "whatsapp", "WhatsApp"
        API = "api", _("API")
        IN_APP = "in_app", _("in the app")
        CONSOLE = "console", _("opened by an agent")

    LIVE = (Status.NEW, Status.OPEN, Status.WAITING_CUSTOMER, Status.WAITING_THIRD_PARTY)

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    subject = models.CharField(max_length=255)
    status = models.CharField(max_length=20, choices=Status, default=Status.NEW)
    request_type = models.ForeignKey(RequestType, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel)
    language = models.CharField(max_length=10, default="en")

    requester = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="tickets")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    contract_version = models.ForeignKey(
        ContractVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    plan_version = models.ForeignKey(
        PlanVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    entitlement = models.CharField(max_length=20, choices=Entitlement)

    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    priority_source = models.CharField(max_length=8, choices=PrioritySource, default=PrioritySource.DEFAULT)
    impact = models.CharField(max_length=12, choices=Impact, blank=True, default="")

    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets_assigned",
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets")
    tags = models.ManyToManyField(Tag, blank=True, related_name="tickets")

    clock_set = models.OneToOneField(
        ClockSet, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    next_due_at = models.DateTimeField(null=True, help_text="The earliest due time of its running clocks.")
    next_due_metric = models.CharField(max_length=16, choices=Cell.Metric, blank=True)
    is_breached = models.BooleanField(default=False, help_text="A clock of it was missed.")

    received_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    last_customer_at = models.DateTimeField(null=True)
    last_agent_at = models.DateTimeField(null=True)
    solved_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True, help_text="When a solved ticket can no longer be reopened.")
    closed_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(
        null=True, help_text="The last acknowledgement; one a conversation and closure (D26)."
    )
    whatsapp_until = models.DateTimeField(
        null=True, help_text="End of the 24 h in which free text may be sent (D19)."
    )
    sorts_at = models.GeneratedField(
        expression=Case(
            When(
                Q(last_agent_at__isnull=True) | Q(last_agent_at__lt=F("last_customer_at")),
                then=Least(
                    Coalesce("next_due_at", "whatsapp_until"),
                    Coalesce("whatsapp_until", "next_due_at"),
                ),
            ),
            default="next_due_at",
        ),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
        help_text=(
            "The queue's sort column: the earlier of due time and, while the customer waits for an answer, "
            "the end of the WhatsApp window (D19)."
        ),
    )
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="absorbed",
        help_text="The ticket that goes on in its place.",
    )
    split_from = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        help_text="The ticket of which this is the technical part (AG-08).",
    )
    version = models.PositiveIntegerField(default=1, help_text="For conflicting edits.")

    class Meta:
        ordering = ("sorts_at", "id")
        # One index for each tab of the queue, with the rows of that tab alone: what is closed costs nothing.
        indexes = (
            models.Index(fields=("sorts_at", "id"), name="queue_of_live_tickets", condition=LIVE),
            models.Index(fields=("assignee", "sorts_at", "id"), name="queue_of_an_agent", condition=LIVE),
            models.Index(fields=("sorts_at", "id"), name="queue_of_waiting_tickets", condition=WAITING),
            models.Index(
                fields=("sorts_at", "id"),
                name="queue_of_tickets_over_quota",
                condition=LIVE & Q(entitlement__in=OVER),
            ),
            models.Index(fields=("organisation", "-received_at"), name="tickets_of_a_customer"),
            models.Index(fields=("requester", "-received_at"), name="tickets_of_a_person"),
            models.Index(fields=("closes_at",), name="tickets_to_close", condition=Q(status="solved")),
            models.Index(
                fields=("requester",),
                name="tickets_of_people_not_named",
                condition=LIVE & Q(entitlement="not_named"),
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(status__in=("solved", "closed")) | Q(solved_at__isnull=False),
                name="a_solved_ticket_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(status="solved") | Q(closes_at__isnull=False),
                name="a_solved_ticket_says_until_when_it_reopens",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_at__isnull=False),
                name="a_closed_ticket_says_when",
            ),
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False)
                | (~Q(status="merged") & Q(merged_into__isnull=True)),
                name="a_merged_ticket_names_the_one_that_goes_on",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="no_ticket_is_merged_into_itself"),
        )

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"

    @property
    def next_goal_at(self) -> datetime | None:
        """The next due time as far as a customer may know it: not of what the desk promises itself."""
        return None if self.next_due_metric in INTERNAL else self.next_due_at

    @property
    def is_urgent(self) -> bool:
        """Whether it is of the one priority that waits for no opening and no quota (D14, answer 35)."""
        return self.priority is not None and self.priority.key == URGENT

    @property
    def scope_keys(self) -> dict[str, str]:
        """What the scope of a backlog period may name of it; plan, priority and team are loaded."""
        return {
            "plan": self.plan_version.plan.key if self.plan_version else "",
            "priority": self.priority.key if self.priority else "",
            "channel": self.channel,
            "team": self.team.key if self.team else "",
        }

    @property
    def is_technical(self) -> bool:
        """Whether it is a technical service, which no plan includes."""
        return self.request_type.kind == RequestType.Kind.TECHNICAL

    @property
    def is_live(self) -> bool:
        """Whether work on it may go on."""
        return self.status in self.LIVE


class Watcher(models.Model):
    """Somebody besides the requester who takes part in a ticket."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="watchers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="watching")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("ticket", "person"), name="a_person_watches_a_ticket_once"),
        )

    def __str__(self) -> str:
        return f"{self.person} watches {self.ticket_id}"

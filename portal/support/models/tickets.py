"""A ticket, what was said in it, what was noted beside it, and everything that changed."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from portal.base.keys import new_id
from portal.deposits.models import DepositAccount
from portal.documents.uploaded import Upload
from portal.institution.models import Branch
from portal.people.models import Customer
from portal.support.models.desk import Category, Kind

LETTERS = {Kind.TICKET: "T", Kind.COMPLAINT: "C", Kind.REQUEST: "R"}


class Ticket(models.Model):
    """Something a customer asked, complained of or ordered. `serial` counts all of them; `turns` counts what was said.

    Whoever replies says how many turns they have read: a reply to an older state is refused.
    """

    class State(models.TextChoices):
        NEW = "new", "New"
        OPEN = "open", "In hand"
        WAITING = "waiting", "Waiting for the customer"
        RESOLVED = "resolved", "Settled"
        CLOSED = "closed", "Closed"
        MERGED = "merged", "Merged"

    class Priority(models.IntegerChoices):
        LOW = 1, "Low"
        NORMAL = 2, "Normal"
        HIGH = 3, "High"
        URGENT = 4, "Urgent"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    serial = models.PositiveIntegerField(unique=True)
    kind = models.CharField(max_length=9, choices=Kind)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=120)
    account = models.ForeignKey(DepositAccount, null=True, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=40, blank=True, default="")
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    tags = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    turns = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=80, unique=True)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    reply_due = models.DateTimeField()
    replied_at = models.DateTimeField(null=True)
    resolve_due = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    split_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts")
    rating = models.PositiveSmallIntegerField(null=True)
    rating_text = models.CharField(max_length=500, blank=True, default="")
    rated_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-serial",)
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="support_ticket_kind"),
            models.CheckConstraint(
                condition=Q(state__in=["new", "open", "waiting", "resolved", "closed", "merged"]),
                name="support_ticket_state",
            ),
            models.CheckConstraint(condition=Q(priority__range=(1, 4)), name="support_ticket_priority"),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False) | (~Q(state="merged") & Q(merged_into=None)),
                name="support_ticket_merged_into_another",
            ),
            models.CheckConstraint(
                condition=Q(rating=None, rated_at=None) | Q(rating__range=(1, 5), rated_at__isnull=False),
                name="support_ticket_rating",
            ),
        )
        indexes = (
            models.Index(fields=("customer", "-serial"), name="support_ticket_of_customer"),
            models.Index(
                fields=("branch", "resolve_due"),
                condition=Q(state__in=["new", "open", "waiting"]),
                name="support_ticket_queue",
            ),
            models.Index(
                fields=("assignee",), condition=Q(state__in=["new", "open", "waiting"]), name="support_ticket_mine"
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def number(self) -> str:
        """What people call it: T-000123."""
        return f"{LETTERS[Kind(self.kind)]}-{self.serial:06d}"

    @property
    def state_told(self) -> str:
        """The state as its customer reads it."""
        return "Waits for you" if self.state == self.State.WAITING else self.get_state_display()

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.RESOLVED, self.State.CLOSED, self.State.MERGED}


class Message(models.Model):
    """What was said, and both sides read. Never changed."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="messages")
    turn = models.PositiveIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    is_staff = models.BooleanField()
    text = models.TextField(max_length=8000)
    at = models.DateTimeField()
    key = models.CharField(max_length=80, unique=True)

    class Meta:
        ordering = ("turn",)
        constraints = (models.UniqueConstraint(fields=("ticket", "turn"), name="support_message_turn_once"),)

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.turn}"


class TakenBack(models.Model):
    """A message was taken back by whoever wrote it, shortly after: nobody reads its words any more, but that it was there."""

    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="taken_back")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.message} taken back"


class Note(models.Model):
    """What colleagues tell each other about a ticket. A table of its own: no question of a customer's ever reads it."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=8000)
    at = models.DateTimeField()
    key = models.CharField(max_length=80, unique=True)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"note on {self.ticket_id}"


class Attachment(models.Model):
    """A file that came with a message."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="attachments")
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.upload_id} with {self.message_id}"


class Change(models.Model):
    """Something else about a ticket became different: state, assignee, priority, category, where it was merged. Never changed."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="changes")
    what = models.CharField(max_length=20)
    before = models.CharField(max_length=120, blank=True)
    after = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.what}: {self.after}"


class Step(models.Model):
    """One stage of a service request, and who did it when."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=60)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("ticket", "position"), name="support_step_once"),
            models.CheckConstraint(
                condition=Q(done_by=None, done_at=None) | Q(done_by__isnull=False, done_at__isnull=False),
                name="support_step_done_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.label}"


class Draft(models.Model):
    """What somebody is writing to a ticket and has not sent; it also tells colleagues that somebody is at it."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=8000, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("ticket", "user"), name="support_draft_once"),)

    def __str__(self) -> str:
        return f"draft of {self.user_id} for {self.ticket_id}"

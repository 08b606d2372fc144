"""What the counter keeps beside the books: members who wait aside, several legs of one visit, transfers, reversals, calls."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.approvals.models import Request
from portal.drawers.models import DrawerSession
from portal.institution.models import Branch
from portal.ledger import models as ledger
from portal.people.models import Customer

SLOTS = (1, 2, 3, 4, 5)


class Visit(models.Model):
    """A member at the counter whose business is not finished, or was finished in several legs.

    `slot` is the place aside (Alt+1 to 5) where the member waits; `draft` is what was typed and not posted yet. While a
    manager decides, `request` says on what. What is posted keeps its slot until the cashier has handed over the receipt.
    """

    class State(models.TextChoices):
        OPEN = "open", "Waits aside"
        ASKED = "asked", "With the manager"
        POSTED = "posted", "Posted"
        DROPPED = "dropped", "Dropped"

    session = models.ForeignKey(DrawerSession, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField(unique=True, editable=False)
    slot = models.PositiveSmallIntegerField(null=True, blank=True)
    draft = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    request = models.OneToOneField(Request, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("slot", "opened_at")
        constraints = (
            models.UniqueConstraint(
                fields=("session", "slot"), condition=Q(slot__isnull=False), name="counter_visit_slot_once"
            ),
            models.CheckConstraint(condition=Q(slot=None) | Q(slot__in=SLOTS), name="counter_visit_slot_exists"),
            models.CheckConstraint(
                condition=Q(state__in=("open", "asked"), ended_at=None, slot__isnull=False)
                | Q(state__in=("posted", "dropped"), ended_at__isnull=False),
                name="counter_visit_unfinished_has_a_slot",
            ),
            models.CheckConstraint(
                condition=~Q(state="asked") | Q(request__isnull=False), name="counter_visit_asked_for_something"
            ),
        )

    def __str__(self) -> str:
        return f"{self.customer_id} at {self.session_id}"


class VisitLeg(models.Model):
    """One thing that is done for the member of a visit, in its order; `entry` once it is posted."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="legs")
    position = models.PositiveSmallIntegerField()
    leg = models.CharField(max_length=20)
    contents = models.JSONField()
    entry = models.OneToOneField(ledger.Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("visit", "position")
        constraints = (models.UniqueConstraint(fields=("visit", "position"), name="counter_leg_position_once"),)

    def __str__(self) -> str:
        return f"{self.leg} {self.position}"


class CounterTransfer(models.Model):
    """Money moved between accounts for a member at the counter: no cash, but the cashier looked at who asked for it."""

    session = models.ForeignKey(DrawerSession, on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField(ledger.Entry, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("session", "-id"), name="counter_transfer_newest"),)
        constraints = (models.CheckConstraint(condition=Q(amount_minor__gt=0), name="counter_transfer_amount"),)

    def __str__(self) -> str:
        return str(self.amount_minor)


class CounterReversal(models.Model):
    """A movement of the counter was taken back: why, by whom, and who approved it where that was needed."""

    class Reason(models.TextChoices):
        AMOUNT = "amount", "Wrong amount"
        ACCOUNT = "account", "Wrong account"
        TWICE = "twice", "Entered twice"
        DIRECTION = "direction", "In instead of out, or the other way round"
        MEMBER = "member", "The member changed their mind"
        OTHER = "other", "Something else"

    session = models.ForeignKey(DrawerSession, on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField(ledger.Entry, on_delete=models.PROTECT, related_name="+")
    reversal = models.OneToOneField(ledger.Entry, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason)
    note = models.CharField(max_length=140, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at",)
        constraints = (
            models.CheckConstraint(condition=~Q(approved_by=models.F("by")), name="counter_reversal_two_people"),
            models.CheckConstraint(condition=~Q(reason="other", note=""), name="counter_reversal_says_why"),
        )

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.entry_id}"


class TicketCall(models.Model):
    """The next number of a branch's queue was called to a drawer. Numbers begin anew each business day."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    business_date = models.DateField()
    number = models.PositiveIntegerField()
    session = models.ForeignKey(DrawerSession, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField()

    class Meta:
        ordering = ("-business_date", "-number")
        constraints = (
            models.UniqueConstraint(fields=("branch", "business_date", "number"), name="counter_ticket_called_once"),
        )

    def __str__(self) -> str:
        return f"{self.number:03d}"

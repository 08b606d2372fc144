"""Standing orders and transfers for a later day: what is to be sent, how often, and what came of each time."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.base.keys import new_id
from portal.base.money import Money
from portal.deposits.models.accounts import DepositAccount
from portal.ledger import models as ledger


class Rhythm(models.TextChoices):
    ONCE = "once", "Once"
    DAILY = "daily", "Every day"
    WEEKLY = "weekly", "Every week"
    FORTNIGHTLY = "fortnightly", "Every two weeks"
    MONTHLY = "monthly", "Every month"
    QUARTERLY = "quarterly", "Every three months"
    HALF_YEARLY = "half_yearly", "Every six months"
    YEARLY = "yearly", "Every year"


class StandingOrder(models.Model):
    """Send this amount from one account to another, again and again.

    `next_due` is the next day it is to be done and `done` how many of its days are behind it; None when nothing is left.
    An attempt that fails is tried again on each of the `retry_days` that follow, then given up with a notice.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        ENDED = "ended", "Ended"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="standing_orders")
    target = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    memo = models.CharField(max_length=100, blank=True, default="")
    rhythm = models.CharField(max_length=12, choices=Rhythm)
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)
    times = models.PositiveIntegerField(null=True, blank=True)
    retry_days = models.PositiveSmallIntegerField(default=3)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    done = models.PositiveIntegerField(default=0)
    next_due = models.DateField(null=True, blank=True)
    key = models.UUIDField()
    ordered_at = models.DateTimeField()
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("next_due", "ordered_at")
        constraints = (
            models.UniqueConstraint(fields=("ordered_by", "key"), name="deposits_standing_key_once"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, retry_days__lte=10)
                & ~Q(source=F("target"))
                & (Q(last_on=None) | Q(last_on__gte=F("first_on")))
                & (Q(times=None) | Q(times__gt=0)),
                name="deposits_standing_values",
            ),
            models.CheckConstraint(
                condition=Q(state="ended") | Q(next_due__isnull=False), name="deposits_standing_has_a_next_day"
            ),
        )
        indexes = (models.Index(fields=("next_due",), condition=Q(state="active"), name="deposits_standing_due"),)

    def __str__(self) -> str:
        return f"{self.amount} {self.get_rhythm_display().lower()}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.source.currency)


class StandingChange(models.Model):
    """An order was paused, taken up again, passed over once, or ended: who, when, why."""

    class Act(models.TextChoices):
        PAUSED = "paused", "Paused"
        RESUMED = "resumed", "Taken up again"
        SKIPPED = "skipped", "Passed over once"
        ENDED = "ended", "Ended"

    order = models.ForeignKey(StandingOrder, on_delete=models.PROTECT, related_name="changes")
    act = models.CharField(max_length=8, choices=Act)
    due_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=140, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("order", "-at")

    def __str__(self) -> str:
        return self.get_act_display()


class StandingAttempt(models.Model):
    """What came of one day's attempt: sent, to be tried again, or given up. An order's due day is sent once."""

    class Outcome(models.TextChoices):
        SENT = "sent", "Sent"
        RETRY = "deferred", "To be tried again"
        FAILED = "failed", "Given up"

    order = models.ForeignKey(StandingOrder, on_delete=models.PROTECT, related_name="attempts")
    due_on = models.DateField()
    tried_on = models.DateField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    reason = models.CharField(max_length=200, blank=True, default="")
    entry = models.OneToOneField(ledger.Entry, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("order", "-due_on", "-tried_on")
        constraints = (
            models.UniqueConstraint(fields=("order", "due_on", "tried_on"), name="deposits_standing_day_once"),
            models.UniqueConstraint(
                fields=("order", "due_on"),
                condition=Q(outcome__in=("sent", "failed")),
                name="deposits_standing_due_once",
            ),
            models.CheckConstraint(
                condition=Q(outcome="sent", entry__isnull=False) | (~Q(outcome="sent") & Q(entry=None)),
                name="deposits_standing_entry",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} on {self.tried_on}"

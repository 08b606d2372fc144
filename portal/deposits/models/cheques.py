"""Cheques paid in: each with what stands on it, what became of it step by step, and the rules and days that clearing follows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.base.keys import new_id
from portal.base.money import Money
from portal.deposits.models.accounts import DepositAccount
from portal.institution.models import Branch
from portal.ledger import models as ledger

HOLD_DAYS, STALE_MONTHS, MONDAY_TO_FRIDAY = 3, 6, "12345"


class ChequeRules(models.Model):
    """How cheques of a currency are taken from a day on: the newest that has begun holds. Written once, never edited.

    `hold_days` are working days, `working_days` their numbers (1 is Monday). A sort code that begins with `own_prefix` is
    ours. Above `counter_limit_minor` a cashier's cheque waits for a second person's reading; above `phone_limit_minor`
    the paper must be brought. `blocks_day_end`: the next day opens only once what was due is decided.
    """

    currency = models.CharField(max_length=3)
    effective_from = models.DateField()
    hold_days = models.PositiveSmallIntegerField(default=HOLD_DAYS)
    stale_months = models.PositiveSmallIntegerField(default=STALE_MONTHS)
    working_days = models.CharField(max_length=7, default=MONDAY_TO_FRIDAY)
    own_prefix = models.CharField(max_length=6, blank=True, default="")
    counter_limit_minor = models.BigIntegerField(null=True, blank=True)
    phone_limit_minor = models.BigIntegerField(null=True, blank=True)
    blocks_day_end = models.BooleanField(default=True)
    reason = models.CharField(max_length=140)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-effective_from", "-id")
        verbose_name = "rules for cheques"
        constraints = (
            models.CheckConstraint(
                condition=Q(hold_days__lte=60, stale_months__gte=1, stale_months__lte=60)
                & (Q(counter_limit_minor=None) | Q(counter_limit_minor__gte=0))
                & (Q(phone_limit_minor=None) | Q(phone_limit_minor__gte=0)),
                name="deposits_cheque_rules_values",
            ),
            models.CheckConstraint(
                condition=Q(own_prefix__regex=r"^[0-9]{0,6}$", working_days__regex=r"^1?2?3?4?5?6?7?$")
                & ~Q(working_days=""),
                name="deposits_cheque_rules_codes",
            ),
            models.CheckConstraint(condition=~Q(approved_by=F("made_by")), name="deposits_cheque_rules_second_person"),
        )

    def __str__(self) -> str:
        return f"Cheques from {self.effective_from}"

    @property
    def counter_limit(self) -> Money | None:
        """Up to which amount one cashier takes a cheque alone; None for any."""
        return None if self.counter_limit_minor is None else Money(self.counter_limit_minor, self.currency)

    @property
    def phone_limit(self) -> Money | None:
        """The largest cheque that may be sent as photographs; None for any."""
        return None if self.phone_limit_minor is None else Money(self.phone_limit_minor, self.currency)


class Cheque(models.Model):
    """One cheque that a member paid in. What stands on it is empty until somebody has read it.

    `taken_by` is the member of staff who had it credited, `decided_by` whoever cleared, returned or took it back later:
    never the same person. `hold` keeps the amount in the account until then. `drawn_on` is set for a cheque on one of our
    own accounts, which moves the money at once.
    """

    class Via(models.TextChoices):
        COUNTER = "counter", "At the counter"
        PHONE = "online", "By photograph"

    class State(models.TextChoices):
        RECEIVED = "received", "Received"
        CHECKED = "checked", "Checked"
        CLEARING = "clearing", "Clearing"
        AVAILABLE = "available", "Available"
        RETURNED = "returned", "Returned"
        REFUSED = "refused", "Not taken"
        CANCELLED = "cancelled", "Taken back"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="cheques")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    via = models.CharField(max_length=8, choices=Via)
    amount_minor = models.BigIntegerField()
    number = models.CharField(max_length=10, blank=True, default="")
    sort_code = models.CharField(max_length=6, blank=True, default="")
    drawn_account = models.CharField(max_length=20, blank=True, default="")
    issued_on = models.DateField(null=True, blank=True)
    drawer_name = models.CharField(max_length=120, blank=True, default="")
    signature_seen = models.BooleanField(default=False)
    drawn_on = models.ForeignKey(
        DepositAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="cheques_drawn"
    )
    state = models.CharField(max_length=9, choices=State, default=State.RECEIVED)
    business_date = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    hold = models.OneToOneField(ledger.Hold, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField(ledger.Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField()
    captured_at = models.DateTimeField()
    captured_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("due_on", "captured_at")
        constraints = (
            models.UniqueConstraint(fields=("captured_by", "key"), name="deposits_cheque_key_once"),
            # A cheque is a promise to pay once: only one that came back may be presented again.
            models.UniqueConstraint(
                fields=("sort_code", "drawn_account", "number"),
                condition=Q(state__in=("received", "clearing", "available")) & ~Q(number=""),
                name="deposits_cheque_micr_once",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="deposits_cheque_amount"),
            models.CheckConstraint(
                condition=Q(state__in=("received", "refused"), entry=None)
                | (
                    Q(state__in=("clearing", "available", "returned", "cancelled"))
                    & Q(entry__isnull=False, due_on__isnull=False, taken_by__isnull=False)
                    & ~Q(number="")
                ),
                name="deposits_cheque_read_before_credited",
            ),
            models.CheckConstraint(condition=~Q(decided_by=F("taken_by")), name="deposits_cheque_second_person"),
            models.CheckConstraint(
                condition=Q(issued_on=None) | Q(issued_on__lte=F("business_date")) | Q(state="refused"),
                name="deposits_cheque_not_postdated",
            ),
        )
        indexes = (
            models.Index(fields=("branch", "due_on"), condition=Q(state="clearing"), name="deposits_cheque_due"),
            models.Index(fields=("branch",), condition=Q(state="received"), name="deposits_cheque_to_read"),
            models.Index(fields=("number",), name="deposits_cheque_number"),
        )

    def __str__(self) -> str:
        return f"Cheque {self.number}" if self.number else "Cheque"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.account.currency)

    @property
    def is_own(self) -> bool:
        """Whether it was drawn on one of our own accounts."""
        return self.drawn_on_id is not None


class ChequeStep(models.Model):
    """A cheque came into a state: when, by whom, why, with which entry of the books. Steps are only added."""

    cheque = models.ForeignKey(Cheque, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=9, choices=Cheque.State)
    reason = models.CharField(max_length=140, blank=True, default="")
    entry = models.ForeignKey(ledger.Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(state__in=("returned", "refused", "cancelled"), reason=""), name="deposits_cheque_step_why"
            ),
        )

    def __str__(self) -> str:
        return self.get_state_display()


class ChequeReading(models.Model):
    """What a second person read off a cheque without seeing the first figure, and whether the two agreed."""

    cheque = models.ForeignKey(Cheque, on_delete=models.PROTECT, related_name="readings")
    amount_minor = models.BigIntegerField()
    agrees = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return "agrees" if self.agrees else "differs"

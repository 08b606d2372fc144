"""What members save in: products with dated terms, accounts, and the interest posted to them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncMonth

from portal.institution.models import Branch
from portal.ledger import models as ledger
from portal.people.models import Customer


class Product(models.Model):
    """A kind of account the institution offers. What it pays and costs stands in its dated terms."""

    class Kind(models.TextChoices):
        SAVINGS = "savings", "Savings"
        CURRENT = "current", "Current"

    code = models.CharField(max_length=2, unique=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind)
    currency = models.CharField(max_length=3)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class DayCount(models.TextChoices):
    ACTUAL_365 = "actual/365", "Actual/365"
    ACTUAL_360 = "actual/360", "Actual/360"
    THIRTY_360 = "30/360", "30/360"
    ACTUAL_ACTUAL = "actual/actual", "Actual/actual"


class Terms(models.Model):
    """What a product pays and costs from a day on. The past is never edited: new terms take a new row."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="terms")
    effective_from = models.DateField()
    rate_bps = models.PositiveIntegerField()
    day_count = models.CharField(max_length=13, choices=DayCount, default=DayCount.ACTUAL_365)
    interest_floor_minor = models.BigIntegerField(default=0)
    minimum_balance_minor = models.BigIntegerField(default=0)
    withdrawal_fee_minor = models.BigIntegerField(default=0)
    overdraft_limit_minor = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("product", "-effective_from")
        constraints = (
            models.UniqueConstraint(fields=("product", "effective_from"), name="deposits_terms_day_once"),
            models.CheckConstraint(condition=Q(rate_bps__lte=10000), name="deposits_terms_rate"),
            models.CheckConstraint(
                condition=Q(
                    interest_floor_minor__gte=0,
                    minimum_balance_minor__gte=0,
                    withdrawal_fee_minor__gte=0,
                    overdraft_limit_minor__gte=0,
                ),
                name="deposits_terms_not_negative",
            ),
        )

    def __str__(self) -> str:
        return f"{self.product_id} from {self.effective_from}"


class DepositAccount(models.Model):
    """A member's account. Its money lies in its ledger account; here is whose it is and what it is."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        DORMANT = "dormant", "Dormant"
        FROZEN = "frozen", "Frozen"
        CLOSED = "closed", "Closed"

    number = models.CharField(max_length=12, unique=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="deposit_accounts")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    ledger_account = models.OneToOneField(ledger.Account, on_delete=models.PROTECT, related_name="+")
    nickname = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    opened_on = models.DateField()

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return self.number

    @property
    def name(self) -> str:
        """What its owner calls it."""
        return self.nickname or self.product.name

    @property
    def currency(self) -> str:
        return self.product.currency

    @property
    def last_four(self) -> str:
        return self.number[-4:]


class StateChange(models.Model):
    """An account went from one state to another: who, when, why."""

    account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="state_changes")
    before = models.CharField(max_length=8, choices=DepositAccount.State)
    after = models.CharField(max_length=8, choices=DepositAccount.State)
    reason = models.CharField(max_length=140)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(before=F("after")), name="deposits_state_changes"),)

    def __str__(self) -> str:
        return f"{self.before} to {self.after}"


class InterestPosting(models.Model):
    """The interest of one account for one calendar month: posted once, or found to be nothing.

    `exact` is in minor units, before the one rounding that makes it `amount_minor`.
    """

    account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="interest_postings")
    period_start = models.DateField()
    period_end = models.DateField()
    exact = models.DecimalField(max_digits=24, decimal_places=9)
    amount_minor = models.BigIntegerField()
    entry = models.ForeignKey(ledger.Entry, null=True, on_delete=models.PROTECT, related_name="+")
    posted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("account", "period_start"), name="deposits_interest_month_once"),
            models.CheckConstraint(
                condition=Q(period_start=TruncMonth(F("period_end"))), name="deposits_interest_whole_month"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor=0, entry=None) | Q(amount_minor__gt=0, entry__isnull=False),
                name="deposits_interest_entry",
            ),
        )

    def __str__(self) -> str:
        return f"{self.period_end}: {self.amount_minor}"

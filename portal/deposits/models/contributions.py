"""Monthly contributions: so much each month towards a target, with a fine for a month that is late."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncMonth

from portal.base.money import Money
from portal.deposits.models.accounts import DepositAccount
from portal.deposits.models.products import Terms
from portal.ledger import models as ledger


class ContributionTerms(models.Model):
    """By which day of the month a contribution is due, how many days later it is late, and what that costs.

    A month that is shorter than `due_day` is due on its last day.
    """

    terms = models.OneToOneField(Terms, on_delete=models.PROTECT, related_name="contribution")
    due_day = models.PositiveSmallIntegerField(default=5)
    grace_days = models.PositiveSmallIntegerField(default=3)
    late_fine_minor = models.BigIntegerField(default=0)
    least_monthly_minor = models.BigIntegerField(default=100)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(due_day__gte=1, due_day__lte=31, grace_days__lte=31)
                & Q(late_fine_minor__gte=0, least_monthly_minor__gt=0),
                name="deposits_contribution_terms",
            ),
        )

    def __str__(self) -> str:
        return f"due on the {self.due_day}."


class ContributionPlan(models.Model):
    """What an account's owner means to put aside each month from a month on, and how much it should become."""

    account = models.OneToOneField(DepositAccount, on_delete=models.PROTECT, related_name="contribution")
    monthly_minor = models.BigIntegerField()
    target_minor = models.BigIntegerField()
    first_month = models.DateField()
    key = models.UUIDField(unique=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(monthly_minor__gt=0, target_minor__gte=F("monthly_minor")),
                name="deposits_contribution_amounts",
            ),
            models.CheckConstraint(
                condition=Q(first_month=TruncMonth("first_month")), name="deposits_contribution_first_month"
            ),
        )

    def __str__(self) -> str:
        return f"{self.monthly} a month"

    @property
    def monthly(self) -> Money:
        return Money(self.monthly_minor, self.account.currency)

    @property
    def target(self) -> Money:
        return Money(self.target_minor, self.account.currency)


class ContributionFine(models.Model):
    """The fine for one late month: taken once."""

    plan = models.ForeignKey(ContributionPlan, on_delete=models.PROTECT, related_name="fines")
    month = models.DateField()
    amount_minor = models.BigIntegerField()
    entry = models.OneToOneField(ledger.Entry, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("plan", "month")
        constraints = (
            models.UniqueConstraint(fields=("plan", "month"), name="deposits_contribution_fine_once"),
            models.CheckConstraint(
                condition=Q(month=TruncMonth("month"), amount_minor__gt=0), name="deposits_contribution_fine"
            ),
        )

    def __str__(self) -> str:
        return f"Fine for {self.month:%B %Y}"

"""Interest that was posted, period by period; what was found out later; what each day sets aside for it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from portal.deposits.models.accounts import DepositAccount
from portal.institution.models import Branch
from portal.ledger import models as ledger


class InterestPosting(models.Model):
    """The interest of one account for one posting period: posted once, or found to be nothing.

    A period ends with a calendar month and begins where the one before it ended, so that no day is left out or counted
    twice. `exact` is in minor units, before the one rounding that makes it `amount_minor`; of that, `tax_minor` was kept
    back. `read_to_seq` is the last posting of the account that was read: what is booked into the period after it is late.
    """

    account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="interest_postings")
    period_start = models.DateField()
    period_end = models.DateField()
    exact = models.DecimalField(max_digits=24, decimal_places=9)
    amount_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)
    read_to_seq = models.BigIntegerField(null=True, blank=True)
    entry = models.ForeignKey(ledger.Entry, null=True, on_delete=models.PROTECT, related_name="+")
    posted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("account", "period_end"), name="deposits_interest_period_once"),
            models.CheckConstraint(condition=Q(period_start__lte=F("period_end")), name="deposits_interest_days"),
            models.CheckConstraint(
                condition=Q(amount_minor=0, entry=None) | Q(amount_minor__gt=0, entry__isnull=False),
                name="deposits_interest_entry",
            ),
            models.CheckConstraint(
                condition=Q(tax_minor__gte=0, tax_minor__lte=F("amount_minor")), name="deposits_interest_tax"
            ),
        )

    def __str__(self) -> str:
        return f"{self.period_end}: {self.amount_minor}"


class InterestRevision(models.Model):
    """What a posted period has earned after all, with what was booked into it later; found with a later period's run."""

    posting = models.ForeignKey(InterestPosting, on_delete=models.PROTECT, related_name="revisions")
    found_with = models.ForeignKey(InterestPosting, on_delete=models.PROTECT, related_name="found")
    exact = models.DecimalField(max_digits=24, decimal_places=9)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("posting", "found_with"), name="deposits_revision_once"),)

    def __str__(self) -> str:
        return f"{self.posting_id}: {self.exact}"


class InterestAdjustment(models.Model):
    """One entry for all that late postings changed in an account's earlier interest: paid on, or taken back.

    `amount_minor` is signed. What is taken back is a charge, which waits while the account does not hold enough.
    """

    found_with = models.OneToOneField(InterestPosting, on_delete=models.PROTECT, related_name="adjustment")
    exact = models.DecimalField(max_digits=24, decimal_places=9)
    amount_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)
    entry = models.ForeignKey(ledger.Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.amount_minor}"


class InterestAccrual(models.Model):
    """What a branch owes its members in interest not yet posted, when a business day ended; and that day's entry for it.

    `entry` moves the difference to the day before: to the expense as the days earn, back when a run has posted.
    """

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    business_date = models.DateField()
    owed_minor = models.BigIntegerField()
    change_minor = models.BigIntegerField()
    entry = models.ForeignKey(ledger.Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("branch", "-business_date")
        constraints = (
            models.UniqueConstraint(fields=("branch", "business_date"), name="deposits_accrual_day_once"),
            models.CheckConstraint(condition=Q(owed_minor__gte=0), name="deposits_accrual_owed"),
        )

    def __str__(self) -> str:
        return f"{self.branch_id} {self.business_date}: {self.owed_minor}"

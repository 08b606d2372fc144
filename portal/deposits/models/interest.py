"""Interest that was posted, month by month."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncMonth

from portal.deposits.models.accounts import DepositAccount
from portal.ledger import models as ledger


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

"""Shares in the institution: dealings at a dated price, and the dividend paid on them by days held."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.deposits.models.accounts import DepositAccount
from portal.deposits.models.products import Product, Terms
from portal.ledger import models as ledger


class ShareClass(models.Model):
    """What a share of this product counts for in the books, for ever. A price above it is premium."""

    product = models.OneToOneField(Product, on_delete=models.PROTECT, related_name="share_class")
    nominal_minor = models.BigIntegerField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(nominal_minor__gt=0), name="deposits_share_nominal"),)

    def __str__(self) -> str:
        return f"{self.product} of {self.nominal_minor}"


class ShareTerms(models.Model):
    """The price of a share from the day of its terms, and how many a member holds at least and at most."""

    terms = models.OneToOneField(Terms, on_delete=models.PROTECT, related_name="shares")
    price_minor = models.BigIntegerField()
    least_shares = models.PositiveIntegerField(default=1)
    most_shares = models.PositiveIntegerField(default=100_000)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(price_minor__gt=0, most_shares__gte=F("least_shares")), name="deposits_share_terms"
            ),
        )

    def __str__(self) -> str:
        return f"{self.price_minor} a share"


class ShareDealing(models.Model):
    """Shares bought (more than 0) or redeemed (less), at a price, by one entry of the books."""

    account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="share_dealings")
    shares = models.IntegerField()
    price_minor = models.BigIntegerField()
    dealt_on = models.DateField()
    entry = models.OneToOneField(ledger.Entry, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("account", "-at")
        constraints = (
            models.CheckConstraint(condition=~Q(shares=0) & Q(price_minor__gt=0), name="deposits_share_dealing"),
        )

    def __str__(self) -> str:
        return f"{self.shares} shares on {self.dealt_on}"


class Dividend(models.Model):
    """So much declared on a product's shares for a period: by one person, approved by another."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="dividends")
    period_start = models.DateField()
    period_end = models.DateField()
    total_minor = models.BigIntegerField()
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    class Meta:
        ordering = ("-period_end",)
        constraints = (
            models.UniqueConstraint(fields=("product", "period_end"), name="deposits_dividend_once"),
            models.CheckConstraint(
                condition=Q(total_minor__gt=0, period_end__gte=F("period_start")), name="deposits_dividend_values"
            ),
            models.CheckConstraint(condition=~Q(declared_by=F("approved_by")), name="deposits_dividend_two_persons"),
        )

    def __str__(self) -> str:
        return f"Dividend to {self.period_end}"


class DividendShare(models.Model):
    """What one account gets of a dividend: the sum over the days of the shares held at each day's end decides."""

    dividend = models.ForeignKey(Dividend, on_delete=models.PROTECT, related_name="shares")
    account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="dividends")
    share_days = models.BigIntegerField()
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("dividend", "account"), name="deposits_dividend_share_once"),
            models.CheckConstraint(condition=Q(share_days__gt=0, amount_minor__gte=0), name="deposits_dividend_share"),
        )

    def __str__(self) -> str:
        return f"{self.amount_minor} for {self.share_days} days"


class DividendPayment(models.Model):
    """An account's part was paid to another account of its owner. Once."""

    share = models.OneToOneField(DividendShare, on_delete=models.PROTECT, related_name="payment")
    paid_to = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField(ledger.Entry, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.share} paid"

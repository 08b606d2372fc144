"""What the institution offers to save in: products, and what each pays and costs from a day on."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


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

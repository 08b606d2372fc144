"""What the institution offers to save in: products, and what each pays and costs from a day on."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Product(models.Model):
    """A kind of account the institution offers. What it pays and costs stands in its dated terms."""

    class Kind(models.TextChoices):
        SAVINGS = "savings", "Savings"
        CURRENT = "current", "Current"
        SUSU = "susu", "Daily susu"
        SHARES = "shares", "Shares"
        CONTRIBUTION = "contribution", "Monthly contribution"
        FIXED = "fixed", "Fixed deposit"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        OFFERED = "offered", "Offered"
        WITHDRAWN = "withdrawn", "No longer offered"
        CLOSED = "closed", "Closed"

    code = models.CharField(max_length=2, unique=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=Kind)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=9, choices=State, default=State.OFFERED)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name

    @property
    def moves_freely(self) -> bool:
        """Whether money moves by transfer and over the counter, not by rules of the kind alone."""
        return self.kind not in BY_OWN_RULES


BY_OWN_RULES = frozenset({Product.Kind.SUSU, Product.Kind.SHARES, Product.Kind.FIXED})
"""Kinds whose money moves by stakes, dealings and terms only, so that their cards and registers agree with the books."""


class ProductChange(models.Model):
    """A product was offered, withdrawn from sale or closed: who, when, why."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="changes")
    before = models.CharField(max_length=9, choices=Product.State)
    after = models.CharField(max_length=9, choices=Product.State)
    reason = models.CharField(max_length=140)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("at",)
        constraints = (models.CheckConstraint(condition=~Q(before=F("after")), name="deposits_product_changes"),)

    def __str__(self) -> str:
        return f"{self.before} to {self.after}"


class DayCount(models.TextChoices):
    ACTUAL_365 = "actual/365", "Actual/365"
    ACTUAL_360 = "actual/360", "Actual/360"
    THIRTY_360 = "30/360", "30/360"
    ACTUAL_ACTUAL = "actual/actual", "Actual/actual"


class TierMethod(models.TextChoices):
    """What a step of the rate table applies to: each slice of a balance earns its own rate, or the whole earns one."""

    SLAB = "slab", "Each slice at its own rate"
    WHOLE = "whole", "The whole balance at the rate it reaches"


class Compounding(models.TextChoices):
    """How often what a period has earned starts to earn too, before it is posted."""

    NONE = "none", "When it is posted"
    DAILY = "daily", "Daily"
    MONTHLY = "monthly", "Monthly"
    QUARTERLY = "quarterly", "Quarterly"


class PostingFrequency(models.TextChoices):
    """How often interest is posted: with the calendar's months, quarters, halves and years."""

    MONTHLY = "monthly", "Monthly"
    QUARTERLY = "quarterly", "Quarterly"
    HALF_YEARLY = "half_yearly", "Half-yearly"
    YEARLY = "yearly", "Yearly"


class Terms(models.Model):
    """What a product pays and costs from a day on. Written once, never edited: a change takes a new row.

    `rate_bps` holds from the first unit on, each `RateTier` from its own amount on. A balance below
    `interest_floor_minor` earns nothing; below zero it costs `overdraft_rate_bps`. `withholding_tax_bps` is kept back of
    what is posted. `dormancy_days` without a movement of its owner's make an account dormant; 0 is never.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="terms")
    effective_from = models.DateField()
    rate_bps = models.PositiveIntegerField()
    tier_method = models.CharField(max_length=5, choices=TierMethod, default=TierMethod.SLAB)
    day_count = models.CharField(max_length=13, choices=DayCount, default=DayCount.ACTUAL_365)
    compounding = models.CharField(max_length=9, choices=Compounding, default=Compounding.NONE)
    posting_frequency = models.CharField(max_length=11, choices=PostingFrequency, default=PostingFrequency.MONTHLY)
    interest_floor_minor = models.BigIntegerField(default=0)
    withholding_tax_bps = models.PositiveIntegerField(default=0)
    opening_minimum_minor = models.BigIntegerField(default=0)
    minimum_balance_minor = models.BigIntegerField(default=0)
    withdrawal_fee_minor = models.BigIntegerField(default=0)
    overdraft_limit_minor = models.BigIntegerField(default=0)
    overdraft_rate_bps = models.PositiveIntegerField(default=0)
    dormancy_days = models.PositiveIntegerField(default=0)
    early_closure_days = models.PositiveIntegerField(default=0)
    early_closure_fee_minor = models.BigIntegerField(default=0)
    opening_needs_approval = models.BooleanField(default=False)
    reason = models.CharField(max_length=140, blank=True, default="")
    made_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("product", "-effective_from")
        constraints = (
            models.UniqueConstraint(fields=("product", "effective_from"), name="deposits_terms_day_once"),
            models.CheckConstraint(condition=Q(rate_bps__lte=10000), name="deposits_terms_rate"),
            models.CheckConstraint(
                condition=Q(overdraft_rate_bps__lte=10000, withholding_tax_bps__lte=10000),
                name="deposits_terms_other_rates",
            ),
            models.CheckConstraint(condition=~Q(approved_by=F("made_by")), name="deposits_terms_second_person"),
            models.CheckConstraint(
                condition=Q(
                    interest_floor_minor__gte=0,
                    minimum_balance_minor__gte=0,
                    withdrawal_fee_minor__gte=0,
                    overdraft_limit_minor__gte=0,
                    opening_minimum_minor__gte=0,
                    early_closure_fee_minor__gte=0,
                ),
                name="deposits_terms_not_negative",
            ),
        )

    def __str__(self) -> str:
        return f"{self.product_id} from {self.effective_from}"


class RateTier(models.Model):
    """From this much on, another rate. Belongs to its terms and is as fixed as they are."""

    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="tiers")
    from_minor = models.BigIntegerField()
    rate_bps = models.PositiveIntegerField()

    class Meta:
        ordering = ("terms", "from_minor")
        constraints = (
            models.UniqueConstraint(fields=("terms", "from_minor"), name="deposits_tier_once"),
            models.CheckConstraint(condition=Q(from_minor__gt=0, rate_bps__lte=10000), name="deposits_tier_values"),
        )

    def __str__(self) -> str:
        return f"{self.rate_bps} from {self.from_minor}"

"""Daily susu: a fixed stake a day on a card of boxes, one stake of each card the institution's own."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.base.money import Money
from portal.deposits.models.accounts import DepositAccount
from portal.deposits.models.products import Terms
from portal.ledger import models as ledger

BOXES = 31
"""On the card that customers know; a card for a calendar month has as many as the month has days."""


class CardKind(models.TextChoices):
    FIXED = "fixed31", "31 boxes"
    MONTH = "month", "A calendar month"


class SusuTerms(models.Model):
    """What a susu product's terms say beside what all terms say."""

    terms = models.OneToOneField(Terms, on_delete=models.PROTECT, related_name="susu")
    card = models.CharField(max_length=8, choices=CardKind, default=CardKind.FIXED)
    commission_stakes = models.PositiveSmallIntegerField(default=1)
    least_stake_minor = models.BigIntegerField(default=100)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(commission_stakes__lte=5, least_stake_minor__gt=0), name="deposits_susu_terms"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_card_display()}, commission of {self.commission_stakes} stakes"


class SusuPlan(models.Model):
    """The stake and the kind of card of one account, as they stood when it was opened. They do not change."""

    account = models.OneToOneField(DepositAccount, on_delete=models.PROTECT, related_name="susu")
    stake_minor = models.BigIntegerField()
    card = models.CharField(max_length=8, choices=CardKind)
    commission_stakes = models.PositiveSmallIntegerField()
    started_on = models.DateField()
    key = models.UUIDField(unique=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(stake_minor__gt=0), name="deposits_susu_stake"),)

    def __str__(self) -> str:
        return f"{self.stake} a day"

    @property
    def stake(self) -> Money:
        return Money(self.stake_minor, self.account.currency)


class SusuCard(models.Model):
    """One card. `filled` of its `boxes` are paid; `month` is the first day of a calendar card's month."""

    plan = models.ForeignKey(SusuPlan, on_delete=models.PROTECT, related_name="cards")
    number = models.PositiveIntegerField()
    boxes = models.PositiveSmallIntegerField()
    filled = models.PositiveSmallIntegerField(default=0)
    month = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("plan", "number")
        constraints = (
            models.UniqueConstraint(fields=("plan", "number"), name="deposits_susu_card_once"),
            models.UniqueConstraint(fields=("plan", "month"), name="deposits_susu_month_once"),
            models.CheckConstraint(
                condition=Q(boxes__gte=1, boxes__lte=BOXES, filled__lte=F("boxes")), name="deposits_susu_boxes"
            ),
        )

    def __str__(self) -> str:
        return f"Card {self.number}: {self.filled} of {self.boxes}"

    @property
    def is_full(self) -> bool:
        return self.filled == self.boxes


class SusuPayment(models.Model):
    """So many days paid at once, by one entry of the books."""

    plan = models.ForeignKey(SusuPlan, on_delete=models.PROTECT, related_name="payments")
    days = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()
    paid_on = models.DateField()
    entry = models.OneToOneField(ledger.Entry, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("plan", "-at")
        constraints = (models.CheckConstraint(condition=Q(days__gt=0, amount_minor__gt=0), name="deposits_susu_paid"),)

    def __str__(self) -> str:
        return f"{self.days} days on {self.paid_on}"


class SusuBoxes(models.Model):
    """Which boxes of which card a payment filled: from `first` to `last`."""

    payment = models.ForeignKey(SusuPayment, on_delete=models.PROTECT, related_name="boxes")
    card = models.ForeignKey(SusuCard, on_delete=models.PROTECT, related_name="paid")
    first = models.PositiveSmallIntegerField()
    last = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("card", "first")
        constraints = (
            models.UniqueConstraint(fields=("card", "first"), name="deposits_susu_box_once"),
            models.CheckConstraint(
                condition=Q(first__gte=1, last__gte=F("first"), last__lte=BOXES), name="deposits_susu_box_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


class SusuSettlement(models.Model):
    """A card was paid out: what had been paid on it, what of that was commission, what its owner got. Once a card."""

    card = models.OneToOneField(SusuCard, on_delete=models.PROTECT, related_name="settlement")
    contributed_minor = models.BigIntegerField()
    commission_minor = models.BigIntegerField()
    payout_minor = models.BigIntegerField()
    entry = models.ForeignKey(ledger.Entry, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    contributed_minor=F("commission_minor") + F("payout_minor"),
                    contributed_minor__gt=0,
                    commission_minor__gte=0,
                    payout_minor__gte=0,
                ),
                name="deposits_susu_settled",
            ),
        )

    def __str__(self) -> str:
        return f"{self.card}: {self.payout_minor} paid out"


class SusuPause(models.Model):
    """Nothing is expected and nothing is taken from `since` until it is taken up again."""

    plan = models.ForeignKey(SusuPlan, on_delete=models.PROTECT, related_name="pauses")
    since = models.DateField()
    reason = models.CharField(max_length=140)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    until = models.DateField(null=True, blank=True)
    resumed_at = models.DateTimeField(null=True, blank=True)
    resumed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("plan", "-at")
        constraints = (
            models.UniqueConstraint(fields=("plan",), condition=Q(resumed_at=None), name="deposits_susu_pause_once"),
            models.CheckConstraint(
                condition=Q(until=None, resumed_at=None) | Q(until__gte=F("since"), resumed_at__isnull=False),
                name="deposits_susu_pause_ends",
            ),
        )

    def __str__(self) -> str:
        return f"Paused from {self.since}"

"""How much may leave at once and in a day: dated rows that are never edited."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.access.roles import Role
from portal.deposits.models.products import Product
from portal.people.models import Customer


class Beyond(models.TextChoices):
    REFUSE = "refuse", "Refused"
    ASK = "ask", "Waits for approval"


class Channel(models.TextChoices):
    ONLINE = "online", "Online"
    COUNTER = "counter", "At the counter"
    STANDING = "standing", "Standing orders"
    CLOSING = "closing", "Closing an account"


class MoneyLimit(models.Model):
    """What a customer may send at once and in a day, fees not counted, from a day on; empty scopes hold for everybody.

    Every limit whose scope fits a movement holds. Of the same scope only the newest that has begun counts; with neither
    amount it lifts the one before. On the channel of closing it says up to which balance one person closes an account; a
    larger one takes a second person, as does every one while there is no such limit.
    """

    role = models.CharField(max_length=20, choices=Role, blank=True, default="")
    channel = models.CharField(max_length=16, choices=Channel, blank=True, default="")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    at_once_minor = models.BigIntegerField(null=True, blank=True)
    per_day_minor = models.BigIntegerField(null=True, blank=True)
    beyond = models.CharField(max_length=8, choices=Beyond, default=Beyond.REFUSE)
    effective_from = models.DateField()
    reason = models.CharField(max_length=140)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("role", "channel", "product", "customer", "-effective_from", "-at")
        constraints = (
            models.CheckConstraint(
                condition=(Q(at_once_minor=None) | Q(at_once_minor__gte=0))
                & (Q(per_day_minor=None) | Q(per_day_minor__gte=0)),
                name="deposits_limit_amounts",
            ),
            models.CheckConstraint(
                condition=Q(set_by=None, approved_by=None) | ~Q(set_by=F("approved_by")),
                name="deposits_limit_two_persons",
            ),
        )

    def __str__(self) -> str:
        return self.scope

    @property
    def scope(self) -> str:
        """Whom and what the limit is about, in words."""
        parts = [self.get_role_display() if self.role else "", self.get_channel_display() if self.channel else ""]
        parts += [str(self.product or ""), self.customer.full_name if self.customer else ""]
        return ", ".join(part for part in parts if part) or "Everybody"


class NewPayeeRule(models.Model):
    """From a day on: how long a payee counts as new, and how much of a day's money may go to new payees together."""

    effective_from = models.DateField()
    cooling_hours = models.PositiveSmallIntegerField(default=24)
    currency = models.CharField(max_length=3)
    per_day_minor = models.BigIntegerField()
    reason = models.CharField(max_length=140)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-effective_from", "-at")
        constraints = (
            models.CheckConstraint(
                condition=Q(cooling_hours__lte=720, per_day_minor__gte=0), name="deposits_new_payee_rule"
            ),
            models.CheckConstraint(
                condition=Q(set_by=None, approved_by=None) | ~Q(set_by=F("approved_by")),
                name="deposits_new_payee_two_persons",
            ),
        )

    def __str__(self) -> str:
        return f"{self.cooling_hours} hours"

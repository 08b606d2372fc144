"""Rules of the gate: dated rows that are never edited."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.fraud.models.scales import Verdict


class Condition(models.TextChoices):
    """What a rule looks at."""

    AMOUNT = "amount", "An amount from"
    TIMES_USUAL = "times_usual", "Many times the account's own average"
    VELOCITY = "velocity", "Many movements within 24 hours"
    SPEND = "spend", "Much money within 24 hours"
    NEW_BENEFICIARY = "new_beneficiary", "A receiver never paid before"
    UNUSUAL_HOUR = "unusual_hour", "Between certain hours"
    DORMANT = "dormant", "After a long rest"
    EMPTIED = "emptied", "Most of the balance"
    FAILED_PINS = "failed_pins", "Wrong PINs before it"
    NEW_DEVICE = "new_device", "From a device just met"
    MODEL = "model", "The model's level"


class Channel(models.TextChoices):
    """By which way a movement comes; empty is every way."""

    EVERY = "", "Every channel"
    ONLINE = "online", "Online"
    COUNTER = "counter", "At the counter"
    STANDING = "standing", "Standing orders"


class RuleVersion(models.Model):
    """What a rule says from a day on. Of the same `code` the newest that has begun counts; switched off it says nothing.

    `parameters` are whole numbers by name; amounts are minor units. `weight` adds to the case's severity, of 100.
    `channel` empty means every channel; incoming money is only looked at where `on_incoming` says so.
    """

    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    condition = models.CharField(max_length=16, choices=Condition)
    parameters = models.JSONField(default=dict)
    channel = models.CharField(max_length=16, blank=True, default="")
    on_incoming = models.BooleanField(default=False)
    weight = models.PositiveSmallIntegerField()
    verdict = models.PositiveSmallIntegerField(choices=Verdict)
    is_on = models.BooleanField(default=True)
    effective_from = models.DateField()
    reason = models.CharField(max_length=140)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("code", "-effective_from", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(weight__lte=100), name="fraud_rule_weight"),
            models.CheckConstraint(condition=Q(verdict__lte=3), name="fraud_rule_verdict"),
            models.CheckConstraint(
                condition=Q(set_by=None, approved_by=None) | ~Q(set_by=F("approved_by")), name="fraud_rule_two_persons"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} from {self.effective_from}"

    @property
    def channel_words(self) -> str:
        """By which way movements come that it looks at."""
        return str(Channel(self.channel).label)

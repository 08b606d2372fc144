"""The institution, its branches and the money it counts."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q


class Institution(models.Model):
    """The one institution this installation serves."""

    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=30)
    currency = models.CharField(max_length=3)
    locale = models.CharField(max_length=20, default="en")
    time_zone = models.CharField(max_length=40, default="UTC")
    environment_label = models.CharField(max_length=40, blank=True, default="")
    address = models.TextField(blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="institution_only_one"),)

    def __str__(self) -> str:
        return self.name


class Branch(models.Model):
    """A branch and the one business day it has open.

    `history_from` is set only while old books are being loaded: days from there up to the business date then take entries.
    """

    code = models.CharField(max_length=2, unique=True, validators=[RegexValidator(r"^[0-9]{2}$")])
    name = models.CharField(max_length=80)
    address = models.TextField(blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    opening_hours = models.CharField(max_length=120, blank=True, default="")
    business_date = models.DateField()
    history_from = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Q(history_from=None) | Q(history_from__lte=models.F("business_date")),
                name="institution_branch_history_before_today",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """A day on which a branch, or every branch where none is named, does not work; until somebody withdraws it."""

    day = models.DateField()
    name = models.CharField(max_length=60)
    branch = models.ForeignKey(Branch, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("day", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("day", "branch"),
                condition=Q(withdrawn_at=None),
                nulls_distinct=False,
                name="institution_holiday_once",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_by=None) | Q(withdrawn_at__isnull=False), name="institution_holiday_withdrawn"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}, {self.day:%d %B %Y}"


class Denomination(models.Model):
    """A note or coin of a currency, as counted in a drawer."""

    currency = models.CharField(max_length=3)
    value_minor = models.PositiveIntegerField()
    is_coin = models.BooleanField(default=False)

    class Meta:
        ordering = ("currency", "-value_minor")
        constraints = (
            models.UniqueConstraint(fields=("currency", "value_minor"), name="institution_denomination_once"),
        )

    def __str__(self) -> str:
        return f"{self.currency} {self.value_minor}"

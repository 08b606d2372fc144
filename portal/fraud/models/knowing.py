"""What is known of accounts and how movements were scored, and by which model."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.fraud.models.scales import Level
from portal.ledger.models import Account, Entry
from portal.people.models import Customer


class AccountHabit(models.Model):
    """What an account is used to in one direction, kept at posting time: `portal.fraud.habits.Habit` as plain values."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    is_incoming = models.BooleanField()
    opened_on = models.DateField()
    state = models.JSONField(default=dict)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("account", "is_incoming"), name="fraud_habit_once"),)

    def __str__(self) -> str:
        return f"{self.account_id} {'in' if self.is_incoming else 'out'}"


class ModelVersion(models.Model):
    """A trained model: arrays, what they were learned from, the levels they were cut into. Never changed, never unpickled.

    Scores are kept in millionths. `thresholds` are the scores from which a movement is medium, high and critical, cut as
    quantiles of the window for `alerts_a_day`. `bins` hold the shares of each feature's range in the window, for drift.
    """

    number = models.PositiveIntegerField(unique=True)
    trained_at = models.DateTimeField()
    trained_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()
    movements = models.PositiveIntegerField()
    alerts_a_day = models.PositiveIntegerField()
    forest = models.BinaryField()
    forest_hash = models.CharField(max_length=64)
    nine = models.BinaryField()
    nine_hash = models.CharField(max_length=64)
    ranker = models.BinaryField(null=True)
    ranker_hash = models.CharField(max_length=64, blank=True, default="")
    labels = models.PositiveIntegerField(default=0)
    norms = models.JSONField()
    thresholds = models.JSONField()
    bins = models.JSONField()
    measures = models.JSONField(default=dict)

    class Meta:
        ordering = ("-number",)

    def __str__(self) -> str:
        return f"Model {self.number}"


class ModelInForce(models.Model):
    """From a moment on movements are scored by this version: the newest row counts. So a model is rolled back too."""

    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=140)

    class Meta:
        ordering = ("-at", "-id")
        constraints = (models.CheckConstraint(condition=~Q(why=""), name="fraud_in_force_why"),)

    def __str__(self) -> str:
        return f"{self.version_id} from {self.at}"


class ScoredMovement(models.Model):
    """What the gate thought of a movement that was posted. Without a model there is no score; the rules still spoke.

    Scores are millionths. `figures` are the features as they were then, so that a label learned later teaches from what
    was known before.
    """

    # The entry was posted in the same transaction, or read from the journal: no need to prove it row by row.
    entry = models.OneToOneField(
        Entry, primary_key=True, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, db_constraint=False, related_name="+", db_index=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, db_constraint=False, related_name="+", db_index=False
    )
    is_incoming = models.BooleanField()
    kind = models.CharField(max_length=40)
    amount_minor = models.BigIntegerField()
    at = models.DateTimeField()
    score_millionths = models.PositiveIntegerField(null=True)
    level = models.PositiveSmallIntegerField(choices=Level)
    version = models.ForeignKey(
        ModelVersion, null=True, on_delete=models.PROTECT, db_constraint=False, related_name="+", db_index=False
    )
    figures = models.JSONField()

    class Meta:
        indexes = (
            models.Index(fields=("account", "at"), name="fraud_scored_account"),
            models.Index(fields=("at",), name="fraud_scored_at"),
        )

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.score_millionths}"

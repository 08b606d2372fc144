"""Tries to prove who one is: the log of all, what is counted of them, and who opened a lock."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class SignInAttempt(models.Model):
    """One try, and how it ended. Rows only grow.

    `tried` is the address as typed, in lower case; what is no address is not kept, for it may be a password in the
    wrong field. `user` is whom the address belongs to, if to anybody.
    """

    class Outcome(models.TextChoices):
        SUCCEEDED = "succeeded", "Signed in"
        PASSWORD = "password", "Wrong password"
        CODE = "code", "Wrong code"
        PIN = "pin", "Wrong PIN"
        LOCKED = "locked", "Refused, locked"
        SUSPENDED = "suspended", "Refused, suspended"

    at = models.DateTimeField()
    tried = models.CharField(max_length=254)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome)
    source = models.CharField(max_length=45, blank=True, default="")
    device = models.CharField(max_length=80, blank=True, default="")
    is_known_device = models.BooleanField(default=False)
    note = models.CharField(max_length=120, blank=True, default="")
    request_id = models.CharField(max_length=36, blank=True, default="")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome__in=["succeeded", "password", "code", "pin", "locked", "suspended"]),
                name="signin_attempt_outcome_known",
            ),
        )
        indexes = (
            models.Index(fields=["user", "-id"], name="signin_attempt_user"),
            models.Index(fields=["at"], name="signin_attempt_at"),
            models.Index(fields=["source", "-id"], name="signin_attempt_source"),
        )

    def __str__(self) -> str:
        return f"{self.tried} {self.outcome}"


class TryCount(models.Model):
    """How many tries of one kind failed, or have not ended yet, until the count begins anew at `until`.

    A try is counted before it is checked and given back when it was right, so that however many come at once no more
    than the limit are ever checked. `locked_at` is when the limit was reached; `until` is then when the lock opens.
    """

    class Kind(models.TextChoices):
        ACCOUNT_DEVICE = "account_device", "One account from one device that signed in before"
        ACCOUNT_SOURCE = "account_source", "One account from one address of the network"
        ACCOUNT = "account", "One account from everywhere"
        SOURCE = "source", "Every account from one address of the network"
        SIGN_UP = "sign_up", "New profiles from one address of the network"

    kind = models.CharField(max_length=14, choices=Kind)
    who = models.CharField(max_length=254, blank=True, default="")
    place = models.CharField(max_length=64, blank=True, default="")
    failures = models.PositiveIntegerField()
    until = models.DateTimeField()
    locked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "who", "place"], name="signin_count_once"),)
        indexes = (
            models.Index(fields=["who"], name="signin_count_who"),
            models.Index("until", name="signin_count_until"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.who} {self.place}: {self.failures}"


class Unlock(models.Model):
    """Somebody opened another's lock before its time, and said why."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(user=models.F("by")), name="signin_unlock_of_somebody_else"),
            models.CheckConstraint(condition=~Q(reason=""), name="signin_unlock_says_why"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} by {self.by_id}"

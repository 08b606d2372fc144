"""The rules of signing in that an institution set for itself: dated rows, the newest holds."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.access.policy import BOUNDS


def _bounded(name: str) -> models.CheckConstraint:
    bound = BOUNDS[name]
    limits: dict[str, Any] = {f"{name}__gte": bound.least, f"{name}__lte": bound.most}
    return models.CheckConstraint(condition=Q(**limits), name=f"signin_policy_{name}")


class SecurityPolicy(models.Model):
    """Minutes, hours, lengths, the roles that must have a passkey, and who asked for them, who agreed, why, since when.

    `passkey_roles` are the roles beyond those that must have one anyway.
    """

    idle_minutes = models.PositiveSmallIntegerField()
    longest_hours = models.PositiveSmallIntegerField()
    password_alone = models.PositiveSmallIntegerField()
    password_with_factor = models.PositiveSmallIntegerField()
    approval_hours = models.PositiveSmallIntegerField()
    passkey_roles = models.JSONField(default=list)
    tells_every_sign_in = models.BooleanField(default=False)
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")
        constraints = (
            *(_bounded(name) for name in BOUNDS),
            models.CheckConstraint(
                condition=Q(password_with_factor__lte=F("password_alone")), name="signin_policy_alone_is_longer"
            ),
            models.CheckConstraint(condition=~Q(asked_by=F("approved_by")), name="signin_policy_two_people"),
            models.CheckConstraint(condition=~Q(reason=""), name="signin_policy_says_why"),
        )

    def __str__(self) -> str:
        return f"Policy since {self.at:%Y-%m-%d}"

"""Up to which amount a role, or one person in a day, acts alone. Rows from a day on; the newest that has begun holds."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.access.roles import Role
from portal.base.money import Money


class DatedAmount(models.Model):
    """An amount from a day on, asked for by one person and approved by another. No amount means no bound."""

    capability = models.CharField(max_length=60)
    amount_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    effective_from = models.DateField()
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.capability} from {self.effective_from}"

    @property
    def amount(self) -> Money | None:
        return None if self.amount_minor is None else Money(self.amount_minor, self.currency)


def _two_people(name: str) -> list[Any]:
    return [
        models.CheckConstraint(condition=~Q(asked_by=F("approved_by")), name=f"{name}_two_people"),
        models.CheckConstraint(condition=Q(amount_minor=None) | Q(amount_minor__gte=0), name=f"{name}_not_negative"),
    ]


class Ceiling(DatedAmount):
    """The largest amount of one act that a role does or approves with a capability."""

    role = models.CharField(max_length=20, choices=Role)

    class Meta:
        ordering = ("role", "capability", "-effective_from", "-pk")
        constraints = _two_people("approvals_ceiling")
        indexes = (models.Index(fields=("role", "capability", "-effective_from"), name="approvals_ceiling_newest"),)


class UserLimit(DatedAmount):
    """The most that one person moves in a business day with a capability."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("user", "capability", "-effective_from", "-pk")
        constraints = (
            *_two_people("approvals_user_limit"),
            models.CheckConstraint(
                condition=~Q(user=F("asked_by")) & ~Q(user=F("approved_by")), name="approvals_user_limit_not_oneself"
            ),
        )
        indexes = (models.Index(fields=("user", "capability", "-effective_from"), name="approvals_user_limit_newest"),)

"""What an account is being saved for."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portal.base.money import Money
from portal.deposits.models.accounts import DepositAccount


class Goal(models.Model):
    """A name, an amount and perhaps a day to have it by; its owner's own, and changed at will."""

    account = models.OneToOneField(DepositAccount, on_delete=models.PROTECT, related_name="goal")
    name = models.CharField(max_length=40)
    target_minor = models.BigIntegerField()
    by_day = models.DateField(null=True, blank=True)
    set_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(target_minor__gt=0), name="deposits_goal_target"),)

    def __str__(self) -> str:
        return self.name

    @property
    def target(self) -> Money:
        return Money(self.target_minor, self.account.currency)

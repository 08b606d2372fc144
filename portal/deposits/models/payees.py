"""Saved payees: whom a customer pays again and again, and from when they may be paid without the newcomer's limit."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.deposits.models.accounts import DepositAccount
from portal.people.models import Customer


class Payee(models.Model):
    """An account a customer saved as a payee. Until `usable_from` the limit for new payees holds."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="payees")
    account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="+")
    nickname = models.CharField(max_length=40, blank=True, default="")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    usable_from = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("nickname", "account")
        constraints = (
            models.UniqueConstraint(
                fields=("customer", "account"), condition=Q(removed_at=None), name="deposits_payee_once"
            ),
            models.CheckConstraint(condition=Q(usable_from__gte=F("added_at")), name="deposits_payee_usable"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What the customer calls the payee, or whose account it is."""
        return self.nickname or self.account.customer.full_name

"""Members' accounts: whose each is, what it is, and how it went from state to state."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.deposits.models.products import Product
from portal.institution.models import Branch
from portal.ledger import models as ledger
from portal.people.models import Customer


class DepositAccount(models.Model):
    """A member's account. Its money lies in its ledger account; here is whose it is and what it is."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        DORMANT = "dormant", "Dormant"
        FROZEN = "frozen", "Frozen"
        CLOSED = "closed", "Closed"

    number = models.CharField(max_length=12, unique=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="deposit_accounts")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    ledger_account = models.OneToOneField(ledger.Account, on_delete=models.PROTECT, related_name="+")
    nickname = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    opened_on = models.DateField()

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return self.number

    @property
    def name(self) -> str:
        """What its owner calls it."""
        return self.nickname or self.product.name

    @property
    def currency(self) -> str:
        return self.product.currency

    @property
    def last_four(self) -> str:
        return self.number[-4:]


class StateChange(models.Model):
    """An account went from one state to another: who, when, why."""

    account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="state_changes")
    before = models.CharField(max_length=8, choices=DepositAccount.State)
    after = models.CharField(max_length=8, choices=DepositAccount.State)
    reason = models.CharField(max_length=140)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(before=F("after")), name="deposits_state_changes"),)

    def __str__(self) -> str:
        return f"{self.before} to {self.after}"

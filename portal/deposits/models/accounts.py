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
    """A member's account. Its money lies in its ledger account; here is whose it is and what it is.

    An account that is applied for, declined, frozen or closed is shut in the ledger. A blocked or dormant one takes money
    and gives none. An approved one becomes active with its first movement.
    """

    class State(models.TextChoices):
        APPLIED = "applied", "Applied for"
        DECLINED = "declined", "Declined"
        APPROVED = "approved", "Approved"
        ACTIVE = "active", "Active"
        DORMANT = "dormant", "Dormant"
        BLOCKED = "blocked", "Blocked"
        FROZEN = "frozen", "Frozen"
        CLOSED = "closed", "Closed"

    class Mandate(models.TextChoices):
        """Whose word moves a joint account's money."""

        ANY = "any", "Any holder alone"
        ALL = "all", "All holders together"

    number = models.CharField(max_length=12, unique=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="deposit_accounts")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    ledger_account = models.OneToOneField(ledger.Account, on_delete=models.PROTECT, related_name="+")
    nickname = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    mandate = models.CharField(max_length=3, choices=Mandate, default=Mandate.ANY)
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
    """An account went from one state to another: who, when, why; and by what its holder was known when it woke up."""

    account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="state_changes")
    before = models.CharField(max_length=8, choices=DepositAccount.State)
    after = models.CharField(max_length=8, choices=DepositAccount.State)
    reason = models.CharField(max_length=140)
    identity_seen = models.CharField(max_length=140, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("at", "id")
        constraints = (models.CheckConstraint(condition=~Q(before=F("after")), name="deposits_state_changes"),)

    def __str__(self) -> str:
        return f"{self.before} to {self.after}"


class AccountHolder(models.Model):
    """A further holder of a joint account, beside its `customer`, from a day until another."""

    account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="holders")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("since", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("account", "customer"), condition=Q(until=None), name="deposits_holder_once"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="deposits_holder_days"),
        )

    def __str__(self) -> str:
        return f"{self.customer} of {self.account}"


class AccountApplication(models.Model):
    """Somebody asks for an account to be opened; where its terms want it, somebody else decides."""

    account = models.OneToOneField(DepositAccount, on_delete=models.PROTECT, related_name="application")
    purpose = models.CharField(max_length=140)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    is_accepted = models.BooleanField(null=True)
    reason = models.CharField(max_length=140, blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("asked_at",)
        constraints = (
            models.CheckConstraint(condition=~Q(decided_by=F("asked_by")), name="deposits_application_second_person"),
            models.CheckConstraint(
                condition=Q(is_accepted=None, decided_at=None) | Q(is_accepted__isnull=False, decided_at__isnull=False),
                name="deposits_application_decided",
            ),
        )

    def __str__(self) -> str:
        return f"{self.account}: {self.purpose}"


class AccountEdit(models.Model):
    """Something about an account was changed: what it was, what it became, who, when, why. Amounts are minor units."""

    account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="edits")
    before = models.JSONField()
    after = models.JSONField()
    reason = models.CharField(max_length=140)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.account}: {self.reason}"


class AccountClosure(models.Model):
    """An account was closed: what was left in it, what it earned and cost at the end, and where the rest went."""

    class Payout(models.TextChoices):
        NONE = "none", "Nothing was left"
        TRANSFER = "transfer", "To another account"
        CASH = "cash", "In cash"

    account = models.OneToOneField(DepositAccount, on_delete=models.PROTECT, related_name="closure")
    last_balance_minor = models.BigIntegerField()
    interest_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    payout = models.CharField(max_length=8, choices=Payout)
    payout_account = models.ForeignKey(
        DepositAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    payout_entry = models.ForeignKey(ledger.Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=140)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(approved_by=F("asked_by")), name="deposits_closure_second_person"),
        )

    def __str__(self) -> str:
        return f"{self.account} closed with {self.last_balance_minor}"

"""What the institution charges for its services, from a day on, and what became of each charge."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.deposits.models.accounts import DepositAccount
from portal.deposits.models.products import Product
from portal.ledger import models as ledger


class ChargeKind(models.TextChoices):
    """What is charged for. The last four are not set up here: they follow from an account's terms and its interest."""

    ACTIVATION = "activation", "Opening an account"
    WITHDRAWAL = "withdrawal", "Withdrawal"
    TRANSFER = "transfer", "Transfer to another customer"
    STATEMENT = "statement", "Statement on request"
    CERTIFICATE = "certificate", "Certificate of balance"
    CHEQUE = "cheque", "Returned cheque"
    CHEQUE_BOOK = "cheque_book", "Cheque book"
    MONTHLY = "monthly", "Monthly fee"
    MINIMUM_BALANCE = "minimum_balance", "Below the minimum balance"
    CLOSURE = "closure", "Early closure"
    OVERDRAFT = "overdraft", "Overdraft interest"
    ADJUSTMENT = "adjustment", "Interest taken back"


CONFIGURED = (
    ChargeKind.ACTIVATION,
    ChargeKind.WITHDRAWAL,
    ChargeKind.TRANSFER,
    ChargeKind.STATEMENT,
    ChargeKind.CERTIFICATE,
    ChargeKind.CHEQUE,
    ChargeKind.CHEQUE_BOOK,
    ChargeKind.MONTHLY,
    ChargeKind.MINIMUM_BALANCE,
)
MONTHLY_KINDS = (ChargeKind.MONTHLY, ChargeKind.MINIMUM_BALANCE)


class ServiceCharge(models.Model):
    """What a service costs from a day on: a fixed amount plus a share of what is moved, between a least and a most.

    It holds for one product, or for every product of its currency without a charge of its own. Charging nothing is a charge
    of 0 with a later day. The first `free_a_month` of a month cost nothing. `threshold_minor` is the balance below which a
    minimum-balance fee is due. Written once, never edited.
    """

    kind = models.CharField(max_length=16, choices=ChargeKind)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="charges")
    currency = models.CharField(max_length=3)
    effective_from = models.DateField()
    amount_minor = models.BigIntegerField(default=0)
    percent_bps = models.PositiveIntegerField(default=0)
    least_minor = models.BigIntegerField(default=0)
    most_minor = models.BigIntegerField(null=True, blank=True)
    free_a_month = models.PositiveSmallIntegerField(default=0)
    threshold_minor = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=140)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("kind", "product", "-effective_from")
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "product", "currency", "effective_from"),
                name="deposits_charge_day_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, least_minor__gte=0, percent_bps__lte=10000, threshold_minor__gte=0),
                name="deposits_charge_values",
            ),
            models.CheckConstraint(
                condition=Q(most_minor=None) | Q(most_minor__gte=F("least_minor")), name="deposits_charge_bounds"
            ),
            models.CheckConstraint(condition=~Q(approved_by=F("made_by")), name="deposits_charge_second_person"),
            models.CheckConstraint(condition=Q(kind__in=CONFIGURED), name="deposits_charge_kind"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} from {self.effective_from}"


class TakenCharge(models.Model):
    """What one account was charged for: due once, then taken or waived. Charges of a month name its first day;
    `used_on` is the business day of the service, or the day after the month.

    It stays due while the account does not hold enough, and is tried again with each day. One of the month's free ones is
    kept as that, so that they can be counted.
    """

    class State(models.TextChoices):
        DUE = "due", "Due"
        TAKEN = "taken", "Taken"
        FREE = "free", "Free"
        WAIVED = "waived", "Waived"
        GIVEN_BACK = "given_back", "Given back"

    account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="charges")
    kind = models.CharField(max_length=16, choices=ChargeKind)
    charge = models.ForeignKey(ServiceCharge, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    period = models.DateField(null=True, blank=True)
    used_on = models.DateField()
    exact = models.DecimalField(max_digits=24, decimal_places=9, null=True, blank=True)
    amount_minor = models.BigIntegerField()
    memo = models.CharField(max_length=140)
    state = models.CharField(max_length=10, choices=State, default=State.DUE)
    entry = models.ForeignKey(ledger.Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("-made_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("account", "kind", "period"), name="deposits_taken_once"),
            models.CheckConstraint(
                condition=Q(amount_minor=0, state="free") | (Q(amount_minor__gt=0) & ~Q(state="free")),
                name="deposits_taken_amount",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("due", "waived", "free"), entry=None)
                | Q(state__in=("taken", "given_back"), entry__isnull=False),
                name="deposits_taken_entry",
            ),
        )
        indexes = (
            models.Index(fields=("id",), name="deposits_taken_due", condition=Q(state="due")),
            models.Index(fields=("account", "kind", "used_on"), name="deposits_taken_used"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount_minor}"


class ChargeWaiver(models.Model):
    """A charge that was due is let go, or one that was taken is given back: who, when, why."""

    taken = models.OneToOneField(TakenCharge, on_delete=models.PROTECT, related_name="waiver")
    entry = models.ForeignKey(ledger.Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=140)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.taken}: {self.reason}"

"""Fixed deposits: a principal for a term at a rate from a chart, and what becomes of it on the day it matures."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.base.money import Money
from portal.deposits.models.accounts import DepositAccount
from portal.deposits.models.products import Terms
from portal.ledger import models as ledger

MOST_MONTHS = 120


class FixedTerms(models.Model):
    """What a fixed deposit's terms say beside its chart: what is paid when it is broken, and when notice is given.

    A deposit broken early earns `early_rate_bps` for the days it lay, never more than its own rate.
    """

    terms = models.OneToOneField(Terms, on_delete=models.PROTECT, related_name="fixed")
    early_rate_bps = models.PositiveIntegerField(default=0)
    notice_days = models.PositiveSmallIntegerField(default=7)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(early_rate_bps__lte=10_000, notice_days__lte=90), name="deposits_fixed_terms"
            ),
        )

    def __str__(self) -> str:
        return f"{self.early_rate_bps} basis points when broken early"


class RateSlab(models.Model):
    """A line of the rate chart: from this amount and this many months on, this yearly rate."""

    terms = models.ForeignKey(FixedTerms, on_delete=models.PROTECT, related_name="chart")
    from_minor = models.BigIntegerField()
    from_months = models.PositiveSmallIntegerField()
    rate_bps = models.PositiveIntegerField()

    class Meta:
        ordering = ("terms", "from_minor", "from_months")
        constraints = (
            models.UniqueConstraint(fields=("terms", "from_minor", "from_months"), name="deposits_fixed_slab_once"),
            models.CheckConstraint(
                condition=Q(from_minor__gt=0, from_months__gte=1, from_months__lte=MOST_MONTHS, rate_bps__lte=10_000),
                name="deposits_fixed_slab",
            ),
        )

    def __str__(self) -> str:
        return f"from {self.from_months} months: {self.rate_bps} basis points"


class Instruction(models.TextChoices):
    PAY_OUT = "pay_out", "Pay everything out"
    ROLL_PRINCIPAL = "roll_principal", "Keep the principal for another term, pay the interest out"
    ROLL_ALL = "roll_all", "Keep principal and interest for another term"


class FixedTerm(models.Model):
    """One term of a fixed deposit: rolling over begins the next. `months` back from `matures_on` is `starts_on`."""

    account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="fixed_terms")
    number = models.PositiveSmallIntegerField()
    principal_minor = models.BigIntegerField()
    starts_on = models.DateField()
    matures_on = models.DateField()
    months = models.PositiveSmallIntegerField()
    rate_bps = models.PositiveIntegerField()
    early_rate_bps = models.PositiveIntegerField()
    day_count = models.CharField(max_length=13)
    noticed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("account", "-number")
        constraints = (
            models.UniqueConstraint(fields=("account", "number"), name="deposits_fixed_term_once"),
            models.CheckConstraint(
                condition=Q(principal_minor__gt=0, months__gte=1, matures_on__gt=F("starts_on"))
                & Q(early_rate_bps__lte=F("rate_bps")),
                name="deposits_fixed_term",
            ),
        )
        indexes = (models.Index(fields=("matures_on",), name="deposits_fixed_matures"),)

    def __str__(self) -> str:
        return f"{self.principal} until {self.matures_on}"

    @property
    def principal(self) -> Money:
        return Money(self.principal_minor, self.account.currency)


class FixedInstruction(models.Model):
    """What its owner wants done at maturity, and the account that gets what is paid out. The newest counts."""

    account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="fixed_instructions")
    instruction = models.CharField(max_length=16, choices=Instruction)
    pay_to = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("account", "-at")

    def __str__(self) -> str:
        return self.get_instruction_display()


class FixedEnding(models.Model):
    """A term came to its end: it matured, or its owner broke it. Once a term."""

    class Outcome(models.TextChoices):
        MATURED = "matured", "Matured"
        BROKEN = "broken", "Broken early"

    term = models.OneToOneField(FixedTerm, on_delete=models.PROTECT, related_name="ending")
    outcome = models.CharField(max_length=8, choices=Outcome)
    ended_on = models.DateField()
    interest_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)
    paid_out_minor = models.BigIntegerField()
    entry = models.ForeignKey(ledger.Entry, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(interest_minor__gte=0, tax_minor__gte=0, paid_out_minor__gte=0)
                & Q(tax_minor__lte=F("interest_minor")),
                name="deposits_fixed_ending",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} on {self.ended_on}"

"""A loan that was paid out: its schedules, what was paid on it, what each day added, where it stands."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.approvals.models import Request
from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.institution.models import Branch
from portal.ledger import models as ledger
from portal.loans.models.loans import GuarantorAnswer, Loan
from portal.loans.models.products import Early, LoanProduct


class Disbursement(models.Model):
    """The loan was paid out: once. `settled_minor` went to the loan it tops up, the rest to the member's account or in cash."""

    loan = models.OneToOneField(Loan, on_delete=models.PROTECT, related_name="disbursement")
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    settled_minor = models.BigIntegerField(default=0)
    account = models.ForeignKey(DepositAccount, null=True, on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField(ledger.Entry, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, fee_minor__gte=0, settled_minor__gte=0)
                & Q(amount_minor__gte=F("fee_minor") + F("settled_minor")),
                name="loans_disbursement_amounts",
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount_minor} on {self.on}"


class Schedule(models.Model):
    """What is to be paid from a day on. The newest that is not withdrawn holds; each covers all that is outstanding then.

    `carried_minor` is interest that was due and unpaid when it began: it is part of its first row. `instalment_minor` is
    the agreed equal instalment where there is one.
    """

    class Cause(models.TextChoices):
        PAID_OUT = "paid_out", "Paid out"
        EARLY = "early", "Paid early"
        RESCHEDULED = "rescheduled", "Rescheduled"
        REVERSED = "reversed", "Payment reversed"

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="schedules")
    number = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=11, choices=Cause)
    starts_on = models.DateField()
    principal_minor = models.BigIntegerField()
    carried_minor = models.BigIntegerField(default=0)
    rate_bps = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("loan", "number")
        constraints = (
            models.UniqueConstraint(fields=("loan", "number"), name="loans_schedule_once"),
            models.CheckConstraint(
                condition=Q(principal_minor__gt=0, carried_minor__gte=0), name="loans_schedule_amounts"
            ),
        )

    def __str__(self) -> str:
        return f"{self.loan_id} schedule {self.number}"


class ScheduleRow(models.Model):
    """One instalment. `earned_minor` is what it earns from `earns_from` on, `interest_minor` what of it falls due with it.

    `balance_minor` is the principal outstanding once it is paid; `interest_so_far_minor` and `earned_so_far_minor` are
    the sums up to and with this row.
    """

    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveSmallIntegerField()
    starts = models.DateField()
    earns_from = models.DateField()
    due = models.DateField()
    principal_minor = models.BigIntegerField()
    interest_minor = models.BigIntegerField()
    earned_minor = models.BigIntegerField()
    balance_minor = models.BigIntegerField()
    interest_so_far_minor = models.BigIntegerField()
    earned_so_far_minor = models.BigIntegerField()

    class Meta:
        ordering = ("schedule", "number")
        constraints = (
            models.UniqueConstraint(fields=("schedule", "number"), name="loans_row_once"),
            models.CheckConstraint(
                condition=Q(
                    principal_minor__gte=0,
                    interest_minor__gte=0,
                    earned_minor__gte=0,
                    balance_minor__gte=0,
                    due__gte=F("earns_from"),
                ),
                name="loans_row_not_negative",
            ),
        )
        indexes = (models.Index(fields=("schedule", "due"), name="loans_row_due"),)

    def __str__(self) -> str:
        return f"{self.number} due {self.due}"


class Split(models.Model):
    """How a payment was used: its parts sum to it."""

    penalty_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    interest_minor = models.BigIntegerField(default=0)
    principal_minor = models.BigIntegerField(default=0)
    over_minor = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


_PARTS = Q(penalty_minor__gte=0, fee_minor__gte=0, interest_minor__gte=0, principal_minor__gte=0, over_minor__gte=0)
_SUM = F("penalty_minor") + F("fee_minor") + F("interest_minor") + F("principal_minor") + F("over_minor")


class Payment(Split):
    """Money came in on a loan, with one entry. What it was used for here is what was true then; a reversal of an earlier
    payment writes a `Reallocation`.
    """

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="payments")
    amount_minor = models.BigIntegerField()
    early = models.CharField(max_length=7, choices=Early)
    schedule = models.ForeignKey(Schedule, null=True, on_delete=models.PROTECT, related_name="payments")
    made_schedule = models.OneToOneField(Schedule, null=True, on_delete=models.PROTECT, related_name="made_by")
    account = models.ForeignKey(DepositAccount, null=True, on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField(ledger.Entry, on_delete=models.PROTECT, related_name="+")
    is_recovery = models.BooleanField(default=False)
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=_PARTS & Q(amount_minor__gt=0), name="loans_payment_parts"),
            models.CheckConstraint(condition=Q(is_recovery=True) | Q(amount_minor=_SUM), name="loans_payment_adds_up"),
        )
        indexes = (models.Index(fields=("on",), name="loans_payment_day"),)

    def __str__(self) -> str:
        return f"{self.amount_minor} on {self.on}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.loan.currency)


class Collecting(models.Model):
    """From which account a loan's instalments are taken when they fall due; without one, from none. The newest counts."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="collecting")
    account = models.ForeignKey(DepositAccount, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.account or 'nobody'}"


class PaymentReversal(models.Model):
    """A payment was undone: its entry reversed, what came after it shared out anew by `correction` (if that changed anything)."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="reversal")
    entry = models.OneToOneField(ledger.Entry, on_delete=models.PROTECT, related_name="+")
    correction = models.OneToOneField(ledger.Entry, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=140)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(reason=""), name="loans_reversal_reason"),)

    def __str__(self) -> str:
        return self.reason


class HeldAgain(models.Model):
    """A guarantor's savings held again after a payment was undone: how much they stand for, and the hold, if there is one."""

    answer = models.ForeignKey(GuarantorAnswer, on_delete=models.PROTECT, related_name="held_again")
    reversal = models.ForeignKey(PaymentReversal, on_delete=models.PROTECT, related_name="held_again")
    wanted_minor = models.BigIntegerField()
    hold = models.OneToOneField(ledger.Hold, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("answer", "reversal"), name="loans_held_again_once"),
            models.CheckConstraint(condition=Q(wanted_minor__gt=0), name="loans_held_again_wanted"),
        )

    def __str__(self) -> str:
        return f"{self.wanted_minor} again"


class Reallocation(Split):
    """How a payment is used after an earlier one was reversed. The newest holds."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="reallocations")
    reversal = models.ForeignKey(PaymentReversal, on_delete=models.PROTECT, related_name="reallocations")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("payment", "reversal"), name="loans_reallocation_once"),
            models.CheckConstraint(condition=_PARTS, name="loans_reallocation_parts"),
        )

    def __str__(self) -> str:
        return f"payment {self.payment_id}"


class Penalty(models.Model):
    """What being late cost on one business day. Once a loan and day."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="penalties")
    on = models.DateField()
    amount_minor = models.BigIntegerField()
    late_minor = models.BigIntegerField()
    days_late = models.PositiveIntegerField()

    class Meta:
        ordering = ("on",)
        constraints = (
            models.UniqueConstraint(fields=("loan", "on"), name="loans_penalty_once_a_day"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="loans_penalty_amount"),
        )

    def __str__(self) -> str:
        return f"{self.amount_minor} on {self.on}"


class Charge(models.Model):
    """A fee put on a loan, or a penalty or fee let go (below zero), by somebody with a reason."""

    class Kind(models.TextChoices):
        FEE = "fee", "Fee"
        PENALTY = "penalty", "Penalty"

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="charges")
    kind = models.CharField(max_length=7, choices=Kind)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=140)
    entry = models.OneToOneField(ledger.Entry, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=~Q(amount_minor=0) & ~Q(reason=""), name="loans_charge_has_reason"),
        )

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.reason}"


class Refund(models.Model):
    """What was paid too much was given back."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="refunds")
    amount_minor = models.BigIntegerField()
    account = models.ForeignKey(DepositAccount, null=True, on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField(ledger.Entry, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(amount_minor__gt=0), name="loans_refund_amount"),)

    def __str__(self) -> str:
        return f"{self.amount_minor}"


class _Decided(models.Model):
    """What was decided about a running loan: who asked, who agreed, why. Never the same person."""

    request = models.OneToOneField(Request, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Rescheduling(_Decided):
    """What is outstanding was spread over another schedule."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="reschedulings")
    schedule = models.OneToOneField(Schedule, on_delete=models.PROTECT, related_name="rescheduling")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(by=F("approved_by")), name="loans_rescheduling_second_person"),
        )

    def __str__(self) -> str:
        return self.reason


class Probation(models.Model):
    """A loan that was rescheduled in default stays in default up to a day, and for longer each time something is late again.

    The newest row holds; `until` is the day the last of the instalments falls due that must be paid in time.
    """

    class Cause(models.TextChoices):
        RESCHEDULED = "rescheduled", "Rescheduled in default"
        LATE = "late", "Late again"

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="probations")
    cause = models.CharField(max_length=11, choices=Cause)
    on = models.DateField()
    until = models.DateField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = (models.CheckConstraint(condition=Q(until__gte=F("on")), name="loans_probation_ahead"),)

    def __str__(self) -> str:
        return f"until {self.until}"


class WriteOff(_Decided):
    """The institution gave a loan up as lost; what comes in afterwards is a recovery. Interest held in suspense goes with it."""

    loan = models.OneToOneField(Loan, on_delete=models.PROTECT, related_name="write_off")
    principal_minor = models.BigIntegerField()
    interest_minor = models.BigIntegerField()
    charges_minor = models.BigIntegerField()
    entry = models.OneToOneField(ledger.Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(by=F("approved_by")), name="loans_write_off_second_person"),
            models.CheckConstraint(condition=Q(principal_minor__gt=0), name="loans_write_off_amount"),
        )

    def __str__(self) -> str:
        return self.reason


class Standing(models.Model):
    """Where a loan stands, kept like the ledger keeps balances: sums of what is written elsewhere, proved by `verify_loans`.

    `accrued_minor` and `interest_paid_minor` count from the present schedule's start; interest due and unpaid is
    `carried + accrued - paid`. `worked_to` is the last business day that was worked off. `penalty_rest` is the part of a
    minor unit that penalties have not reached yet. `probation_to` is the newest `Probation` of a loan that has not served it.
    """

    loan = models.OneToOneField(Loan, primary_key=True, on_delete=models.PROTECT, related_name="standing")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+", db_index=False)
    schedule = models.OneToOneField(Schedule, on_delete=models.PROTECT, related_name="+")
    is_live = models.BooleanField(default=True)
    worked_to = models.DateField()
    accrued_minor = models.BigIntegerField(default=0)
    interest_paid_minor = models.BigIntegerField(default=0)
    suspended_minor = models.BigIntegerField(default=0)
    penalty_minor = models.BigIntegerField(default=0)
    penalty_rest = models.DecimalField(max_digits=12, decimal_places=10, default=0)
    fee_minor = models.BigIntegerField(default=0)
    over_minor = models.BigIntegerField(default=0)
    late_minor = models.BigIntegerField(default=0)
    days_late = models.PositiveIntegerField(default=0)
    provision_minor = models.BigIntegerField(default=0)
    probation_to = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    accrued_minor__gte=0,
                    interest_paid_minor__gte=0,
                    suspended_minor__gte=0,
                    penalty_minor__gte=0,
                    fee_minor__gte=0,
                    over_minor__gte=0,
                    late_minor__gte=0,
                    provision_minor__gte=0,
                ),
                name="loans_standing_not_negative",
            ),
        )
        indexes = (
            models.Index(fields=("branch", "worked_to", "loan"), name="loans_standing_due", condition=Q(is_live=True)),
        )

    def __str__(self) -> str:
        return f"{self.loan_id} on {self.worked_to}"


class PortfolioDay(models.Model):
    """The loans of a product and branch in one bucket of arrears at the end of a business day."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+", db_index=False)
    product = models.ForeignKey(LoanProduct, on_delete=models.PROTECT, related_name="+", db_index=False)
    on = models.DateField()
    bucket_from = models.PositiveSmallIntegerField()
    loans = models.PositiveIntegerField()
    outstanding_minor = models.BigIntegerField()
    late_minor = models.BigIntegerField()
    provision_minor = models.BigIntegerField()

    class Meta:
        ordering = ("on", "bucket_from")
        constraints = (
            models.UniqueConstraint(fields=("branch", "product", "on", "bucket_from"), name="loans_portfolio_once"),
        )
        indexes = (models.Index(fields=("on",), name="loans_portfolio_on"),)

    def __str__(self) -> str:
        return f"{self.on}: {self.bucket_from}"


class Setback(models.Model):
    """A loan's day could not be worked off; its neighbours' was. The next run tries again."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="setbacks")
    on = models.DateField()
    error = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return self.error

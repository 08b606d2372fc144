"""A loan from the first word to the last: what was asked for, what backs it, who decided, how it went from state to state."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.approvals.models import Request
from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.documents.uploaded import Upload
from portal.institution.models import Branch
from portal.ledger import models as ledger
from portal.loans.models.products import LoanProduct, LoanTerms
from portal.people.models import Customer


class Loan(models.Model):
    """What a member asks for, and the loan it becomes once it is paid out.

    Its outstanding principal is the balance of its ledger account. `amount_minor`, `instalments` and `rate_bps` are what
    was asked for until a decision puts what was granted in their place; each change of state is a `StateChange`.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Not handed in yet"
        SUBMITTED = "submitted", "Submitted"
        REVIEW = "review", "Under review"
        RETURNED = "returned", "Something is missing"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"
        ACTIVE = "active", "Active"
        DEFAULTED = "defaulted", "Defaulted"
        PAID_OFF = "paid_off", "Paid off"
        WRITTEN_OFF = "written_off", "Written off"

    number = models.CharField(max_length=12, unique=True)
    product = models.ForeignKey(LoanProduct, on_delete=models.PROTECT, related_name="loans")
    terms = models.ForeignKey(LoanTerms, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=11, choices=State, default=State.DRAFT)
    amount_minor = models.BigIntegerField()
    instalments = models.PositiveSmallIntegerField()
    rate_bps = models.PositiveIntegerField()
    purpose = models.CharField(max_length=200, blank=True, default="")
    income_minor = models.BigIntegerField(null=True)
    outgoings_minor = models.BigIntegerField(null=True)
    pay_to = models.ForeignKey(DepositAccount, null=True, on_delete=models.PROTECT, related_name="+")
    tops_up = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="topped_up_by")
    asked_on = models.DateField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ledger_account = models.OneToOneField(ledger.Account, null=True, on_delete=models.PROTECT, related_name="+")
    disbursed_on = models.DateField(null=True)

    class Meta:
        ordering = ("-asked_on", "-number")
        constraints = (
            models.CheckConstraint(condition=Q(amount_minor__gt=0, instalments__gte=1), name="loans_loan_asked"),
            models.CheckConstraint(
                condition=(
                    Q(state__in=("active", "defaulted", "paid_off", "written_off"))
                    & Q(ledger_account__isnull=False, disbursed_on__isnull=False)
                )
                | (
                    ~Q(state__in=("active", "defaulted", "paid_off", "written_off"))
                    & Q(ledger_account=None, disbursed_on=None)
                ),
                name="loans_loan_paid_out",
            ),
            models.CheckConstraint(condition=~Q(tops_up=F("id")), name="loans_loan_tops_up_another"),
        )
        indexes = (
            models.Index(fields=("branch", "state"), name="loans_loan_branch_state"),
            models.Index(fields=("customer",), name="loans_loan_customer"),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def name(self) -> str:
        """What it is called where a member's accounts and loans stand together."""
        return self.product.name

    @property
    def currency(self) -> str:
        return self.product.currency

    @property
    def amount(self) -> Money:
        """What is asked for, or what was granted."""
        return Money(self.amount_minor, self.currency)

    @property
    def last_four(self) -> str:
        return self.number[-4:]


LIVE = (Loan.State.ACTIVE, Loan.State.DEFAULTED)
"""States in which something is outstanding and each day counts."""
OPEN = (Loan.State.DRAFT, Loan.State.SUBMITTED, Loan.State.REVIEW, Loan.State.RETURNED, Loan.State.APPROVED)
"""States of an application that may still become a loan."""


class StateChange(models.Model):
    """A loan went from one state to another: who, when, why. The first has no state before."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="state_changes")
    before = models.CharField(max_length=11, choices=Loan.State, blank=True, default="")
    after = models.CharField(max_length=11, choices=Loan.State)
    reason = models.CharField(max_length=500)
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("at", "pk")
        constraints = (models.CheckConstraint(condition=~Q(before=F("after")), name="loans_statechange_changes"),)

    def __str__(self) -> str:
        return f"{self.before} to {self.after}"


class Decision(models.Model):
    """A loan was approved or rejected: what was granted, by whom, why. Never by who proposed it, nor by who applied.

    `asked_by` proposed it, `decided_by` decided; a ladder's other approvals stand with the request.
    """

    class Outcome(models.TextChoices):
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=8, choices=Outcome)
    request = models.OneToOneField(Request, null=True, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    instalments = models.PositiveSmallIntegerField()
    rate_bps = models.PositiveIntegerField()
    reason = models.CharField(max_length=500)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("applied_by")),
                name="loans_decision_second_person",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="loans_decision_amount"),
            models.UniqueConstraint(
                fields=("loan",), condition=Q(outcome="approved"), name="loans_decision_approved_once"
            ),
        )

    def __str__(self) -> str:
        return self.get_outcome_display()


class Condition(models.Model):
    """What must be fulfilled before an approved loan is paid out."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="conditions")
    text = models.CharField(max_length=200)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.text


class ConditionMet(models.Model):
    """Somebody saw that a condition is fulfilled, and how."""

    condition = models.OneToOneField(Condition, on_delete=models.PROTECT, related_name="met")
    note = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.note


class Guarantor(models.Model):
    """A member who was asked to stand for a loan with part of their savings."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="guarantors")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("loan", "customer"), name="loans_guarantor_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="loans_guarantor_amount"),
        )

    def __str__(self) -> str:
        return f"{self.customer} for {self.loan}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.loan.currency)


class GuarantorAnswer(models.Model):
    """What a guarantor said. Who accepts has the amount held on an account until the loan is over."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"

    guarantor = models.OneToOneField(Guarantor, on_delete=models.PROTECT, related_name="answer")
    outcome = models.CharField(max_length=8, choices=Outcome)
    account = models.ForeignKey(DepositAccount, null=True, on_delete=models.PROTECT, related_name="+")
    hold = models.OneToOneField(ledger.Hold, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome="accepted", account__isnull=False, hold__isnull=False)
                | Q(outcome="declined", account=None, hold=None),
                name="loans_guarantor_answer_held",
            ),
        )

    def __str__(self) -> str:
        return self.get_outcome_display()

    @property
    def standing_hold(self) -> ledger.Hold | None:
        """What is held for this answer: the newest hold, which stands in the place of those before."""
        again = [each.hold for each in self.held_again.all() if each.hold is not None]
        return again[-1] if again else self.hold


class Collateral(models.Model):
    """A thing that secures a loan, and what it is worth."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="collateral")
    description = models.CharField(max_length=140)
    value_minor = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = (models.CheckConstraint(condition=Q(value_minor__gt=0), name="loans_collateral_value"),)

    def __str__(self) -> str:
        return self.description

    @property
    def value(self) -> Money:
        return Money(self.value_minor, self.loan.currency)


class Paper(models.Model):
    """A document that belongs to an application, by what it shows."""

    class Kind(models.TextChoices):
        INCOME = "income", "Proof of income"
        IDENTITY = "identity", "Proof of identity"
        PURPOSE = "purpose", "Offer or invoice for what is bought"
        OTHER = "other", "Something else"

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=8, choices=Kind)
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.get_kind_display()

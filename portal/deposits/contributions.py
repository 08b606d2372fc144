"""Reading monthly contributions: which months are covered, which are missed, and what is due when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, Sum

from portal.base.money import Money
from portal.deposits.calendar import add_months, day_of_month, months_between
from portal.deposits.models import (
    ContributionFine,
    ContributionPlan,
    ContributionTerms,
    DepositAccount,
    Product,
)
from portal.ledger.models import EntryKind, Posting, Side

PAID_IN = (EntryKind.DEPOSIT, EntryKind.TRANSFER, EntryKind.PAYMENT, EntryKind.OPENING)


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a plan. `state` is a badge's word: paid, late (missed), pending (not due yet) or upcoming."""

    first_day: date
    due_on: date
    paid: Money
    expected: Money
    state: str

    @property
    def missing(self) -> Money:
        return self.expected - self.paid


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a plan is on a day."""

    contributed: Money
    target: Money
    months: Sequence[Month]
    fines: Sequence[ContributionFine]

    @property
    def missed(self) -> list[Month]:
        return [month for month in self.months if month.state == "late"]

    @property
    def missing(self) -> Money:
        """What would have to be paid now to be up to date with everything that is due by this month's end."""
        zero = Money.zero(self.target.currency)
        return sum((month.missing for month in self.months), zero)

    @property
    def next_due(self) -> Month | None:
        return next((month for month in self.months if month.missing), None)


def contribution_terms(product: Product, day: date) -> ContributionTerms | None:
    """The due day and the fine that hold on a day: the newest of the product's terms that say so."""
    known = ContributionTerms.objects.filter(terms__product=product, terms__effective_from__lte=day)
    return known.order_by("-terms__effective_from").first()


def plan_of(account: DepositAccount) -> ContributionPlan | None:
    return ContributionPlan.objects.filter(account=account).prefetch_related("fines__entry").first()


def contributed(account: DepositAccount) -> Money:
    """What its owner has paid in, less what was taken back; what was paid out or fined changes nothing of it."""
    lines = Posting.objects.filter(account=account.ledger_account_id)
    paid_in = Q(side=Side.CREDIT, entry__kind__in=PAID_IN)
    taken_back = Q(side=Side.DEBIT, entry__kind=EntryKind.REVERSAL, entry__reverses__kind__in=PAID_IN)
    sums = lines.aggregate(paid=Sum("amount_minor", filter=paid_in), back=Sum("amount_minor", filter=taken_back))
    return Money(int(sums["paid"] or 0) - int(sums["back"] or 0), account.currency)


def months(plan: ContributionPlan, terms: ContributionTerms, paid: Money, day: date) -> list[Month]:
    """Every month from the first to the present one; what was paid covers the oldest first. Beyond the target nothing is due."""
    left, to_come, found = paid.minor, plan.target_minor, []
    for number in range(months_between(plan.first_month, day) + 1):
        first = add_months(plan.first_month, number)
        due_on = day_of_month(first, terms.due_day)
        expected = min(plan.monthly_minor, to_come)
        if expected <= 0:
            break
        covered = min(left, expected)
        left, to_come = left - covered, to_come - expected
        state = _state(covered >= expected, day, due_on + timedelta(days=terms.grace_days))
        currency = plan.account.currency
        found.append(Month(first, due_on, Money(covered, currency), Money(expected, currency), state))
    return found


def progress(plan: ContributionPlan, day: date) -> Progress:
    """How far a plan is on a day, by the terms of that day."""
    paid = contributed(plan.account)
    terms = contribution_terms(plan.account.product, day)
    listed = months(plan, terms, paid, day) if terms else []
    return Progress(paid, plan.target, listed, list(plan.fines.all()))


def _state(is_paid: bool, day: date, late_after: date) -> str:
    if is_paid:
        return "paid"
    return "late" if day > late_after else "pending"

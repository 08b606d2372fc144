"""Monthly contributions: starting a plan, and the fine for a month that is late."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits import contributions as reading
from portal.deposits.calendar import add_months, day_of_month
from portal.deposits.models import ContributionFine, ContributionPlan, DepositAccount, Product
from portal.deposits.services.moving import IMMOBILE
from portal.deposits.services.plans import open_plan, post_plan
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.errors import InsufficientFunds
from portal.ledger.models import EntryKind
from portal.ledger.services import credit, debit
from portal.people.models import Customer


@transactional
def start_contribution(
    *,
    customer: Customer,
    product: Product,
    monthly: Money,
    target: Money,
    branch: Branch,
    key: str,
    by: Any,
    at: datetime,
) -> DepositAccount:
    """Open an account for monthly contributions towards a target, from this month on. Once for each key.

    Refused: a product that is none on offer, less a month than its least, a target below one month.
    """
    known = ContributionPlan.objects.filter(key=key, account__customer=customer).select_related("account").first()
    if known is not None:
        return known.account
    day = branch.business_date
    terms = reading.contribution_terms(product, day)
    if terms is None:
        raise Refused(f"{product.name} has no rules for contributions yet.", code="no_terms", field="product")
    least = Money(terms.least_monthly_minor, product.currency)
    if monthly.currency != product.currency or monthly < least:
        raise Refused(f"At least {least} a month.", code="monthly", field="monthly")
    if target.currency != product.currency or target < monthly:
        raise Refused("The target is at least one month's contribution.", code="target", field="target")
    account = open_plan(customer=customer, product=product, kind=Product.Kind.CONTRIBUTION, branch=branch, by=by, at=at)
    ContributionPlan.objects.create(
        account=account,
        monthly_minor=monthly.minor,
        target_minor=target.minor,
        first_month=_first_month(day, terms.due_day),
        key=key,
    )
    return account


def fine_late_contributions(*, branch: Branch, at: datetime) -> int:
    """Take the fine of every month that is late on the branch's open day, from the plan's own account; returns how many.

    Each month is fined once, each in a transaction of its own; an account that does not cover its fine, or does not move,
    waits for a later day. Safe to run twice and at once.
    """
    taken = 0
    plans = ContributionPlan.objects.filter(account__branch=branch).exclude(account__state__in=IMMOBILE)
    for plan_id in plans.order_by("pk").values_list("pk", flat=True).iterator():
        taken += _fine_plan(plan_id, branch.business_date, at)
    return taken


def _fine_plan(plan_id: int, day: date, at: datetime) -> int:
    plan = ContributionPlan.objects.select_related(
        "account__product", "account__branch", "account__ledger_account"
    ).get(pk=plan_id)
    terms = reading.contribution_terms(plan.account.product, day)
    if terms is None or not terms.late_fine_minor:
        return 0
    fined = set(plan.fines.values_list("month", flat=True))
    late = [month.first_day for month in reading.progress(plan, day).missed if month.first_day not in fined]
    taken = 0
    for month in late:
        try:
            taken += _fine(plan=plan, month=month, fine=Money(terms.late_fine_minor, plan.account.currency), at=at)
        except InsufficientFunds:
            break
    return taken


@transactional
def _fine(*, plan: ContributionPlan, month: date, fine: Money, at: datetime) -> bool:
    """Take one fine; False when it was taken before."""
    income = chart.branch_account(plan.account.branch_id, chart.FEE_INCOME)
    posted = post_plan(
        kind=EntryKind.FEE,
        account=plan.account,
        lines=[debit(plan.account.ledger_account, fine), credit(income, fine)],
        key=f"contribution:{plan.pk}:{month:%Y-%m}",
        memo=f"Late contribution, {month:%B %Y}",
        channel="system",
        by=None,
        at=at,
    )
    if posted.replayed:
        return False
    ContributionFine.objects.create(plan=plan, month=month, amount_minor=fine.minor, entry_id=posted.entry_id, at=at)
    return True


def _first_month(day: date, due_day: int) -> date:
    """This month while it is not due yet, else the next."""
    first = day.replace(day=1)
    due = day_of_month(first, due_day)
    return first if day <= due else add_months(first, 1)

"""Reading fixed deposits: the rate chart, what a term comes to, and what matures when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from django.db.models import QuerySet

from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits import interest
from portal.deposits.calendar import add_months
from portal.deposits.models import (
    DepositAccount,
    FixedEnding,
    FixedInstruction,
    FixedTerm,
    FixedTerms,
    Product,
    RateSlab,
    Terms,
)
from portal.deposits.models.fixed import MOST_MONTHS

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a deposit of an amount for a term would come to. `net` is what is paid at maturity after tax."""

    principal: Money
    months: int
    rate_bps: int
    starts_on: date
    matures_on: date
    interest: Money
    tax: Money

    @property
    def net(self) -> Money:
        return self.principal + self.interest - self.tax


def fixed_terms(product: Product, day: date) -> FixedTerms | None:
    """The chart and the penalty that hold on a day: the newest of the product's terms that say so."""
    known = FixedTerms.objects.filter(terms__product=product, terms__effective_from__lte=day)
    return known.select_related("terms").prefetch_related("chart").order_by("-terms__effective_from").first()


def chart_rate(slabs: Iterable[RateSlab], amount: Money, months: int) -> int | None:
    """The rate for an amount and a term, in basis points: of the slabs reached, the one of the largest amount, then term."""
    reached = [slab for slab in slabs if slab.from_minor <= amount.minor and slab.from_months <= months]
    best = max(reached, key=lambda slab: (slab.from_minor, slab.from_months), default=None)
    return best.rate_bps if best else None


def earned(principal: Money, rate_bps: int, day_count: str, start: date, end: date) -> Money:
    """Interest on a principal from `start` up to the day before `end`, rounded once, half to even."""
    if end <= start:
        return Money.zero(principal.currency)
    days = interest.balances(principal.minor, (), start, end - DAY)
    rate = interest.Rate(since=start, rate=Fraction(rate_bps, 10_000), day_count=day_count)
    return Money(interest.to_money(interest.period_interest(days, [rate])), principal.currency)


def tax_on(amount: Money, terms: Terms | None) -> Money:
    """What is kept back of interest for the state, rounded half to even."""
    bps = terms.withholding_tax_bps if terms else 0
    return Money(round(Fraction(amount.minor * bps, 10_000)), amount.currency)


def offer(product: Product, amount: Money, months: int, day: date) -> Offer | None:
    """What the chart of a day offers; None when it has no rate for the amount and the term."""
    fixed = fixed_terms(product, day)
    rate_bps = chart_rate(fixed.chart.all(), amount, months) if fixed else None
    if fixed is None or rate_bps is None:
        return None
    end = add_months(day, months)
    gross = earned(amount, rate_bps, fixed.terms.day_count, day, end)
    return Offer(amount, months, rate_bps, day, end, gross, tax_on(gross, fixed.terms))


def offer_or_refuse(product: Product, amount: Money, months: int, day: date) -> Offer:
    """What the chart of a day offers. Refused: an amount or a term it has no rate for."""
    found = offer(product, amount, months, day) if 1 <= months <= MOST_MONTHS else None
    if found is None:
        raise Refused(f"There is no rate for {amount} over {months} months.", code="no_rate", field="months")
    return found


def running_term(account: DepositAccount) -> FixedTerm | None:
    """The term that has not ended."""
    return FixedTerm.objects.filter(account=account, ending=None).order_by("-number").first()


def terms_of(account: DepositAccount) -> QuerySet[FixedTerm]:
    """Every term of an account, newest first."""
    return FixedTerm.objects.filter(account=account).select_related("ending", "account__product").order_by("-number")


def instruction_of(account: DepositAccount) -> FixedInstruction | None:
    """What its owner wants done at maturity."""
    found = FixedInstruction.objects.filter(account=account).select_related("pay_to__product", "pay_to__customer")
    return found.order_by("-at", "-pk").first()


def value_on(term: FixedTerm, day: date) -> Money:
    """What a running term has earned by a day."""
    return earned(term.principal, term.rate_bps, term.day_count, term.starts_on, min(day, term.matures_on))


def early_value(term: FixedTerm, day: date) -> Money:
    """What it would earn if it were broken on a day."""
    return earned(term.principal, term.early_rate_bps, term.day_count, term.starts_on, min(day, term.matures_on))


def at_maturity(term: FixedTerm) -> Money:
    """The interest of the whole term."""
    return value_on(term, term.matures_on)


def maturing(branch_id: int, day: date) -> Sequence[int]:
    """The terms of a branch that have matured by a day and have not ended, oldest first."""
    found = FixedTerm.objects.filter(account__branch=branch_id, matures_on__lte=day, ending=None)
    return list(found.order_by("matures_on", "pk").values_list("pk", flat=True))


def to_notice(branch_id: int, day: date) -> list[FixedTerm]:
    """The terms whose owners are to be told that they mature soon, and have not been."""
    found = FixedTerm.objects.filter(
        account__branch=branch_id, ending=None, noticed_at=None, matures_on__gt=day, matures_on__lte=day + 90 * DAY
    ).select_related("account__product", "account__customer", "account__branch")
    return [term for term in found if term.matures_on - day <= _notice(term, day)]


def _notice(term: FixedTerm, day: date) -> timedelta:
    known = fixed_terms(term.account.product, day)
    return DAY * (known.notice_days if known else 0)


def ending_of(term: FixedTerm) -> FixedEnding | None:
    return getattr(term, "ending", None)

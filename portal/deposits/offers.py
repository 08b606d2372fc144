"""Reading products: what each pays and costs, how terms differ, and what other terms would mean for real accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from portal.base.money import Money
from portal.deposits import interest, queries
from portal.deposits.models import (
    Compounding,
    DayCount,
    DepositAccount,
    PostingFrequency,
    Product,
    Terms,
    TierMethod,
)
from portal.deposits.models.products import BY_OWN_RULES
from portal.institution.models import Branch

SAMPLES = 3
_AMOUNTS = {
    "opening_minimum_minor": "Smallest first deposit",
    "interest_floor_minor": "Earns from a balance of",
    "minimum_balance_minor": "Minimum balance",
    "withdrawal_fee_minor": "Withdrawal fee",
    "overdraft_limit_minor": "Overdraft limit",
    "early_closure_fee_minor": "Fee for early closure",
}
_RATES = {
    "rate_bps": "Interest a year",
    "overdraft_rate_bps": "Overdraft interest a year",
    "withholding_tax_bps": "Withholding tax",
}
_CHOICES: dict[str, tuple[str, Any]] = {
    "tier_method": ("Steps apply to", TierMethod),
    "day_count": ("Days are counted", DayCount),
    "compounding": ("Interest earns interest", Compounding),
    "posting_frequency": ("Interest is posted", PostingFrequency),
}
_HOW_INTEREST_IS_WORKED_OUT = {label for name, (label, _) in _CHOICES.items() if name != "day_count"}
_DAYS = {"dormancy_days": "Dormant after", "early_closure_days": "Early closure within"}


@dataclass(frozen=True, slots=True)
class Sample:
    """One account under the terms it has and under others: last month's interest and a withdrawal's fee."""

    account: DepositAccount
    balance: Money
    interest_now: Money
    interest_then: Money
    fee_now: Money
    fee_then: Money


def open_day() -> date | None:
    """The latest business day that a branch has open; None before there are branches."""
    latest: date | None = Branch.objects.aggregate(day=Max("business_date"))["day"]
    return latest


def products() -> QuerySet[Product]:
    """Every product with how many accounts are open in it, as `open_accounts`."""
    over = (DepositAccount.State.CLOSED, DepositAccount.State.DECLINED)
    counted = (
        DepositAccount.objects.filter(product=OuterRef("pk"))
        .exclude(state__in=over)
        .order_by()
        .values("product")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return Product.objects.annotate(open_accounts=Coalesce(Subquery(counted), 0)).order_by("code")


def chargeable() -> QuerySet[Product]:
    """The products that a charge may be set up for: those whose money does not move by rules of its own."""
    return products().exclude(kind__in=BY_OWN_RULES)


def terms_of(product: Product) -> list[Terms]:
    """All terms of a product with their steps, newest first."""
    found = Terms.objects.filter(product=product).select_related("made_by", "approved_by").prefetch_related("tiers")
    return list(found.order_by("-effective_from"))


def told(values: Mapping[str, Any], tiers: Sequence[tuple[int, int]], currency: str) -> dict[str, str]:
    """Terms in words: what each is called, and what it is."""
    said: dict[str, str] = {_RATES["rate_bps"]: percent(values["rate_bps"])}
    said["Steps"] = steps_told(tiers, currency)
    for name, (label, choices) in _CHOICES.items():
        said[label] = str(choices(values[name]).label)
    said |= {label: percent(values[name]) for name, label in _RATES.items() if name != "rate_bps"}
    said |= {label: str(Money(values[name], currency)) for name, label in _AMOUNTS.items()}
    said |= {label: f"{values[name]} days" if values[name] else "Never" for name, label in _DAYS.items()}
    said["Opening needs a second person"] = "Yes" if values["opening_needs_approval"] else "No"
    return said


def told_terms(terms: Terms) -> dict[str, str]:
    """The same of terms that are kept."""
    values = {name: getattr(terms, name) for name in (*_RATES, *_AMOUNTS, *_CHOICES, *_DAYS, "opening_needs_approval")}
    return told(values, tiers_of(terms), terms.product.currency)


def worth_saying(facts: dict[str, str], currency: str) -> list[tuple[str, str]]:
    """Of terms in words what a customer would want to read: what is nothing is left out, and how nothing is worked out."""
    nothing = {"None", "Never", "No", percent(0), str(Money.zero(currency))}
    has_steps = facts.get("Steps", "None") != "None"
    pays = has_steps or facts.get("Interest a year", "") not in nothing
    idle = ({"Steps apply to"} if not has_steps else set()) | (set() if pays else _HOW_INTEREST_IS_WORKED_OUT)
    return [(label, text) for label, text in facts.items() if text not in nothing and label not in idle]


def tiers_of(terms: Terms) -> list[tuple[int, int]]:
    """The steps of terms: amounts in minor units, rates in basis points."""
    return [(tier.from_minor, tier.rate_bps) for tier in terms.tiers.all()]


def percent(bps: int) -> str:
    """Basis points as per cent."""
    return f"{Decimal(bps) / 100:.2f} %"


def steps_told(tiers: Sequence[tuple[int, int]], currency: str) -> str:
    """The steps of a rate in one line."""
    return ", ".join(f"{percent(bps)} from {Money(low, currency)}" for low, bps in tiers) or "None"


def samples(product: Product, rate: interest.Rate, withdrawal_fee_minor: int) -> list[Sample]:
    """What other terms would have meant last month for three accounts."""
    return [_sample(account, rate, withdrawal_fee_minor) for account in sample_accounts(product)]


def sample_accounts(product: Product) -> list[DepositAccount]:
    """Three accounts of a product: the smallest, a middle and the largest."""
    found = DepositAccount.objects.filter(product=product, state=DepositAccount.State.ACTIVE)
    ordered = found.select_related("ledger_account__balance", "product", "branch", "customer").order_by(
        "ledger_account__balance__balance_minor", "pk"
    )
    count = ordered.count()
    places = sorted({0, count // 2, count - 1}) if count else []
    return [ordered[place] for place in places[:SAMPLES]]


def _sample(account: DepositAccount, rate: interest.Rate, withdrawal_fee_minor: int) -> Sample:
    start, end = queries.month_of(account.branch.business_date.replace(day=1) - timedelta(days=1))
    moved = queries.turnover(account, start)
    moves = [(valued, into - out) for booked, valued, into, out in moved.days if booked >= start and valued >= start]
    ends = interest.balances(moved.balance_minor - sum(signed for _, signed in moves), moves, start, end)
    now = [queries.rate_of_terms(terms) for terms in queries.terms_between(account.product, start, end)]

    def earned(rates: Sequence[interest.Rate]) -> Money:
        return Money(interest.to_money(interest.credit_interest(ends, rates)), account.currency)

    return Sample(
        account=account,
        balance=Money(moved.balance_minor, account.currency),
        interest_now=earned(now),
        interest_then=earned([rate]),
        fee_now=queries.withdrawal_fee(account, account.branch.business_date),
        fee_then=Money(withdrawal_fee_minor, account.currency),
    )


def rate_from(values: Mapping[str, Any], tiers: Sequence[tuple[int, int]], since: date) -> interest.Rate:
    """The rate that proposed terms mean."""
    return interest.Rate(
        since=since,
        rate=Fraction(values["rate_bps"], 10_000),
        day_count=values["day_count"],
        floor_minor=values["interest_floor_minor"],
        overdraft_rate=Fraction(values["overdraft_rate_bps"], 10_000),
        compounding=values["compounding"],
        steps=tuple((low, Fraction(bps, 10_000)) for low, bps in tiers),
        tier_method=values["tier_method"],
    )

"""Reading what only one kind of product's terms say: cards, share prices, due days, rate charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from portal.base.money import Money
from portal.deposits import contributions, fixed, shares, susu
from portal.deposits.models import (
    CardKind,
    ContributionPlan,
    ContributionTerms,
    DepositAccount,
    FixedTerm,
    Product,
    RateSlab,
    ShareClass,
    Terms,
)
from portal.deposits.offers import percent, products, steps_told, tiers_of, told_terms, worth_saying
from portal.deposits.queries import terms_on

Own = Mapping[str, Any]
"""The columns of a kind's own terms, amounts in minor units, rates in basis points; `chart` is a list of
(amount from, months from, rate)."""
_Kind = Product.Kind

COLUMNS: dict[str, tuple[str, ...]] = {
    _Kind.SUSU: ("card", "commission_stakes", "least_stake_minor"),
    _Kind.SHARES: ("price_minor", "least_shares", "most_shares"),
    _Kind.CONTRIBUTION: ("due_day", "grace_days", "late_fine_minor", "least_monthly_minor"),
    _Kind.FIXED: ("early_rate_bps", "notice_days"),
}
"""What each kind's own terms keep; a share's nominal value is kept once for the product, a deposit's chart beside it."""

Column = tuple[str, Callable[[Any, str], str]]


def _amount(minor: int, currency: str) -> str:
    return str(Money(minor, currency))


def _count(number: int, currency: str) -> str:
    return f"{number:,}"


def _days(number: int, currency: str) -> str:
    return f"{number} days"


def chart_told(chart: Sequence[Sequence[int]], currency: str) -> str:
    """A rate chart in one line."""
    return "; ".join(f"{percent(bps)} from {Money(low, currency)}, {months} months" for low, months, bps in chart)


_TOLD: dict[str, Column] = {
    "card": ("A card has", lambda card, currency: str(CardKind(card).label)),
    "commission_stakes": ("Commission of a card, in stakes", _count),
    "least_stake_minor": ("Smallest daily stake", _amount),
    "nominal_minor": ("Nominal value of a share", _amount),
    "price_minor": ("Price of a share", _amount),
    "least_shares": ("Fewest shares a member holds", _count),
    "most_shares": ("Most shares a member holds", _count),
    "due_day": ("Due on this day of the month", _count),
    "grace_days": ("Late after", _days),
    "late_fine_minor": ("Fine for a late month", _amount),
    "least_monthly_minor": ("Smallest contribution", _amount),
    "early_rate_bps": ("Rate when broken early", lambda bps, currency: percent(bps)),
    "notice_days": ("Notice before maturity", _days),
    "chart": ("Rate chart", chart_told),
}


def own_on(product: Product, day: date) -> dict[str, Any]:
    """What the kind's own terms say on a day; empty where the kind has none or nothing was agreed yet."""
    kept = _kept(product, day)
    if kept is None:
        return {}
    found = {name: getattr(kept, name) for name in COLUMNS[product.kind]}
    if product.kind == _Kind.FIXED:
        found["chart"] = [[slab.from_minor, slab.from_months, slab.rate_bps] for slab in kept.chart.all()]
    return found


def _kept(product: Product, day: date) -> Any:
    readers: dict[str, Callable[[Product, date], Any]] = {
        _Kind.SUSU: susu.susu_terms,
        _Kind.SHARES: shares.share_terms,
        _Kind.CONTRIBUTION: contributions.contribution_terms,
        _Kind.FIXED: fixed.fixed_terms,
    }
    reader = readers.get(product.kind)
    return reader(product, day) if reader else None


def nominal_of(product: Product) -> Money | None:
    """What a share of this product counts for in the books; None before its first terms."""
    kept = ShareClass.objects.filter(product=product).first()
    return Money(kept.nominal_minor, product.currency) if kept else None


def told_own(own: Own, currency: str) -> dict[str, str]:
    """A kind's own terms in words: what each is called, and what it is."""
    return {_TOLD[name][0]: _TOLD[name][1](value, currency) for name, value in own.items()}


_CONCERNS: dict[str, frozenset[str]] = {
    _Kind.SUSU: frozenset(),
    _Kind.SHARES: frozenset(),
    _Kind.FIXED: frozenset({"Days are counted", "Withholding tax"}),
    _Kind.CONTRIBUTION: frozenset(
        {
            "Interest a year",
            "Steps",
            "Steps apply to",
            "Days are counted",
            "Interest earns interest",
            "Interest is posted",
            "Earns from a balance of",
            "Withholding tax",
        }
    ),
}
"""What of all terms concerns a kind that has its own; everyday products are concerned by all."""


def all_of(product: Product, told: Mapping[str, str], own: Own) -> dict[str, str]:
    """The kind's own terms in words, and what of the others (`offers.told`) concerns the kind."""
    concerns = _CONCERNS.get(product.kind)
    rest = {label: text for label, text in told.items() if concerns is None or label in concerns}
    return told_own(own, product.currency) | rest


def all_told(terms: Terms) -> dict[str, str]:
    """All that terms which are kept say about their kind of product."""
    product = terms.product
    return all_of(product, told_terms(terms), own_on(product, terms.effective_from))


def rate_told(product: Product, terms: Terms | None, day: date | None) -> str:
    """What a product pays in one word: its rate, the ends of its chart; a dash where it pays no interest."""
    if terms is None or day is None or product.kind in {_Kind.SUSU, _Kind.SHARES}:
        return "–"
    if product.kind != _Kind.FIXED:
        return percent(terms.rate_bps)
    rates = [bps for _, _, bps in own_on(product, day).get("chart", ())]
    return f"{percent(min(rates))} to {percent(max(rates))}" if rates else "–"


def sheet(day: date) -> list[tuple[Product, list[tuple[str, str]]]]:
    """What is offered on a day, each product with what a customer would want to read of its terms."""
    offered = [(product, terms_on(product, day)) for product in products() if product.state == Product.State.OFFERED]
    return [(product, worth_saying(all_told(terms), product.currency)) for product, terms in offered if terms]


def version_told(terms: Terms) -> str:
    """What sets one version of the terms apart, in one line: its steps, or the kind's own terms."""
    product = terms.product
    own = told_own(own_on(product, terms.effective_from), product.currency)
    return ". ".join(f"{label}: {text}" for label, text in own.items()) or steps_told(tiers_of(terms), product.currency)


Table = tuple[list[str], list[tuple[str, list[Any]]]]
"""Headings, and the rows: an account and a figure for each further heading."""


def compared(product: Product, accounts: Sequence[DepositAccount], own: Own, day: date) -> Table:
    """What proposed terms would mean for some accounts of the product beside those that hold on a day."""
    writers: dict[str, Callable[..., Table]] = {
        _Kind.SUSU: _cards,
        _Kind.SHARES: _holdings,
        _Kind.CONTRIBUTION: _contributions,
        _Kind.FIXED: _deposits,
    }
    return writers[product.kind](product, accounts, own_on(product, day), own, day)


def _cards(product: Product, accounts: Sequence[DepositAccount], held: Own, own: Own, day: date) -> Table:
    """A full card of each account's stake. Cards that were begun keep what was agreed with them."""
    rows = []
    for account in accounts:
        plan = susu.plan_of(account)
        if plan is not None:
            rows.append((account.last_four, [plan.stake, *(_card(plan.stake, each) for each in (held, own))]))
    return ["Account", "Daily stake", "Commission of a new card now", "Then"], rows


def _card(stake: Money, own: Own) -> Money | None:
    return Money(stake.minor * own["commission_stakes"], stake.currency) if own else None


def _holdings(product: Product, accounts: Sequence[DepositAccount], held: Own, own: Own, day: date) -> Table:
    rows: list[tuple[str, list[Any]]] = []
    for account in accounts:
        count = shares.held_by(account)
        worth = [Money(count * each["price_minor"], product.currency) if each else None for each in (held, own)]
        rows.append((account.last_four, [f"{count:,}", *worth]))
    return ["Account", "Shares", "Worth now", "Then"], rows


def _contributions(product: Product, accounts: Sequence[DepositAccount], held: Own, own: Own, day: date) -> Table:
    """What each account would be fined for the months that are late on this day, by both."""
    rows: list[tuple[str, list[Any]]] = []
    for account in accounts:
        plan = contributions.plan_of(account)
        if plan is not None:
            fines = [_fines(plan, each, day) for each in (held, own)]
            rows.append((account.last_four, [plan.monthly, *fines]))
    return ["Account", "Each month", "Fined for late months now", "Then"], rows


def _fines(plan: ContributionPlan, own: Own, day: date) -> Money | None:
    if not own:
        return None
    late = contributions.months(plan, ContributionTerms(**own), contributions.contributed(plan.account), day)
    count = sum(month.state == "late" for month in late)
    return Money(count * own["late_fine_minor"], plan.account.currency)


def _deposits(product: Product, accounts: Sequence[DepositAccount], held: Own, own: Own, day: date) -> Table:
    """The rates each account's principal would get for its term, placed again: kept to the end, and broken. Terms that run
    keep their own.
    """
    rows: list[tuple[str, list[Any]]] = []
    for account in accounts:
        term = fixed.terms_of(account).first()
        if term is not None:
            (kept, broken), (kept_then, broken_then) = (_rates(each, term) for each in (held, own))
            told = [term.principal, f"{term.months} months", kept, kept_then, broken, broken_then]
            rows.append((account.last_four, told))
    headings = ["Account", "Principal", "Term", "Placed again now", "Then", "Broken early now", "Broken early then"]
    return headings, rows


def _rates(own: Own, term: FixedTerm) -> tuple[str, str]:
    chart = [RateSlab(from_minor=low, from_months=months, rate_bps=rate) for low, months, rate in own.get("chart", ())]
    bps = fixed.chart_rate(chart, term.principal, term.months)
    return ("–", "–") if bps is None else (percent(bps), percent(min(bps, own["early_rate_bps"])))

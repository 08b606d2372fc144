"""What only one kind of product's terms say, checked and written beside them: never edited, like the terms themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portal.base.errors import Refused
from portal.deposits.kind_terms import COLUMNS, Own
from portal.deposits.models import (
    ContributionTerms,
    FixedTerms,
    Product,
    RateSlab,
    ShareClass,
    ShareTerms,
    SusuTerms,
    Terms,
)
from portal.deposits.models.fixed import MOST_MONTHS
from portal.deposits.models.products import BY_OWN_RULES

Kind = Product.Kind
MOST_LINES = 40
"""Of a rate chart: more is no chart that anybody reads."""


_NOT_FOR_PLANS = {
    "rate_bps": "interest",
    "minimum_balance_minor": "a minimum balance",
    "withdrawal_fee_minor": "a withdrawal fee",
    "overdraft_limit_minor": "an overdraft",
    "early_closure_fee_minor": "a fee for early closure",
}


def check_plain(product: Product, values: Mapping[str, Any]) -> None:
    """Refuse for a kind whose money moves by its own rules what would move it otherwise: interest, fees, an overdraft."""
    if product.kind not in BY_OWN_RULES:
        return
    name = next((name for name in _NOT_FOR_PLANS if values[name]), None)
    if name is not None:
        word = product.get_kind_display().lower()
        message = f"Accounts of {word} move by their own rules: {_NOT_FOR_PLANS[name]} has no place there."
        raise Refused(message, code="own_rules", field=name)


def check_own(product: Product, own: Own) -> None:
    """Refuse a kind's own terms that are missing or contradict themselves."""
    missing = [name for name in COLUMNS.get(product.kind, ()) if name not in own]
    if missing:
        word = product.get_kind_display().lower()
        raise Refused(f"Terms of {word} say more than these. Open the page again.", code="own", field=missing[0])
    if product.kind == Kind.SHARES:
        _check_shares(product, own)
    if product.kind == Kind.FIXED:
        _check_chart(own["chart"])


def _check_shares(product: Product, own: Own) -> None:
    if own["least_shares"] > own["most_shares"]:
        raise Refused("The fewest shares are more than the most.", code="contradiction", field="most_shares")
    kept = ShareClass.objects.filter(product=product).first()
    nominal = kept.nominal_minor if kept else own.get("nominal_minor")
    if not nominal:
        raise Refused("Say the nominal value of a share: it stays for ever.", code="nominal", field="nominal_minor")


def _check_chart(chart: Sequence[Sequence[int]]) -> None:
    lines = [(low, months) for low, months, _ in chart]
    if not lines or len(lines) > MOST_LINES:
        raise Refused(f"The chart has between 1 and {MOST_LINES} lines.", code="chart", field="chart")
    if len(set(lines)) < len(lines):
        raise Refused("Two lines of the chart begin with the same amount and term.", code="chart", field="chart")
    if any(low <= 0 or not 1 <= months <= MOST_MONTHS or not 0 <= bps <= 10_000 for low, months, bps in chart):
        message = f"Each line of the chart has an amount, 1 to {MOST_MONTHS} months and a rate up to 100 per cent."
        raise Refused(message, code="chart", field="chart")


def write_own(terms: Terms, own: Own) -> None:
    """Keep a kind's own terms with the terms they belong to; a share's nominal value once for its product."""
    kind = terms.product.kind
    values: dict[str, Any] = {name: own[name] for name in COLUMNS.get(kind, ())}
    if kind == Kind.SUSU:
        SusuTerms.objects.create(terms=terms, **values)
    elif kind == Kind.SHARES:
        if not ShareClass.objects.filter(product=terms.product).exists():
            ShareClass.objects.create(product=terms.product, nominal_minor=own["nominal_minor"])
        ShareTerms.objects.create(terms=terms, **values)
    elif kind == Kind.CONTRIBUTION:
        ContributionTerms.objects.create(terms=terms, **values)
    elif kind == Kind.FIXED:
        kept = FixedTerms.objects.create(terms=terms, **values)
        RateSlab.objects.bulk_create(
            RateSlab(terms=kept, from_minor=low, from_months=months, rate_bps=bps) for low, months, bps in own["chart"]
        )

"""What the tests of plans play with: one product of each kind, and the account that pays."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.deposits.models import (
    CardKind,
    ContributionTerms,
    FixedTerms,
    Product,
    RateSlab,
    ShareClass,
    ShareTerms,
    SusuTerms,
    Terms,
)
from tests.cast import make_product

LONG_AGO = date(2024, 1, 1)


def _terms(code: str, name: str, kind: Product.Kind) -> tuple[Product, Terms]:
    product = make_product(code, name, kind)
    return product, Terms.objects.get(product=product)


def susu_product(code: str = "03", *, card: str = CardKind.FIXED, commission_stakes: int = 1) -> Product:
    product, terms = _terms(code, "Daily susu", Product.Kind.SUSU)
    SusuTerms.objects.create(terms=terms, card=card, commission_stakes=commission_stakes, least_stake_minor=100)
    return product


def share_product(code: str = "04", *, nominal: int = 1000, price: int = 1000, **limits: Any) -> Product:
    product, terms = _terms(code, "Member shares", Product.Kind.SHARES)
    ShareClass.objects.create(product=product, nominal_minor=nominal)
    ShareTerms.objects.create(terms=terms, price_minor=price, **limits)
    return product


def contribution_product(code: str = "05", *, fine: int = 200, due_day: int = 5, grace_days: int = 3) -> Product:
    product, terms = _terms(code, "Monthly contribution", Product.Kind.CONTRIBUTION)
    ContributionTerms.objects.create(terms=terms, due_day=due_day, grace_days=grace_days, late_fine_minor=fine)
    return product


def fixed_product(code: str = "06", *, early_rate_bps: int = 200) -> Product:
    product, terms = _terms(code, "Fixed deposit", Product.Kind.FIXED)
    fixed = FixedTerms.objects.create(terms=terms, early_rate_bps=early_rate_bps)
    slabs = ((10_000, 3, 800), (10_000, 6, 1000), (10_000, 12, 1200), (100_000, 6, 1100), (100_000, 12, 1350))
    RateSlab.objects.bulk_create(
        RateSlab(terms=fixed, from_minor=amount, from_months=months, rate_bps=rate) for amount, months, rate in slabs
    )
    return product

"""A product's terms in words, for its page and for what a second person compares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portal.base.differences import differing
from portal.base.money import Money
from portal.base.templatetags.portal import counted
from portal.loans.models import LoanTerms
from portal.loans.services.products import COPIED

LABELS = {
    "method": "Instalments",
    "interest": "Interest follows",
    "days_in_year": "Days in a year",
    "days_in_month": "Days in a month",
    "frequency": "An instalment every so many",
    "every": "How many",
    "rate_min_bps": "Least rate a year",
    "rate_bps": "Rate a year",
    "rate_max_bps": "Highest rate a year",
    "amount_min_minor": "Least amount",
    "amount_max_minor": "Largest amount",
    "instalments_min": "Fewest instalments",
    "instalments": "Usual instalments",
    "instalments_max": "Most instalments",
    "grace_principal": "Instalments without principal",
    "grace_interest": "Instalments without interest",
    "down_payment_bps": "Down payment",
    "multiple_minor": "Instalments rounded to",
    "weekend_shift": "A due day on a weekend or holiday",
    "fee_minor": "Fee",
    "fee_bps": "Fee, share of the amount",
    "penalty_bps": "Penalty a year on what is late",
    "penalty_grace_days": "Days late without penalty",
    "allocation": "A payment fills",
    "early": "Money beyond what is due",
    "guarantors_min": "Guarantors",
    "guarantee_bps": "Guaranteed by savings",
    "collateral_bps": "Secured by collateral",
    "affordable_bps": "Instalments of what an income leaves, at most",
    "offer_days": "An offer stands for, days",
    "non_performing_days": "In default after days late",
    "probation_instalments": "In time after rescheduling in default, instalments",
    "provision_current_bps": "Set aside, not late",
    "provision_30_bps": "Set aside, 1 to 30 days late",
    "provision_60_bps": "Set aside, 31 to 60 days late",
    "provision_90_bps": "Set aside, 61 to 90 days late",
    "provision_180_bps": "Set aside, 91 to 180 days late",
    "provision_over_bps": "Set aside, over 180 days late",
}


def per_cent(basis_points: int) -> str:
    """Basis points as per cent: 1850 is `18.5 %`."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}{f'.{rest:02d}'.rstrip('0') if rest else ''} %"


def told_terms(terms: LoanTerms) -> dict[str, str]:
    """Terms as label and text."""
    ladder = [(step.from_minor, step.approvals) for step in terms.ladder.all()]
    return told({name: getattr(terms, name) for name in COPIED}, ladder, terms.product.currency)


def told(values: Mapping[str, Any], ladder: Iterable[tuple[int, int]], currency: str) -> dict[str, str]:
    """Proposed columns and ladder as label and text."""
    found = {LABELS[name]: _text(name, values[name], currency) for name in COPIED}
    found |= {f"Approvals from {Money(low, currency)}": str(count) for low, count in ladder}
    return found


def differences(before: LoanTerms, after: LoanTerms) -> list[tuple[str, str, str]]:
    """What differs between two terms of a product: label, before, after."""
    return differing(told_terms(before), told_terms(after))


def _text(name: str, value: Any, currency: str) -> str:
    field: Any = LoanTerms._meta.get_field(name)  # noqa: SLF001  # Django's own way to a column's choices
    if field.choices:
        return str(dict(field.flatchoices)[value])
    if name.endswith("_bps"):
        return per_cent(value)
    if name.endswith("_minor"):
        return str(Money(value, currency)) if value else "–"
    return str(counted(value))

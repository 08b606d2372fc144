"""What members save in: products with dated terms, accounts, and the interest posted to them."""

from __future__ import annotations

from portal.deposits.models.accounts import DepositAccount, StateChange
from portal.deposits.models.interest import InterestPosting
from portal.deposits.models.products import (
    Compounding,
    DayCount,
    PostingFrequency,
    Product,
    ProductChange,
    RateTier,
    Terms,
    TierMethod,
)
from portal.deposits.models.susu import (
    CardKind,
    SusuBoxes,
    SusuCard,
    SusuPause,
    SusuPayment,
    SusuPlan,
    SusuSettlement,
    SusuTerms,
)

__all__ = [
    "CardKind",
    "Compounding",
    "DayCount",
    "DepositAccount",
    "InterestPosting",
    "PostingFrequency",
    "Product",
    "ProductChange",
    "RateTier",
    "StateChange",
    "SusuBoxes",
    "SusuCard",
    "SusuPause",
    "SusuPayment",
    "SusuPlan",
    "SusuSettlement",
    "SusuTerms",
    "Terms",
    "TierMethod",
]

"""What members save in: products with dated terms, accounts, and the interest posted to them."""

from __future__ import annotations

from portal.deposits.models.accounts import DepositAccount, StateChange
from portal.deposits.models.interest import InterestPosting
from portal.deposits.models.products import DayCount, Product, Terms

__all__ = ["DayCount", "DepositAccount", "InterestPosting", "Product", "StateChange", "Terms"]

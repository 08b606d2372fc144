"""What an account is saved for: set and forgotten by its owner."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits.models import DepositAccount, Goal


@transactional
def set_goal(*, account: DepositAccount, name: str, target: Money, by_day: date | None, by: Any, at: datetime) -> Goal:
    """Say what an account is saved for; setting it again replaces it. Refused: no name, no amount, a day that is over."""
    name = " ".join(name.split())
    if not name:
        raise Refused("Give the goal a name.", code="name", field="name")
    if target.currency != account.currency or target.minor <= 0:
        raise Refused("The amount must be more than 0.", code="zero", field="target")
    if by_day is not None and by_day <= account.branch.business_date:
        raise Refused("Choose a day that is still to come.", code="past", field="by_day")
    goal, _ = Goal.objects.update_or_create(
        account=account, defaults={"name": name, "target_minor": target.minor, "by_day": by_day, "set_at": at}
    )
    return goal


@transactional
def forget_goal(*, account: DepositAccount, by: Any, at: datetime) -> None:
    """Save for nothing in particular any more."""
    Goal.objects.filter(account=account).delete()

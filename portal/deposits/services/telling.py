"""Telling members of movements they asked to be told of: large ones, and those after which a balance is low.

The books are looked through each minute, not at the moment of posting: nobody's posting waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.ledger.models import Posting, Side
from portal.notifications.models import Quiet, Watched
from portal.notifications.services import notify

NAME = "movements"
OVERLAP = timedelta(minutes=2)
"""How far each look reaches back behind the last: a posting that was long in committing is not missed, its key tells it once."""
DAYS_BACK = timedelta(days=7)


def tell_movements(*, at: datetime) -> int:
    """Each minute: tell of what was posted since the last look; how many notices were asked for. Twice changes nothing."""
    mark, _ = Watched.objects.get_or_create(name=NAME, defaults={"seen_until": at})
    told = 0
    for quiet in Quiet.objects.exclude(large_minor=None, low_minor=None).filter(user__is_active=True):
        accounts = DepositAccount.objects.filter(customer__user=quiet.user_id).select_related("product", "branch")
        by_ledger = {account.ledger_account_id: account for account in accounts}
        for posting in _posted(by_ledger.values(), mark.seen_until - OVERLAP):
            told += _tell(quiet, by_ledger[posting.account_id], posting, at)
    Watched.objects.filter(name=NAME, seen_until__lt=at).update(seen_until=at)
    return told


def _posted(accounts: Iterable[DepositAccount], since: datetime) -> list[Posting]:
    keys = [account.ledger_account_id for account in accounts]
    recent = Posting.objects.filter(account__in=keys, business_date__gte=(since - DAYS_BACK).date())
    return list(recent.filter(entry__posted_at__gt=since).select_related("entry").order_by("account_id", "seq"))


def _tell(quiet: Quiet, account: DepositAccount, posting: Posting, at: datetime) -> int:
    told, key = 0, f"{posting.entry_id}:{posting.line}"
    name = f"{account.name} …{account.last_four}"
    amount = Money(posting.amount_minor, account.currency)
    url = reverse("movement_detail", args=[account.number, posting.entry.reference])
    by: dict[str, Any] = {"person": quiet.user, "by": None, "at": at, "key": key, "url": url}
    if quiet.large_minor is not None and posting.amount_minor >= quiet.large_minor:
        context = {
            "account": name,
            "what": posting.entry.get_kind_display(),
            "amount": str(amount),
            "when": f"{posting.business_date:%d %b %Y}",
            "threshold": str(Money(quiet.large_minor, account.currency)),
        }
        told += notify(kind="account.large_movement", context=context, **by) is not None
    after = posting.balance_after_minor
    is_out = posting.side == Side.DEBIT
    if quiet.low_minor is not None and is_out and after is not None and _fell_below(quiet.low_minor, after, posting):
        context = {
            "account": name,
            "balance": str(Money(after, account.currency)),
            "threshold": str(Money(quiet.low_minor, account.currency)),
        }
        told += notify(kind="account.low_balance", context=context, **by) is not None
    return told


def _fell_below(low_minor: int, after_minor: int, posting: Posting) -> bool:
    """Whether this very movement took the balance below the amount; one that finds it there is not told again."""
    return after_minor < low_minor <= after_minor + posting.amount_minor

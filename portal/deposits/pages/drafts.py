"""A transfer on its way through its pages: signed, so that what was checked is what is sent, and in no address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.core import signing

from portal.access.capabilities import Capability
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits import queries
from portal.deposits.models import DepositAccount

KEPT_SECONDS = 3600


class DraftLost(Refused):
    """The draft is not this user's, was tampered with, or is older than an hour."""

    code = "draft_lost"


@dataclass(frozen=True, slots=True)
class Draft:
    """Who pays whom, and once that is known how much and what for."""

    source: DepositAccount
    target: DepositAccount
    amount: Money | None = None
    memo: str = ""

    def with_amount(self, amount: Money, memo: str) -> Draft:
        return replace(self, amount=amount, memo=memo)

    def sealed(self, user: Any) -> str:
        """The draft as text for a hidden field; only this user can use it."""
        minor = self.amount.minor if self.amount else None
        return signing.dumps([self.source.number, self.target.number, minor, self.memo], salt=_salt(user))


def opened(text: str, user: Any, *, to_send: bool) -> Draft:
    """The draft behind a hidden field. 404 when its source is not the user's any more; refused: `DraftLost`.

    `to_send` reads of its accounts what moving the money needs; a page that shows them reads more.
    """
    try:
        source, target, minor, memo = signing.loads(text, salt=_salt(user), max_age=KEPT_SECONDS)
    except signing.BadSignature as error:
        raise DraftLost("This transfer was left open too long. Nothing was sent. Start again.") from error
    account, payee = queries.account_and_payee(user, source, target, Capability.TRANSFER_MAKE, to_send=to_send)
    if payee is None:
        raise DraftLost("The account to pay is not there any more. Nothing was sent.")
    return Draft(account, payee, Money(minor, account.currency) if minor else None, memo)


def _salt(user: Any) -> str:
    return f"deposits.transfer.{user.pk}"

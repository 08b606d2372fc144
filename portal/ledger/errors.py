"""What the books refuse, from the SQLSTATE that `ledger.post_entries` raises to words for the person."""

from __future__ import annotations

import json
from typing import Any

from django.db import DatabaseError

from portal.base.db import sqlstate
from portal.base.errors import Refused


class InsufficientFunds(Refused):
    """The account would fall below its floor or into what is held; `available_minor` is what it could give."""

    code = "insufficient_funds"
    available_minor: int = 0
    account_id: int | None = None


class KeyReused(Refused):
    """A key that stands for another entry."""

    code = "key_reused"


class DayClosed(Refused):
    code = "day_closed"


class AccountClosed(Refused):
    code = "account_closed"


class HoldShort(Refused):
    code = "hold_short"


class NotReversible(Refused):
    code = "not_reversible"


class Unbalanced(ValueError):
    """An entry whose sides differ: a bug in the caller, never a person's mistake."""


_REFUSALS: dict[str, tuple[type[Refused], str]] = {
    "LG001": (InsufficientFunds, "There is not enough money in the account. Nothing was posted."),
    "LG002": (KeyReused, "This form was already used for something else. Open the page again. Nothing was posted."),
    "LG003": (DayClosed, "The business day is not open for this entry. Nothing was posted."),
    "LG004": (AccountClosed, "This account does not move: it is closed or blocked. Nothing was posted."),
    "LG006": (HoldShort, "The hold does not cover this amount. Nothing was posted."),
    "LG007": (NotReversible, "This entry cannot be reversed, or has been reversed before. Nothing was posted."),
}


def refusal_for(error: DatabaseError) -> Exception | None:
    """The refusal behind a database error of the ledger's own; None for any other error."""
    state = sqlstate(error)
    if state == "LG005":
        return Unbalanced(str(error))
    if state not in _REFUSALS:
        return None
    kind, message = _REFUSALS[state]
    refusal = kind(message)
    if isinstance(refusal, InsufficientFunds):
        detail = _detail(error)
        refusal.account_id = detail.get("account")
        refusal.available_minor = int(detail.get("available", 0))
    return refusal


def _detail(error: DatabaseError) -> dict[str, Any]:
    diagnostics = getattr(error.__cause__, "diag", None)
    found: dict[str, Any] = json.loads(getattr(diagnostics, "message_detail", None) or "{}")
    return found

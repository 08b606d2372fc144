"""What may be done with the books: posting, holds, the days that take entries, the tree of accounts."""

from portal.ledger.services.days import close_history, close_period, open_day, open_history, reopen_period
from portal.ledger.services.posting import (
    Line,
    NewEntry,
    Posted,
    credit,
    debit,
    expire_holds,
    place_hold,
    post,
    post_many,
    release_hold,
    rest_floor,
    reverse_entry,
    seal,
    set_floor,
    take_snapshots,
)
from portal.ledger.services.tree import NewAccount, add_account, change_account, close_account, reopen_account

__all__ = [
    "Line",
    "NewAccount",
    "NewEntry",
    "Posted",
    "add_account",
    "change_account",
    "close_account",
    "close_history",
    "close_period",
    "credit",
    "debit",
    "expire_holds",
    "open_day",
    "open_history",
    "place_hold",
    "post",
    "post_many",
    "release_hold",
    "reopen_account",
    "reopen_period",
    "rest_floor",
    "reverse_entry",
    "seal",
    "set_floor",
    "take_snapshots",
]

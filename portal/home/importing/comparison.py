"""Our end-of-day balances beside those that the other bank recorded itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping as Table
from dataclasses import dataclass
from datetime import date

from django.db import connection

from portal.base.money import Money
from portal.home.importing.mapping import Mapping
from portal.home.importing.reading import Books

_MOVED = """
SELECT account.number, posting.business_date,
       sum(CASE posting.side WHEN 'C' THEN posting.amount_minor ELSE -posting.amount_minor END)
  FROM deposits_depositaccount AS account
  JOIN ledger_posting AS posting ON posting.account_id = account.ledger_account_id
 WHERE account.number = ANY (%s) AND posting.business_date <= %s
 GROUP BY account.number, posting.business_date
 ORDER BY account.number, posting.business_date
"""

Day = tuple[str, date]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many account-days were compared, how many agree, and the day that agrees least."""

    days: int
    agreeing: int
    worst: Money
    worst_number: str
    worst_day: date | None

    @property
    def holds(self) -> bool:
        """Whether every day agrees, and there was one."""
        return self.days > 0 and self.agreeing == self.days


def planned_ends(books: Books) -> dict[Day, int]:
    """The balance at the end of each account-day as the files have it, before anything is posted."""
    numbers = {key: account.number for key, account in books.accounts.items()}
    signed = (
        (numbers[each.account_key], each.day, each.amount_minor if each.rule.inward else -each.amount_minor)
        for each in books.movements
    )
    return _ends(signed)


def posted_ends(mapping: Mapping, books: Books) -> dict[Day, int]:
    """The same as the ledger has it, read from the postings."""
    numbers = [account.number for account in books.accounts.values()]
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, [numbers, mapping.last_day])
        return _ends((number, day, int(net)) for number, day, net in cursor)


def compare(mapping: Mapping, books: Books, ends: Table[Day, int]) -> Comparison:
    """Hold each end of day against the balances recorded on it: within the tolerance of one of them is agreement.

    The bank does not say which of a day's movements was the last, so any of the day's balances may be the end's.
    """
    recorded = _recorded(books)
    apart = {
        key: min((abs(ends[key] - balance) for balance in balances), default=0) if key in ends else None
        for key, balances in recorded.items()
    }
    found = {key: gap for key, gap in apart.items() if gap is not None}
    worst = max(found, key=lambda key: found[key], default=None)
    return Comparison(
        days=len(recorded),
        agreeing=sum(gap <= mapping.tolerance_minor for gap in found.values()),
        worst=Money(found[worst] if worst else 0, mapping.currency),
        worst_number=worst[0] if worst else "",
        worst_day=worst[1] if worst else None,
    )


def _recorded(books: Books) -> dict[Day, list[int]]:
    recorded: dict[Day, list[int]] = defaultdict(list)
    for each in books.movements:
        if each.recorded_minor is not None:
            recorded[books.accounts[each.account_key].number, each.day].append(each.recorded_minor)
    return recorded


def _ends(signed: Iterable[tuple[str, date, int]]) -> dict[Day, int]:
    """Running balances from signed movements, each account's in the order of days."""
    running: dict[str, int] = defaultdict(int)
    ends: dict[Day, int] = {}
    for number, day, minor in signed:
        running[number] += minor
        ends[number, day] = running[number]
    return ends

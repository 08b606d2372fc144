"""A statement as rows of a table, for CSV and XLSX: one law for both (`portal.base.exports`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from portal.base.exports import Cell
from portal.base.money import Money
from portal.statements.queries import Line, Statement

COLUMNS = (
    "account", "posting_id", "business_date", "value_date", "posted_at", "reference", "kind", "channel", "description",
    "memo", "currency", "debit", "credit", "amount", "balance",
)  # fmt: skip
WIDTHS = (14, 16, 12, 12, 20, 14, 16, 12, 36, 36, 9, 14, 14, 14, 14)


def of(found: Statement) -> Iterator[list[Cell]]:
    """Both balances frame the movements, so that a period in which nothing happened is a whole file too."""
    yield _balance(found.account.number, "opening_balance", found.start, found.opening)
    for line in found.lines:
        yield _movement(found.account.number, line)
    yield _balance(found.account.number, "closing_balance", found.end, found.closing)


def _balance(number: str, kind: str, day: date, balance: Money) -> list[Cell]:
    words = kind.replace("_", " ").capitalize()
    head: list[Cell] = [number, None, day, day, None, None, kind, None, words, None, balance.currency]
    return [*head, None, None, None, balance]


def _movement(number: str, line: Line) -> list[Cell]:
    return [
        number, line.posting_id, line.business_date, line.value_date, line.posted_at, line.reference, line.sort,
        line.channel, line.title, line.memo, line.amount.currency, line.debit, line.credit, line.amount, line.balance_after,
    ]  # fmt: skip

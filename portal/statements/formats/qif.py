"""QIF, for programs that read nothing better: it has no ids, so a file imported twice doubles its movements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from portal.base.exports import one_line
from portal.base.money import plain_amount
from portal.institution.models import Institution
from portal.statements.queries import Line, Statement


def write(found: Statement, _ours: Institution | None, _at: datetime) -> Iterator[str]:
    """The account with its closing balance, its opening balance as QIF writes one, then the movements."""
    closing = f"${plain_amount(found.closing)}\n/{_day(found.end)}"
    yield f"!Account\nN{found.account.number}\nTBank\n{closing}\n^\n!Type:Bank\n"
    opening = plain_amount(found.opening)
    yield f"D{_day(found.start)}\nT{opening}\nCX\nPOpening Balance\nL[{found.account.number}]\n^\n"
    yield from map(_transaction, found.lines)


def _transaction(line: Line) -> str:
    memo = f"M{one_line(line.memo)}\n" if one_line(line.memo) else ""
    what = f"D{_day(line.business_date)}\nT{plain_amount(line.amount)}\nN{line.posting_id}\n"
    return f"{what}P{one_line(line.title)}\n{memo}^\n"


def _day(day: date) -> str:
    """Month first, as every reader of QIF takes it."""
    return f"{day:%m/%d/%Y}"

"""A statement for plain-text accounting, from its owner's side: the account is an asset, and what moved it is sorted
only as far as the bank knows. Each movement carries its posting id; the balance at the end is asserted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta

from portal.base.exports import one_line
from portal.base.money import Money, exponent, plain_amount
from portal.institution.models import Institution
from portal.ledger.models import EntryKind
from portal.statements.queries import Line, Statement

_OTHERS = ("Equity:Opening-Balances", "Expenses:Bank-Fees", "Expenses:Unsorted", "Income:Interest", "Income:Unsorted")
_OPENING = _OTHERS[0]


def hledger(found: Statement, ours: Institution | None, _at: datetime) -> Iterator[str]:
    """A journal that `hledger check --strict` accepts."""
    name, zero = _name(found, ours), Money.zero(found.opening.currency)
    yield f"; {_title(found)}\n\ndecimal-mark .\n"
    yield f"commodity {plain_amount(Money(1000 * 10 ** exponent(zero.currency), zero.currency))}{_point(zero)} {zero.currency}\n"
    yield "".join(f"account {each}\n" for each in (name, *_OTHERS))
    yield f"\n{found.start} * Opening balance\n    {name}  {_amount(found.opening)}\n    {_OPENING}\n"
    for line in found.lines:
        words = one_line(f"{line.title} | {line.memo}" if line.memo else line.title).replace(";", ",")
        yield f"\n{line.business_date} * ({line.posting_id}) {words}\n"
        yield f"    {name}  {_amount(line.amount)}\n    {_other(line)}  {_amount(-line.amount)}\n"
    yield f"\n{found.end} * Closing balance\n    {name}  {_amount(zero)} = {_amount(found.closing)}\n"


def beancount(found: Statement, ours: Institution | None, _at: datetime) -> Iterator[str]:
    """A ledger that `bean-check` accepts."""
    name = _name(found, ours)
    yield f'option "title" {_quoted(_title(found))}\noption "operating_currency" "{found.opening.currency}"\n\n'
    yield "".join(f"{found.start} open {each}\n" for each in (name, *_OTHERS))
    yield f'\n{found.start} * "Opening balance"\n  {name}  {_amount(found.opening)}\n  {_OPENING}\n'
    for line in found.lines:
        yield f"\n{line.business_date} * {_quoted(line.title)} {_quoted(line.memo)} ^{line.posting_id}\n"
        yield f"  {name}  {_amount(line.amount)}\n  {_other(line)}  {_amount(-line.amount)}\n"
    # beancount asserts the balance before a day begins.
    yield f"\n{found.end + timedelta(days=1)} balance {name}  {_amount(found.closing).replace(' ', ' ~ 0 ')}\n"


def _other(line: Line) -> str:
    if line.sort == EntryKind.FEE:
        return "Expenses:Bank-Fees"
    if line.sort == EntryKind.INTEREST_CREDIT:
        return "Income:Interest"
    return "Income:Unsorted" if line.amount.minor > 0 else "Expenses:Unsorted"


def _name(found: Statement, ours: Institution | None) -> str:
    """`Assets:Quayside:010100000142`, in the letters that both programs take."""
    plain = unicodedata.normalize("NFKD", ours.short_name if ours else "").encode("ascii", "ignore").decode()
    part = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")
    return f"Assets:{part[:1].upper()}{part[1:]}:{found.account.number}" if part else f"Assets:{found.account.number}"


def _title(found: Statement) -> str:
    return f"Statement of {found.account.number} from {found.start} to {found.end}"


def _amount(amount: Money) -> str:
    return f"{plain_amount(amount)} {amount.currency}"


def _point(amount: Money) -> str:
    """hledger wants a decimal mark in the sample amount even where no decimals follow."""
    return "" if exponent(amount.currency) else "."


def _quoted(text: str) -> str:
    plain = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'

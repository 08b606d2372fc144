"""MT940, the account statement message of SWIFT, for programs that read no camt.053 yet.

The message knows the letters of telex only: everything else is written as the nearest of them, or as a full stop.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime
from textwrap import wrap

from portal.base.money import Money, plain_amount
from portal.institution.models import Institution
from portal.ledger.models import EntryKind
from portal.statements.queries import Line, Statement

END = "\r\n"
_NOT_TELEX = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
DETAIL_LINES, DETAIL_SIGNS, REFERENCE_SIGNS = 6, 65, 16
# What sort of movement it is, in the message's three letters.
_CODES = {
    EntryKind.DEPOSIT.value: "MSC",
    EntryKind.WITHDRAWAL.value: "MSC",
    EntryKind.TRANSFER.value: "TRF",
    EntryKind.PAYMENT.value: "TRF",
    EntryKind.INTEREST_CREDIT.value: "INT",
    EntryKind.FEE.value: "CHG",
}


def write(found: Statement, _ours: Institution | None, _at: datetime) -> Iterator[str]:
    """The message in pieces: reference, account, opening balance, each movement, closing and available balance."""
    number = found.account.number
    yield f":20:{number}{END}:25:{number}{END}"
    yield f":28C:{found.end:%y%j}/1{END}"
    yield f":60F:{_balance(found.opening, found.start)}{END}"
    yield from map(_movement, found.lines)
    yield f":62F:{_balance(found.closing, found.end)}{END}-{END}"


def _balance(balance: Money, day: date) -> str:
    side = "C" if balance.minor >= 0 else "D"
    return f"{side}{day:%y%m%d}{balance.currency}{_amount(balance)}"


def _movement(line: Line) -> str:
    booked = f"{line.value_date:%y%m%d}{line.business_date:%m%d}"
    code = _CODES.get(line.sort, "MSC")
    own, bank = line.posting_id[:REFERENCE_SIGNS], line.reference[:REFERENCE_SIGNS]
    return f":61:{booked}{_mark(line)}{_amount(line.amount)}N{code}{own}//{bank}{END}:86:{_details(line)}{END}"


def _mark(line: Line) -> str:
    """Credit or debit; what takes another movement back says which of the two that was."""
    if line.reverses:
        return "RD" if line.amount.minor > 0 else "RC"
    return "C" if line.amount.minor > 0 else "D"


def _amount(amount: Money) -> str:
    whole, _, rest = plain_amount(abs(amount)).partition(".")
    return f"{whole},{rest}"


def _details(line: Line) -> str:
    other = f"{line.other.name} {line.other.number}" if line.other is not None else ""
    text = " ".join(part for part in (telex(line.title), telex(other), telex(line.memo)) if part)
    lines = wrap(text, DETAIL_SIGNS - 1)[:DETAIL_LINES]
    # A line that began with one of these would be read as the next field, or as the end.
    return END.join(f".{each}" if each[0] in ":-" else each for each in lines)


def telex(text: str) -> str:
    """A text in the message's own letters, in one line."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "replace").decode().replace("?", ".")
    return " ".join(_NOT_TELEX.sub(".", " ".join(plain.split())).split())

"""OFX 2.2, what money managers import. A movement's FITID is its posting id, so importing twice adds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from portal.base.money import Money, plain_amount
from portal.institution.models import Institution
from portal.ledger.models import EntryKind
from portal.statements.formats.xml import DECLARATION, tag, words
from portal.statements.queries import Line, Statement

_HEADER = '<?OFX OFXHEADER="200" VERSION="220" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n'
_OK = "<STATUS><CODE>0</CODE><SEVERITY>INFO</SEVERITY></STATUS>"
_SORTS = {
    EntryKind.DEPOSIT.value: "DEP",
    EntryKind.WITHDRAWAL.value: "CASH",
    EntryKind.TRANSFER.value: "XFER",
    EntryKind.INTEREST_CREDIT.value: "INT",
    EntryKind.FEE.value: "SRVCHG",
    EntryKind.PAYMENT.value: "PAYMENT",
}
BANK_ID = "QUAYSIDE"
NAME_SIGNS, MEMO_SIGNS = 32, 255


def write(found: Statement, ours: Institution | None, at: datetime) -> Iterator[str]:
    """The file in pieces: who sends it, the account, its movements, both balances."""
    account, name = found.account, ours.name if ours else ""
    yield DECLARATION + _HEADER + "<OFX>"
    organisation = tag("FI", words("ORG", name or BANK_ID, most=NAME_SIGNS), words("FID", BANK_ID, most=NAME_SIGNS))
    yield tag("SIGNONMSGSRSV1", tag("SONRS", _OK, tag("DTSERVER", _moment(at)), tag("LANGUAGE", "ENG"), organisation))
    yield f"<BANKMSGSRSV1><STMTTRNRS><TRNUID>0</TRNUID>{_OK}<STMTRS>{tag('CURDEF', found.opening.currency)}"
    kind = "CHECKING" if account.product.kind == "current" else "SAVINGS"
    branch = tag("BRANCHID", account.branch.code)
    yield tag("BANKACCTFROM", tag("BANKID", BANK_ID), branch, tag("ACCTID", account.number), tag("ACCTTYPE", kind))
    yield f"<BANKTRANLIST>{tag('DTSTART', _day(found.start))}{tag('DTEND', _day(found.end))}"
    yield from map(_transaction, found.lines)
    yield "</BANKTRANLIST>"
    yield tag("LEDGERBAL", _amount("BALAMT", found.closing), tag("DTASOF", _day(found.end)))
    opening = _balance("Opening balance", found.opening, found.start)
    yield tag("BALLIST", opening, _balance("Closing balance", found.closing, found.end))
    yield "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"


def _transaction(line: Line) -> str:
    sort = _SORTS.get(line.sort) or ("CREDIT" if line.amount.minor > 0 else "DEBIT")
    return tag(
        "STMTTRN",
        tag("TRNTYPE", sort),
        tag("DTPOSTED", _day(line.business_date)),
        tag("DTAVAIL", _day(line.value_date)),
        _amount("TRNAMT", line.amount),
        tag("FITID", line.posting_id),
        tag("REFNUM", line.reference),
        words("NAME", line.title, most=NAME_SIGNS),
        words("MEMO", line.memo, most=MEMO_SIGNS),
    )


def _balance(name: str, balance: Money, day: date) -> str:
    facts = tag("NAME", name) + tag("DESC", name) + tag("BALTYPE", "DOLLAR")
    return tag("BAL", facts, _amount("VALUE", balance), tag("DTASOF", _day(day)))


def _amount(name: str, amount: Money) -> str:
    return tag(name, plain_amount(amount))


def _day(day: date) -> str:
    """Noon in UTC, so that no reader's own time zone makes it the day before or after."""
    return f"{day:%Y%m%d}120000.000[0:GMT]"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%d%H%M%S}.000[0:GMT]"

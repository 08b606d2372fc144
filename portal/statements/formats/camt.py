"""camt.053.001.08, the bank statement of ISO 20022, for accounting programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from portal.base.money import Money, plain_amount
from portal.institution.models import Institution
from portal.ledger.models import EntryKind
from portal.statements.formats.xml import DECLARATION, tag, words
from portal.statements.queries import Line, Statement

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
ID_SIGNS, TEXT_SIGNS, LONG_SIGNS = 35, 140, 500
# Domain, family and sub-family of the external code set: credit first, then debit.
_CODES = {
    EntryKind.DEPOSIT.value: ("PMNT", "CNTR", ("CDPT", "OTHR")),
    EntryKind.WITHDRAWAL.value: ("PMNT", "CNTR", ("OTHR", "CWDL")),
    EntryKind.TRANSFER.value: ("PMNT", ("RCDT", "ICDT"), ("BOOK", "BOOK")),
    EntryKind.PAYMENT.value: ("PMNT", ("RCDT", "ICDT"), ("DMCT", "DMCT")),
    EntryKind.INTEREST_CREDIT.value: ("ACMT", ("MCOP", "MDOP"), ("INTR", "INTR")),
    EntryKind.FEE.value: ("ACMT", ("MCOP", "MDOP"), ("CHRG", "CHRG")),
}
_OTHER = ("PMNT", ("MCOP", "MDOP"), ("OTHR", "OTHR"))


def write(found: Statement, ours: Institution | None, at: datetime) -> Iterator[str]:
    """The message in pieces: header, account, opening and closing balance, the sums, then each entry."""
    number = f"{found.account.number}-{found.start:%Y%m%d}-{found.end:%Y%m%d}"
    made = tag("CreDtTm", _moment(at))
    yield f'{DECLARATION}<Document xmlns="{NAMESPACE}"><BkToCstmrStmt>'
    yield tag("GrpHdr", words("MsgId", f"{number}", most=ID_SIGNS), made)
    yield "<Stmt>" + words("Id", number, most=ID_SIGNS) + made
    yield tag("FrToDt", tag("FrDtTm", f"{found.start}T00:00:00Z"), tag("ToDtTm", f"{found.end}T23:59:59Z"))
    yield _account(found, ours)
    # Interim codes say that a day of the period still takes entries.
    yield _balance("OPBD", found.opening, found.start)
    yield _balance("ITBD" if found.is_provisional else "CLBD", found.closing, found.end)
    yield _summary(found)
    yield from map(_entry, found.lines)
    yield "</Stmt></BkToCstmrStmt></Document>\n"


def _account(found: Statement, ours: Institution | None) -> str:
    account = found.account
    servicer = words("Nm", ours.name if ours else "Quayside", most=TEXT_SIGNS)
    branch = tag("BrnchId", tag("Id", account.branch.code), words("Nm", account.branch.name, most=TEXT_SIGNS))
    return tag(
        "Acct",
        tag("Id", tag("Othr", tag("Id", account.number))),
        tag("Ccy", found.opening.currency),
        words("Nm", account.name, most=70),
        tag("Ownr", words("Nm", account.customer.full_name, most=TEXT_SIGNS)),
        tag("Svcr", tag("FinInstnId", servicer), branch),
    )


def _balance(code: str, balance: Money, day: date) -> str:
    kind = tag("Tp", tag("CdOrPrtry", tag("Cd", code)))
    return tag("Bal", kind, _amount(balance), _side(balance), tag("Dt", tag("Dt", str(day))))


def _summary(found: Statement) -> str:
    into = [line for line in found.lines if line.credit]
    out = len(found.lines) - len(into)
    net = found.closing - found.opening
    total = _sum(len(found.lines), found.money_in + found.money_out)
    return tag(
        "TxsSummry",
        tag("TtlNtries", total, tag("TtlNetNtry", tag("Amt", plain_amount(abs(net))), _side(net))),
        tag("TtlCdtNtries", _sum(len(into), found.money_in)),
        tag("TtlDbtNtries", _sum(out, found.money_out)),
    )


def _sum(count: int, amount: Money) -> str:
    return tag("NbOfNtries", str(count)) + tag("Sum", plain_amount(amount))


def _entry(line: Line) -> str:
    domain, family, sub = _CODES.get(line.sort, _OTHER)
    way = 0 if line.amount.minor > 0 else 1
    family = family if isinstance(family, str) else family[way]
    code = tag("Domn", tag("Cd", domain), tag("Fmly", tag("Cd", family), tag("SubFmlyCd", sub[way])))
    return tag(
        "Ntry",
        tag("NtryRef", line.posting_id),
        _amount(line.amount),
        _side(line.amount),
        tag("RvslInd", "true") if line.reverses else "",
        tag("Sts", tag("Cd", "BOOK")),
        tag("BookgDt", tag("Dt", str(line.business_date))),
        tag("ValDt", tag("Dt", str(line.value_date))),
        tag("AcctSvcrRef", line.reference),
        tag("BkTxCd", code, tag("Prtry", words("Cd", line.sort, most=ID_SIGNS))),
        tag("NtryDtls", tag("TxDtls", _details(line))),
        words("AddtlNtryInf", line.title, most=LONG_SIGNS),
    )


def _details(line: Line) -> str:
    parts = tag("Refs", tag("AcctSvcrRef", line.reference)) + _amount(line.amount) + _side(line.amount)
    if line.other is not None:
        who = "Dbtr" if line.amount.minor > 0 else "Cdtr"
        name = tag(who, tag("Pty", words("Nm", line.other.name, most=TEXT_SIGNS)))
        parts += tag("RltdPties", name, tag(f"{who}Acct", tag("Id", tag("Othr", tag("Id", line.other.number)))))
    memo = words("Ustrd", line.memo, most=TEXT_SIGNS)
    return parts + (tag("RmtInf", memo) if memo else "")


def _amount(amount: Money) -> str:
    return tag("Amt", plain_amount(abs(amount)), Ccy=amount.currency)


def _side(amount: Money) -> str:
    return tag("CdtDbtInd", "CRDT" if amount.minor >= 0 else "DBIT")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

"""Handing statements out as files: what is written into them, and a line in the trail for each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import IO, Any

from django.db import transaction

from portal.access.capabilities import Capability
from portal.audit.models import Event
from portal.audit.services import record
from portal.base.errors import Refused
from portal.base.exports import Cell, csv_chunks, file_name, write_xlsx
from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.deposits.queries import account_for
from portal.documents.plan import DocumentPlan
from portal.documents.services import ask_for_document
from portal.outbox.models import Job
from portal.people.services import note_view
from portal.statements.periods import Period
from portal.statements.queries import Line, Statement, statement

DOWNLOADED = "statement downloaded"
MOST_A_MINUTE = 60
MOST_PDF_ROWS = 5000
ROWS_A_TABLE = 50
PDF = "statements.statement_pdf"

COLUMNS = (
    "account", "posting_id", "business_date", "value_date", "posted_at", "reference", "kind", "channel", "description",
    "memo", "currency", "debit", "credit", "amount", "balance",
)  # fmt: skip
_WIDTHS = (14, 16, 12, 12, 20, 14, 16, 12, 36, 36, 9, 14, 14, 14, 14)


class TooMany(Refused):
    """More files within a minute than a person reads."""

    code = "too_many"


def csv_file(*, account: DepositAccount, period: Period, bom: bool, by: Any, at: datetime) -> Iterator[str]:
    """The statement as CSV, in pieces, and a line in the trail. Refuses the sixty-first file within a minute."""
    found = _taken(account, period, "csv", by=by, at=at)
    return csv_chunks(COLUMNS, _rows(found), bom=bom)


def xlsx_file(*, account: DepositAccount, period: Period, by: Any, at: datetime) -> IO[bytes]:
    """The statement as a spreadsheet, open at its beginning, and a line in the trail. Refuses as `csv_file` does."""
    found = _taken(account, period, "xlsx", by=by, at=at)
    file = BytesIO()
    write_xlsx(file, sheet="Statement", header=COLUMNS, rows=_rows(found), widths=_WIDTHS)
    file.seek(0)
    return file


@transaction.atomic
def ask_for_pdf(*, account: DepositAccount, period: Period, origin: str, key: str, by: Any, at: datetime) -> Job:
    """Have the worker make the PDF; the same `key` gives back the same job. Refuses where PDF cannot be made."""
    _count(by, at)
    record(verb=DOWNLOADED, subject=account.number, detail=_detail(period, "pdf"), by=by, at=at)
    args = {"number": account.number, "start": period.start.isoformat(), "end": period.end.isoformat()}
    return ask_for_document(builder=PDF, args=args, origin=origin, key=f"{by.pk}:{key}", by=by, at=at)


def statement_pdf(*, by: Any, at: datetime, number: str, start: str, end: str) -> DocumentPlan:
    """What the worker makes a PDF of: the statement as `by` may see it now. Refuses more rows than paper is good for."""
    account = account_for(by, number, Capability.STATEMENT_DOWNLOAD)
    period = Period(date.fromisoformat(start), date.fromisoformat(end))
    found = statement(account, period.start, period.end)
    if len(found.lines) > MOST_PDF_ROWS:
        raise Refused(too_long_for_paper(len(found.lines)), code="too_long")
    rows = found.lines
    tables = [rows[first : first + ROWS_A_TABLE] for first in range(0, len(rows), ROWS_A_TABLE)]
    return DocumentPlan(
        kind="statement",
        title=f"Statement of account, {period.label}",
        filename=statement_name(account, period, "pdf"),
        template="statements/statement_pdf.html",
        context={"statement": found, "period": period, "tables": tables},
        subject=account.number,
    )


def note_reading(*, account: DepositAccount, period: Period, by: Any, at: datetime) -> None:
    """Write down that a member of staff read a customer's statement; customers reading their own leave no line."""
    note_view(customer=account.customer, viewer=by, reason=f"Statement {account.number}, {period.label}"[:120], at=at)


def too_long_for_paper(rows: int) -> str:
    return (
        f"This period has {rows:,} movements; a PDF holds {MOST_PDF_ROWS:,} at most. "
        "Take a shorter period, or CSV or XLSX, which hold any number."
    )


def statement_name(account: DepositAccount, period: Period, ending: str) -> str:
    """`statement-010100000142-2026-11-01-2026-11-30.csv`"""
    return file_name("statement", account.number, period.start.isoformat(), period.end.isoformat()) + f".{ending}"


@transaction.atomic
def _taken(account: DepositAccount, period: Period, form: str, *, by: Any, at: datetime) -> Statement:
    _count(by, at)
    found = statement(account, period.start, period.end)
    detail = {**_detail(period, form), "movements": len(found.lines)}
    record(verb=DOWNLOADED, subject=account.number, detail=detail, by=by, at=at)
    return found


def _count(by: Any, at: datetime) -> None:
    minute = Event.objects.filter(actor=by.pk, verb=DOWNLOADED, at__gt=at - timedelta(minutes=1))
    if minute.count() >= MOST_A_MINUTE:
        raise TooMany("These are many statements within a minute. Wait a moment and go on.")


def _detail(period: Period, form: str) -> dict[str, str]:
    return {"format": form, "start": period.start.isoformat(), "end": period.end.isoformat()}


def _rows(found: Statement) -> Iterator[list[Cell]]:
    """Both balances frame the movements, so that a period in which nothing happened is a whole file too."""
    yield _balance_row(found.account.number, "opening_balance", found.start, found.opening)
    for line in found.lines:
        yield _line_row(found.account.number, line)
    yield _balance_row(found.account.number, "closing_balance", found.end, found.closing)


def _balance_row(number: str, kind: str, day: date, balance: Money) -> list[Cell]:
    words = kind.replace("_", " ").capitalize()
    head: list[Cell] = [number, None, day, day, None, None, kind, None, words, None, balance.currency]
    return [*head, None, None, None, balance]


def _line_row(number: str, line: Line) -> list[Cell]:
    return [
        number, line.posting_id, line.business_date, line.value_date, line.posted_at, line.reference, line.sort,
        line.channel, line.title, line.memo, line.amount.currency, line.debit, line.credit, line.amount, line.balance_after,
    ]  # fmt: skip

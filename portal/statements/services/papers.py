"""What the worker makes paper of: a statement as data for its Typst template, the same statement as CSV inside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.dateformat import format as date_format

from portal.access.capabilities import Capability
from portal.base.errors import Refused
from portal.base.money import Money, format_amount
from portal.base.templatetags.portal import grouped
from portal.deposits.models import DepositAccount
from portal.deposits.queries import account_for
from portal.documents.plan import Attachment, DocumentPlan
from portal.statements.formats import text_of
from portal.statements.periods import Period
from portal.statements.queries.lines import Line, Statement, statement
from portal.statements.services.files import statement_name

MOST_PART_ROWS = 5000
"""A part of a long statement: what the renderer lays out in about two seconds and half a gigabyte."""
MOST_PDF_ROWS = 100_000
ROWS_A_TABLE = 50
KEPT = timedelta(hours=24)
TEMPLATE = "statements/statement.typ"


def statement_pdf(*, by: Any, at: datetime, number: str, start: str, end: str) -> list[DocumentPlan]:
    """The statement as `by` may see it now, kept for a day. Refuses more rows than paper is good for."""
    account = account_for(by, number, Capability.STATEMENT_DOWNLOAD)
    period = Period(date.fromisoformat(start), date.fromisoformat(end))
    return statement_plans(statement(account, period.start, period.end), period, at=at, keep=KEPT)


def statement_plans(
    found: Statement, period: Period, *, at: datetime, keep: timedelta | None = None
) -> list[DocumentPlan]:
    """One document, or for a very long statement its parts, each with what it begins and ends with.

    Refuses more rows than paper is good for.
    """
    if len(found.lines) > MOST_PDF_ROWS:
        raise Refused(too_long_for_paper(len(found.lines)), code="too_long")
    parts = _parts(found)
    return [_plan(part, period, n, len(parts), at, keep) for n, part in enumerate(parts, start=1)]


def too_long_for_paper(rows: int) -> str:
    return (
        f"This period has {rows:,} movements; a PDF holds {MOST_PDF_ROWS:,} at most. "
        "Take a shorter period, or CSV or XLSX, which hold any number."
    )


def _parts(found: Statement) -> list[Statement]:
    """The statement cut where memory asks for it; each part opens with what the one before it closed with."""
    rows = found.lines
    if len(rows) <= MOST_PART_ROWS:
        return [found]
    parts: list[Statement] = []
    for first in range(0, len(rows), MOST_PART_ROWS):
        opening = rows[first - 1].balance_after if first else found.opening
        parts.append(replace(found, opening=opening, lines=rows[first : first + MOST_PART_ROWS]))
    return parts


def _plan(part: Statement, period: Period, number: int, of: int, at: datetime, keep: timedelta | None) -> DocumentPlan:
    account, suffix = part.account, f"-part-{number}" if of > 1 else ""
    name = statement_name(account, period, "").rstrip(".") + suffix
    title = f"Statement of account, {period.label}" + (f", part {number} of {of}" if of > 1 else "")
    rows = "".join(text_of(part, "csv", ours=None, at=at))
    return DocumentPlan(
        kind="statement",
        title=title,
        filename=f"{name}.pdf",
        template=TEMPLATE,
        context=_context(part, period),
        subject=account.number,
        attachments=[Attachment(f"{name}.csv", "text/csv", "The same movements for another program", rows)],
        keep=keep,
    )


def _context(part: Statement, period: Period) -> dict[str, Any]:
    rows = [_row(line) for line in part.lines]
    currency = part.opening.currency
    return {
        "facts": _facts(part.account, part, period),
        "provisional": part.is_provisional,
        "headings": ["Date", "What", "Reference", f"Out, {currency}", "In", "Balance"],
        "tables": [rows[first : first + ROWS_A_TABLE] for first in range(0, len(rows), ROWS_A_TABLE)],
        "total_headings": ["Kind", "Number", f"Out, {currency}", "In"],
        "totals": [
            [total.label, str(total.count), format_amount(total.money_out), format_amount(total.money_in)]
            for total in part.totals
        ],
        "total_all": ["All", str(len(rows)), format_amount(part.money_out), format_amount(part.money_in)],
    }


def _facts(account: DepositAccount, part: Statement, period: Period) -> Sequence[tuple[str, str]]:
    return (
        ("Account", grouped(account.number)),
        ("Product", account.product.name),
        ("Holder", account.customer.full_name),
        ("Branch", account.branch.name),
        ("From", _day(period.start)),
        ("To", _day(period.end)),
        ("Opening balance", _balance(part.opening)),
        ("Closing balance", _balance(part.closing)),
        ("Money in", str(part.money_in)),
        ("Money out", str(part.money_out)),
    )


def _row(line: Line) -> dict[str, str]:
    return {
        "day": _day(line.business_date),
        "title": line.title,
        "note": line.note,
        "reference": line.reference,
        "reversed_by": line.reversed_by,
        "out": format_amount(line.debit) if line.debit else "",
        "into": format_amount(line.credit) if line.credit else "",
        "balance": format_amount(line.balance_after),
    }


def _balance(amount: Money) -> str:
    return f"{amount} overdrawn" if amount.minor < 0 else str(amount)


def _day(day: date) -> str:
    """`21 Nov 2026`, with spaces that do not break."""
    return date_format(day, "j\N{NO-BREAK SPACE}M\N{NO-BREAK SPACE}Y")

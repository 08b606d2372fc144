"""Files for other programs, one law for all of them.

CSV: UTF-8 (a byte order mark on request), RFC 4180, ISO dates, a point for decimals, no thousands marks. Text that a
spreadsheet would take for a formula is disarmed by a leading apostrophe; amounts are digits of our own making and stay.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from portal.base.money import Money, exponent, plain_amount

BOM = "\ufeff"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK_ROWS = 200
MOST_DECIMALS = 4
_FORMULA = re.compile(r"^[\s\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_NAME = re.compile(r"[^A-Za-z0-9._-]+")

Cell = str | int | Money | date | datetime | None


def disarmed(text: str) -> str:
    """Text that no spreadsheet runs as a formula, without control characters."""
    clean = _CONTROL.sub("", text)
    return f"'{clean}" if _FORMULA.match(clean) else clean


def one_line(text: str) -> str:
    """Text for formats in which a line is a record: every run of breaks and controls becomes one blank."""
    return _BREAKS.sub(" ", text).strip()


def plain_moment(moment: datetime) -> str:
    """A moment in UTC to the second: `2026-11-21T10:00:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_text(cell: Cell) -> str:
    """One cell of a CSV file."""
    if cell is None:
        return ""
    if isinstance(cell, Money):
        return plain_amount(cell)
    if isinstance(cell, datetime):
        return plain_moment(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return disarmed(cell) if isinstance(cell, str) else str(cell)


class _Line:
    """What `csv.writer` writes to: hands the line straight back."""

    def write(self, line: str) -> str:
        return line


def csv_chunks(header: Sequence[str], rows: Iterable[Sequence[Cell]], *, bom: bool = False) -> Iterator[str]:
    """The file in pieces of a few hundred rows: as many rows as one likes in the memory of one piece."""
    writer = csv.writer(_Line())
    piece = [(BOM if bom else "") + str(writer.writerow(header))]
    for row in rows:
        piece.append(str(writer.writerow([as_text(cell) for cell in row])))
        if len(piece) >= CHUNK_ROWS:
            yield "".join(piece)
            piece = []
    yield "".join(piece)


def write_xlsx(
    file: IO[bytes], *, sheet: str, header: Sequence[str], rows: Iterable[Sequence[Cell]], widths: Sequence[int] = ()
) -> None:
    """One sheet, written row by row in constant memory: amounts as numbers, dates as dates, text never as a formula."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    book = xlsxwriter.Workbook(file, options)
    page = book.add_worksheet(sheet)
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1}),
        **{f"money{digits}": book.add_format({"num_format": _pattern(digits)}) for digits in range(MOST_DECIMALS + 1)},
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }
    for column, width in enumerate(widths):
        page.set_column(column, column, width)
    page.freeze_panes(1, 0)
    for column, name in enumerate(header):
        page.write_string(0, column, name, formats["head"])
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            _write_cell(page, number, column, cell, formats)
    book.close()


def _write_cell(page: Any, row: int, column: int, cell: Cell, formats: dict[str, Any]) -> None:
    if isinstance(cell, Money):
        # The sheet keeps numbers as decimal text of up to 16 digits: the Decimal's own digits, no sum is made of them.
        page.write_number(row, column, cell.to_decimal(), formats[f"money{exponent(cell.currency)}"])
    elif isinstance(cell, datetime):
        page.write_datetime(row, column, cell.astimezone(UTC), formats["moment"])
    elif isinstance(cell, date):
        page.write_datetime(row, column, cell, formats["date"])
    elif isinstance(cell, int):
        page.write_number(row, column, Decimal(cell))
    elif cell is not None:
        page.write_string(row, column, disarmed(cell))


def _pattern(digits: int) -> str:
    return "#,##0." + "0" * digits if digits else "#,##0"


def file_name(*parts: str) -> str:
    """Parts joined by dashes, in letters, digits, dots and dashes only."""
    return _NAME.sub("-", "-".join(part for part in parts if part)).strip("-.")


def download(body: Iterable[str] | IO[bytes], *, name: str, media_type: str) -> HttpResponseBase:
    """An answer that the browser keeps as a file and never shows inside the site. Text is sent as it is made."""
    response: HttpResponseBase
    if hasattr(body, "read"):
        response = FileResponse(body, content_type=media_type)
    else:
        response = StreamingHttpResponse(body, content_type=f"{media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response

"""A statement written for other programs: one `Statement` in, pieces of text or a file out.

Each format shows the same opening balance, movements and closing balance; none asks the database for anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO

from portal.base.exports import XLSX_TYPE, csv_chunks, write_xlsx
from portal.institution.models import Institution
from portal.statements.formats import camt, mt940, ofx, plaintext, qif, rows
from portal.statements.queries import Statement

Writer = Callable[[Statement, Institution | None, datetime], Iterator[str]]
"""Pieces of the file. The institution is who issues it, the moment when."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format by what a person calls it, how its file ends, and what it is good for."""

    label: str
    ending: str
    media_type: str
    use: str
    write: Writer | None = None
    is_common: bool = False


def _csv(found: Statement, _ours: Institution | None, _at: datetime, *, bom: bool = False) -> Iterator[str]:
    return csv_chunks(rows.COLUMNS, rows.of(found), bom=bom)


FORMATS = {
    "csv": Format("CSV", "csv", "text/csv", "Any program that reads tables", _csv, is_common=True),
    "csv-excel": Format(
        "CSV for Excel",
        "csv",
        "text/csv",
        "The same, with the mark Excel needs",
        partial(_csv, bom=True),
        is_common=True,
    ),
    "xlsx": Format("XLSX", "xlsx", XLSX_TYPE, "A spreadsheet", is_common=True),
    "ofx": Format("OFX", "ofx", "application/x-ofx", "GnuCash, Quicken and other money managers", ofx.write),
    "qif": Format(
        "QIF", "qif", "application/qif", "Older programs; it cannot tell a movement imported before", qif.write
    ),
    "camt": Format("camt.053", "xml", "application/xml", "Accounting programs (ISO 20022)", camt.write),
    "mt940": Format("MT940", "sta", "text/plain", "Older accounting programs (SWIFT)", mt940.write),
    "hledger": Format("hledger", "journal", "text/plain", "Plain-text accounting", plaintext.hledger),
    "beancount": Format("beancount", "beancount", "text/plain", "Plain-text accounting", plaintext.beancount),
}
"""Every format but PDF, by the name it has in an address."""


def text_of(found: Statement, name: str, *, ours: Institution | None, at: datetime) -> Iterator[str]:
    """The statement in one of the formats that are text, in pieces."""
    write = FORMATS[name].write
    if write is None:
        raise ValueError(f"{name} is no text")
    return write(found, ours, at)


def bytes_of(found: Statement, name: str, *, ours: Institution | None, at: datetime) -> bytes:
    """The whole file, in any of the formats."""
    if FORMATS[name].write is not None:
        return "".join(text_of(found, name, ours=ours, at=at)).encode()
    file = BytesIO()
    write_xlsx(file, sheet="Statement", header=rows.COLUMNS, rows=rows.of(found), widths=rows.WIDTHS)
    return file.getvalue()

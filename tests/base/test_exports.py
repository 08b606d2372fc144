"""The law of exported files."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.base.exports import as_text, csv_chunks, disarmed, file_name, write_xlsx
from portal.base.money import Money

EVIL = ["=1+1", "+1", "-1+cmd", "@SUM(A1)", "\t=1", "\r=1", " =1", "\ufeff=1", "\uff1d1"]


@pytest.mark.parametrize("text", EVIL)
def test_what_a_spreadsheet_would_run_is_disarmed(text: str) -> None:
    assert disarmed(text).startswith("'")


@pytest.mark.parametrize("text", ["Rent", "a=b", "Ama Mensah", "", "10%", "«=»"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert disarmed(text) == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (Money(-125000, "GHS"), "-1250.00"),
        (Money(7, "JPY"), "7"),
        (date(2024, 2, 29), "2024-02-29"),
        (datetime(2026, 11, 21, 1, 0, tzinfo=timezone(timedelta(hours=2))), "2026-11-20T23:00:00Z"),
        (12, "12"),
    ],
)
def test_a_cell_is_written_one_way_everywhere(cell: object, text: str) -> None:
    assert as_text(cell) == text  # type: ignore[arg-type]  # each of them is a cell


@given(st.lists(st.tuples(st.text(), st.text()), max_size=600))
def test_any_program_reads_back_every_row(rows: list[tuple[str, str]]) -> None:
    text = "".join(csv_chunks(("one", "other"), rows))
    header, *found = csv.reader(io.StringIO(text, newline=""))
    assert header == ["one", "other"]
    assert found == [[disarmed(one), disarmed(other)] for one, other in rows]


def test_a_large_file_comes_in_pieces() -> None:
    pieces = list(csv_chunks(("n",), ((number,) for number in range(1000)), bom=True))
    assert len(pieces) == 6
    assert pieces[0].startswith("\ufeffn\r\n0\r\n")


def test_a_sheet_has_numbers_dates_and_harmless_text() -> None:
    file = io.BytesIO()
    moment = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)
    row = ("=1+1", Money(99_999_999_999_999, "GHS"), date(2026, 11, 21), moment, 3, None)
    write_xlsx(file, sheet="Sheet", header=("a", "b", "c", "d", "e", "f"), rows=[row], widths=(10,))
    (cells,) = openpyxl.load_workbook(io.BytesIO(file.getvalue())).active.iter_rows(min_row=2)
    assert [cell.data_type for cell in cells] == ["s", "n", "d", "d", "n", "n"]
    assert cells[0].value == "'=1+1"
    assert Decimal(str(cells[1].value)) == Decimal("999999999999.99")
    assert (cells[2].value.date(), cells[3].value) == (date(2026, 11, 21), moment.replace(tzinfo=None))


def test_a_files_name_is_plain() -> None:
    assert file_name("statement", "../a b\r\n", "", "ü") == "statement-..-a-b"

"""Other programs read the statement back, and each finds what the statement says."""

from __future__ import annotations

import csv
import io
import re
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import mt940
import pytest
from beancount import loader
from beancount.core.data import Balance, Transaction
from lxml import etree
from ofxtools.Parser import OFXTree

from portal.base.money import plain_amount
from portal.institution.queries import institution
from portal.statements.formats import FORMATS, bytes_of
from portal.statements.formats.camt import NAMESPACE
from portal.statements.periods import Period
from portal.statements.queries import Statement, statement
from tests.books import old_days, pay_in, pay_out, send
from tests.cast import NOW, Cast, ghs

YEAR, EMPTY = Period(date(2026, 1, 1), date(2026, 12, 31)), Period(date(2025, 1, 1), date(2025, 1, 31))
XSD = Path(__file__).with_name("camt_used.xsd")
NASTY = [
    "=1+1",
    "; comment",
    '“quotes” "and" \\',
    "a\nb\tc\x00d\x1b",
    "<Amt>&]]>",
    "^\nT99\n!Type",
    "| pipe",
    "ʘ é 你好 \U0001f600",
]


@pytest.fixture
def moved(cast: Cast) -> Cast:
    """A year of movements with words that other programs could take for orders."""
    account = cast.ama_savings
    with old_days(cast.north, date(2024, 2, 1)):
        pay_in(account, "3333.03", day=date(2024, 2, 1))
        for number, memo in enumerate(NASTY, start=1):
            pay_in(account, f"{number * 11}.{number:02d}", day=date(2026, number, 2), memo=memo.replace("\x00", ""))
        pay_out(account, "77.10", day=date(2026, 9, 1), fee="1.50", memo="Rent")
    send(account, cast.kofi_savings, "12.34", memo="May; and June")
    send(cast.kofi_savings, account, "1.00")
    return cast


def _found(cast: Cast, period: Period) -> Statement:
    return statement(cast.ama_savings, period.start, period.end)


def _written(found: Statement, form: str) -> bytes:
    return bytes_of(found, form, ours=institution(), at=NOW)


def _amounts(found: Statement) -> list[Decimal]:
    return [line.amount.to_decimal() for line in found.lines]


both_periods = pytest.mark.parametrize("period", [YEAR, EMPTY])


@both_periods
def test_ofx_is_read_back(moved: Cast, period: Period) -> None:
    found = _found(moved, period)
    read = _ofx(found)
    assert [entry.trnamt for entry in read.transactions] == _amounts(found)
    assert [entry.fitid for entry in read.transactions] == [line.posting_id for line in found.lines]
    assert read.ledgerbal.balamt == found.closing.to_decimal()
    assert [balance.value for balance in read.ballist] == [found.opening.to_decimal(), found.closing.to_decimal()]
    assert read.account.acctid == found.account.number


def _ofx(found: Statement) -> Any:
    tree = OFXTree()
    tree.parse(io.BytesIO(_written(found, "ofx")))
    return tree.convert().statements[0]


def test_importing_ofx_twice_or_for_overlapping_days_adds_nothing(moved: Cast) -> None:
    """A money manager keeps what it has by FITID; ids neither change nor repeat."""
    taken: dict[str, Decimal] = {}
    for period in (YEAR, YEAR, Period(date(2026, 3, 1), date(2026, 11, 30))):
        taken |= {entry.fitid: entry.trnamt for entry in _ofx(_found(moved, period)).transactions}
    pay_in(moved.ama_savings, "5.00")
    taken |= {entry.fitid: entry.trnamt for entry in _ofx(_found(moved, YEAR)).transactions}
    assert sum(taken.values()) == sum(_amounts(_found(moved, YEAR)))


@both_periods
def test_camt_follows_its_schema_and_says_the_same(moved: Cast, period: Period) -> None:
    found = _found(moved, period)
    document = etree.fromstring(_written(found, "camt"))
    etree.XMLSchema(etree.parse(XSD)).assertValid(document)
    names = {"c": NAMESPACE}
    entries = document.findall(".//c:Ntry", names)
    assert [_signed(entry, names) for entry in entries] == _amounts(found)
    assert [entry.findtext("c:NtryRef", None, names) for entry in entries] == [line.posting_id for line in found.lines]
    opening, closing = document.findall(".//c:Bal", names)
    assert (_signed(opening, names), _signed(closing, names)) == (
        found.opening.to_decimal(),
        found.closing.to_decimal(),
    )


def _signed(element: Any, names: dict[str, str]) -> Decimal:
    amount = Decimal(element.findtext("c:Amt", None, names))
    return amount if element.findtext("c:CdtDbtInd", None, names) == "CRDT" else -amount


def test_the_schema_refuses_what_is_out_of_order(moved: Cast) -> None:
    body = _written(_found(moved, YEAR), "camt").replace(b"<CdtDbtInd>CRDT</CdtDbtInd>", b"", 1)
    assert not etree.XMLSchema(etree.parse(XSD)).validate(etree.fromstring(body))


@both_periods
def test_qif_adds_up_to_the_closing_balance(moved: Cast, period: Period) -> None:
    found = _found(moved, period)
    text = _written(found, "qif").decode()
    head, _, body = text.partition("!Type:Bank\n")
    records = [record.split("\n") for record in body.split("^\n") if record]
    amounts = [Decimal(line[1:]) for record in records for line in record if line.startswith("T")]
    assert amounts == [found.opening.to_decimal(), *_amounts(found)]
    assert f"${plain_amount(found.closing)}" in head
    assert sum(amounts) == found.closing.to_decimal()


@both_periods
def test_mt940_is_read_back(moved: Cast, period: Period) -> None:
    found = _found(moved, period)
    read = _mt940(found)
    opening, closing = read.data["final_opening_balance"], read.data["final_closing_balance"]
    assert (opening.amount.amount, closing.amount.amount) == (
        found.opening.to_decimal(),
        found.closing.to_decimal(),
    )
    assert [each.data["amount"].amount for each in read if each.data] == _amounts(found)
    ids = [each.data["customer_reference"] for each in read if each.data]
    assert ids == [line.posting_id for line in found.lines]
    days = [each.data["date"] for each in read if each.data]
    assert days == [line.value_date for line in found.lines]


def test_mt940_has_telex_letters_and_no_line_that_begins_another_field(moved: Cast) -> None:
    text = _written(_found(moved, YEAR), "mt940").decode("ascii")
    assert re.fullmatch(r"[A-Za-z0-9/\-?:().,'+ \r\n]*", text)
    lines = text.split("\r\n")
    assert max(map(len, lines)) <= 70
    assert all(re.match(r":\d\d[A-Z]?:", line) for line in lines if line.startswith(":"))


def test_importing_mt940_twice_adds_nothing(moved: Cast) -> None:
    taken: dict[str, Decimal] = {}
    for _ in range(2):
        taken |= {
            each.data["customer_reference"]: each.data["amount"].amount
            for each in _mt940(_found(moved, YEAR))
            if each.data
        }
    assert sum(taken.values()) == sum(_amounts(_found(moved, YEAR)))


def _mt940(found: Statement) -> Any:
    return mt940.parse(_written(found, "mt940").decode(), options=mt940.Options.all())


@pytest.mark.needs("hledger")
@both_periods
def test_hledger_checks_it_and_finds_the_balance(moved: Cast, period: Period, tmp_path: Path) -> None:
    found, journal = _found(moved, period), tmp_path / "a.journal"
    journal.write_bytes(_written(found, "hledger"))
    _hledger("-f", str(journal), "check", "--strict", "ordereddates")
    rows = list(csv.reader(_hledger("-f", str(journal), "register", "Assets", "-O", "csv").splitlines()[1:]))
    assert [Decimal(row[5].removesuffix(" GHS")) for row in rows][1:-1] == _amounts(found)
    assert Decimal(rows[-1][6].removesuffix(" GHS") or "0") == found.closing.to_decimal()


@pytest.mark.needs("hledger")
def test_hledger_imports_the_csv_once(moved: Cast, tmp_path: Path) -> None:
    found, main = _found(moved, YEAR), tmp_path / "main.journal"
    main.touch()
    (tmp_path / "a.csv").write_bytes(_written(found, "csv"))
    rules = "skip 1\nfields ,id,date,,,,kind,,description,,,,,amount,\ncurrency GHS \naccount1 Assets:Bank\nif %kind _balance\n skip\n"
    (tmp_path / "a.csv.rules").write_text(rules)
    for _ in range(2):
        _hledger("-f", str(main), "import", str(tmp_path / "a.csv"))
    total = _hledger("-f", str(main), "balance", "Assets", "-N", "-O", "csv").splitlines()[1]
    assert Decimal(total.split('"')[3].removeprefix("GHS ").replace(",", "")) == sum(_amounts(found))


def _hledger(*words: str) -> str:
    return subprocess.run(["hledger", *words], capture_output=True, text=True, check=True, encoding="utf-8").stdout


@both_periods
def test_beancount_loads_it_and_finds_the_balance(moved: Cast, period: Period, tmp_path: Path) -> None:
    found, ledger = _found(moved, period), tmp_path / "a.beancount"
    ledger.write_bytes(_written(found, "beancount"))
    entries, errors, _ = loader.load_file(str(ledger))
    assert errors == []
    movements = [entry for entry in entries if isinstance(entry, Transaction) and entry.links]
    units = [entry.postings[0].units for entry in movements]
    assert [each.number for each in units if each] == _amounts(found)
    assert [entry.amount.number for entry in entries if isinstance(entry, Balance)] == [found.closing.to_decimal()]


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_the_same_file_for_the_same_books(moved: Cast, form: str) -> None:
    found = _found(moved, YEAR)
    if form != "xlsx":  # which says when it was made
        assert _written(found, form) == _written(_found(moved, YEAR), form)
    assert _written(_found(moved, EMPTY), form)


def test_a_cent_less_is_noticed(moved: Cast, tmp_path: Path) -> None:
    """What the assertions in the files are worth: a movement changed by a cent makes beancount complain."""
    found, ledger = _found(moved, YEAR), tmp_path / "a.beancount"
    amount = f"Assets:Quayside:{found.account.number}  {plain_amount(ghs('33.03'))}"
    text = _written(found, "beancount").decode()
    assert amount in text
    ledger.write_text(text.replace(amount, amount[:-1] + "2").replace("-33.03", "-33.02"))
    assert loader.load_file(str(ledger))[1]

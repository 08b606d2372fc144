"""Reading another bank's files: each row becomes a typed record, is left out by a rule, or is rejected with its reason."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from portal.base.errors import Refused
from portal.base.money import parse_amount
from portal.deposits.numbers import SERIALS, account_number
from portal.home.importing.mapping import BadMapping, Mapping, Rule, Sheet

Row = dict[str, str]
_LONGEST_ID = 60


class Reject(NamedTuple):
    """A row that cannot be loaded, and why."""

    file: str
    line: int
    key: str
    reason: str


class CustomerRow(NamedTuple):
    """One person of the other bank; `key` is the number there."""

    key: str
    number: str
    full_name: str
    birth_date: date | None


class AccountRow(NamedTuple):
    """One account there, under the number it gets here."""

    key: str
    number: str
    opened_on: date
    customer_key: str


class MovementRow(NamedTuple):
    """One movement. Amounts in minor units, above zero; `recorded_minor` is the balance that the bank wrote beside it."""

    key: str
    account_key: str
    day: date
    amount_minor: int
    rule: Rule
    memo: str
    recorded_minor: int | None


@dataclass(slots=True)
class Books:
    """Everything that was read. Movements come in the order of their days, on one day what comes in before what goes out."""

    customers: dict[str, CustomerRow] = field(default_factory=dict)
    accounts: dict[str, AccountRow] = field(default_factory=dict)
    movements: list[MovementRow] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


class _Bad(ValueError):
    """What is wrong with a row, in words for the report."""


def read_books(mapping: Mapping, folder: Path) -> Books:
    """Read all files of another bank and check every row. Writes nothing. Refused: a missing file or column."""
    reader = _Reader(mapping, folder)
    reader.read_customers()
    reader.read_owners()
    reader.read_accounts()
    reader.keep_owners_alone()
    reader.read_movements()
    # The bank does not say in which order a day went: what comes in first, so that nothing is overdrawn needlessly.
    reader.books.movements.sort(key=lambda each: (each.day, not each.rule.inward))
    return reader.books


class _Reader:
    def __init__(self, mapping: Mapping, folder: Path) -> None:
        self.mapping, self.folder, self.books = mapping, folder, Books()
        self.owners: dict[str, str] = {}
        self.seen: set[str] = set()
        self.days: dict[str, date] = {}

    # The four files --------------------------------------------------------------------------------------------

    def read_customers(self) -> None:
        self._each(self.mapping.customers, self._customer)

    def read_owners(self) -> None:
        self._each(self.mapping.owners, self._owner)

    def read_accounts(self) -> None:
        self._each(self.mapping.accounts, self._account)

    def read_movements(self) -> None:
        self._each(self.mapping.movements, self._movement)

    def keep_owners_alone(self) -> None:
        """Customers who own none of the accounts stay behind."""
        owning = {account.customer_key for account in self.books.accounts.values()}
        kept = {key: customer for key, customer in self.books.customers.items() if key in owning}
        self.books.left_out["customers without an account"] += len(self.books.customers) - len(kept)
        self.books.customers = kept

    # One row ---------------------------------------------------------------------------------------------------

    def _customer(self, row: Row, columns: Table[str, str]) -> None:
        key, texts = self._key(row, columns["id"], self.books.customers), self.mapping.customers.texts
        born = row[columns["birth_date"]] if "birth_date" in columns else ""
        number, name = texts["number"].format_map(row), texts["name"].format_map(row)
        if not (number.isascii() and number.isdigit() and len(number) <= 12):
            raise _Bad(f"{number} cannot be a customer's number")
        birth_date = self._day(born, offset=self.mapping.month_offset) if born else None
        self.books.customers[key] = CustomerRow(key, number, name, birth_date)

    def _owner(self, row: Row, columns: Table[str, str]) -> None:
        account, customer = row[columns["account"]], row[columns["customer"]]
        if account in self.owners:
            raise _Bad(f"account {account} has an owner already")
        if customer not in self.books.customers:
            raise _Bad(f"there is no customer {customer}")
        self.owners[account] = customer

    def _account(self, row: Row, columns: Table[str, str]) -> None:
        key = self._key(row, columns["id"], self.books.accounts)
        opened_on = self._day(row[columns["opened_on"]])
        serial = self.mapping.accounts.texts["serial"].format_map(row)
        if not (serial.isascii() and serial.isdigit() and 0 < int(serial) < SERIALS):
            raise _Bad(f"{serial} cannot be the serial of an account number")
        if key not in self.owners:
            raise _Bad("nobody owns this account")
        if opened_on > self.mapping.last_day:
            self.books.left_out["accounts opened after the last day"] += 1
            return
        place = self.mapping.place
        number = account_number(place.code, place.product_code, int(serial))
        self.books.accounts[key] = AccountRow(key, number, opened_on, self.owners[key])

    def _movement(self, row: Row, columns: Table[str, str]) -> None:
        key = self._key(row, columns["id"], self.seen)
        self.seen.add(key)
        day = self._day(row[columns["date"]])
        if day > self.mapping.last_day:
            self.books.left_out["movements after the last day"] += 1
            return
        account = self.books.accounts.get(row[columns["account"]])
        if account is None:
            raise _Bad(f"there is no account {row[columns['account']]}")
        if day < account.opened_on:
            raise _Bad(f"the day {day} lies before the account was opened")
        amount = self._amount(row[columns["amount"]])
        if amount <= 0:
            raise _Bad("the amount must be above 0")
        recorded = self._amount(row[columns["balance"]]) if row.get(columns.get("balance", ""), "") else None
        rule = self._rule(row)
        memo = " ".join(rule.memo.format_map(row).split())[:140]
        self.books.movements.append(MovementRow(key, account.key, day, amount, rule, memo, recorded))

    # Parts of a row --------------------------------------------------------------------------------------------

    def _key(self, row: Row, column: str, known: Table[str, object] | set[str]) -> str:
        key = row[column]
        if not key or len(key) > _LONGEST_ID:
            raise _Bad(f"{column} is missing or too long")
        if key in known:
            raise _Bad(f"{column} {key} stands here a second time")
        return key

    def _day(self, text: str, *, offset: int = 0) -> date:
        """A day of the mapping's format. `offset` is taken from a month that carries it."""
        if not offset and text in self.days:
            return self.days[text]
        day = self._parsed(text) or (self._parsed(_shifted(text, offset)) if offset else None)
        if day is None:
            raise _Bad(f"{text or 'nothing'} is no day")
        if not offset:
            self.days[text] = day
        return day

    def _parsed(self, text: str) -> date | None:
        try:
            day = datetime.strptime(text, self.mapping.date_format).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            return None
        if "%y" not in self.mapping.date_format:
            return day
        year = self.mapping.latest_year - (self.mapping.latest_year - day.year) % 100
        try:
            return day.replace(year=year)
        except ValueError:
            return None

    def _amount(self, text: str) -> int:
        """Minor units; a balance may have a minus before it."""
        negative = text.startswith("-")
        try:
            minor = parse_amount(text.removeprefix("-"), self.mapping.currency).minor
        except Refused as refusal:
            raise _Bad(f"{text or 'nothing'} is no amount: {refusal.message}") from refusal
        return -minor if negative else minor

    def _rule(self, row: Row) -> Rule:
        for rule in self.mapping.rules:
            if all(row[column] == value for column, value in rule.when.items()):
                return rule
        columns = {column for rule in self.mapping.rules for column in rule.when}
        values = ", ".join(f"{column} {row[column] or 'empty'}" for column in sorted(columns))
        raise _Bad(f"no rule says what this is: {values}")

    # Files -----------------------------------------------------------------------------------------------------

    def _each(self, sheet: Sheet, take: Callable[[Row, Table[str, str]], None]) -> None:
        """Hand every row of a file to `take`; a row that it refuses is rejected with its line number."""
        known = next(iter(sheet.columns.values()))
        for line, row in _rows(self.folder / sheet.file, self.mapping, self._needed(sheet), self.books.rejects):
            if any(row[column] not in values for column, values in sheet.keep.items()):
                self.books.left_out[f"rows of {sheet.file} that the mapping does not keep"] += 1
                continue
            try:
                take(row, sheet.columns)
            except _Bad as bad:
                self.books.rejects.append(Reject(sheet.file, line, row[known], str(bad)))

    def _needed(self, sheet: Sheet) -> set[str]:
        ruled = (
            {column for rule in self.mapping.rules for column in rule.when}
            if sheet is self.mapping.movements
            else set()
        )
        return {*sheet.columns.values(), *sheet.keep, *ruled}


def _shifted(text: str, offset: int) -> str:
    """A birth number of six digits without the offset in its month."""
    if len(text) != 6 or not text.isdigit() or int(text[2:4]) <= offset:
        return ""
    return f"{text[:2]}{int(text[2:4]) - offset:02d}{text[4:]}"


def _rows(path: Path, mapping: Mapping, needed: set[str], rejects: list[Reject]) -> Iterator[tuple[int, Row]]:
    """The rows of a CSV file, packed or not, with their line numbers; values without spaces around them.

    A row with too few or too many values is rejected. A file that breaks off is refused as a whole.
    """
    try:
        with _opened(path) as raw, io.TextIOWrapper(raw, encoding=mapping.encoding, newline="") as text:
            reader = csv.reader(text, delimiter=mapping.delimiter)
            heads = [head.strip() for head in next(reader, [])]
            missing = sorted(needed - set(heads))
            if missing:
                raise BadMapping(f"{path.name} has no column {missing[0]}; it has {', '.join(heads) or 'none'}.")
            for values in reader:
                if len(values) == len(heads):
                    yield reader.line_num, {head: value.strip() for head, value in zip(heads, values, strict=True)}
                elif values:
                    reason = f"has {len(values)} values instead of {len(heads)}"
                    rejects.append(Reject(path.name, reader.line_num, values[0], reason))
    except OSError as error:
        raise BadMapping(f"{path} cannot be read: {error.strerror or error}.") from error
    except (csv.Error, UnicodeDecodeError, EOFError, zlib.error) as error:
        raise BadMapping(f"{path.name} cannot be read to its end: {error}.") from error


def _opened(path: Path) -> gzip.GzipFile | io.BufferedReader:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")

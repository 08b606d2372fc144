"""A mapping file (TOML): which of another bank's columns means what. `portal/home/mappings/berka.toml` is a worked one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Table
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from portal.base.errors import Refused
from portal.ledger.models import EntryKind

MAPPINGS = Path(__file__).parent.parent / "mappings"


class BadMapping(Refused):
    """The mapping file does not say what is needed, or says what is not known."""

    code = "mapping"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file and its columns. Rows in which a column of `keep` has another value than those listed are left out."""

    file: str
    columns: Table[str, str]
    keep: Table[str, tuple[str, ...]]
    texts: Table[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a movement is, when its columns have these values: the first rule that fits counts.

    `inward` adds to the account; `against` is the other side, by its code in the branch's chart of accounts.
    """

    when: Table[str, str]
    kind: EntryKind
    inward: bool
    against: str
    channel: str
    memo: str


@dataclass(frozen=True, slots=True)
class Place:
    """The branch the accounts come to, the product they become, and its cash: all amounts in minor units.

    `cashier` is who works there when the demonstration is on: somebody made up, to try the counter with.
    """

    code: str
    name: str
    product_code: str
    product_name: str
    product_kind: str
    notes_minor: tuple[int, ...]
    coins_minor: tuple[int, ...]
    drawer_limit_minor: int
    at_once_minor: int
    cashier: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """Everything the import needs to know of the other bank.

    `latest_year` is the century of two-digit years: they lie in the hundred years up to it. What is dated after
    `last_day` is left out. `tolerance_minor` is how far a balance may be from the recorded one.
    """

    name: str
    currency: str
    date_format: str
    latest_year: int
    delimiter: str
    encoding: str
    last_day: date
    tolerance_minor: int
    month_offset: int
    place: Place
    customers: Sheet
    accounts: Sheet
    owners: Sheet
    movements: Sheet
    rules: tuple[Rule, ...]


def read_mapping(name_or_path: str) -> Mapping:
    """A mapping that comes with Quayside by its name (`berka`), any other by the path of its file. Refused: `BadMapping`."""
    path = MAPPINGS / f"{name_or_path}.toml"
    if not path.is_file():
        path = Path(name_or_path)
    try:
        return _mapping(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        known = ", ".join(sorted(each.stem for each in MAPPINGS.glob("*.toml")))
        raise BadMapping(f"There is no mapping {name_or_path}. Give a file, or one of: {known}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadMapping(f"{path.name} is no TOML: {error}.") from error
    except KeyError as error:
        raise BadMapping(f"{path.name} does not say {error}.") from error
    except (TypeError, ValueError) as error:
        raise BadMapping(f"{path.name}: {error}.") from error


def _mapping(table: Table[str, Any]) -> Mapping:
    return Mapping(
        name=table["name"],
        currency=table["currency"],
        date_format=table["date_format"],
        latest_year=table["latest_year"],
        delimiter=table.get("delimiter", ","),
        encoding=table.get("encoding", "utf-8"),
        last_day=table["last_day"],
        tolerance_minor=table.get("tolerance_minor", 0),
        month_offset=table["customers"].get("birth_month_offset", 0),
        place=_place(table),
        customers=_sheet(table["customers"], ("id",), ("name", "number")),
        accounts=_sheet(table["accounts"], ("id", "opened_on"), ("serial",)),
        owners=_sheet(table["owners"], ("account", "customer"), ()),
        movements=_sheet(table["movements"], ("id", "account", "date", "amount"), ()),
        rules=tuple(_rule(each) for each in table["movements"]["kinds"]),
    )


def _place(table: Table[str, Any]) -> Place:
    branch, product, cash = table["branch"], table["product"], table["cash"]
    return Place(
        code=branch["code"],
        name=branch["name"],
        product_code=product["code"],
        product_name=product["name"],
        product_kind=product["kind"],
        notes_minor=tuple(cash["notes_minor"]),
        coins_minor=tuple(cash["coins_minor"]),
        drawer_limit_minor=cash["drawer_limit_minor"],
        at_once_minor=cash["at_once_minor"],
        cashier=branch.get("demonstration_cashier", ""),
    )


def _sheet(table: Table[str, Any], columns: tuple[str, ...], texts: tuple[str, ...]) -> Sheet:
    """A file with the columns it must name; `texts` are patterns that columns are put into, like `Client {client_id}`."""
    missing = [name for name in columns if name not in table["columns"]] + [name for name in texts if name not in table]
    if missing:
        raise KeyError(f"{missing[0]} of {table['file']}")
    keep = {column: tuple(values) for column, values in table.get("keep", {}).items()}
    return Sheet(table["file"], dict(table["columns"]), keep, {name: table[name] for name in texts})


def _rule(table: Table[str, Any]) -> Rule:
    way = table["way"]
    if way not in {"in", "out"}:
        raise ValueError(f"a movement's way is in or out, not {way}")
    return Rule(
        when=dict(table["when"]),
        kind=EntryKind(table["kind"]),
        inward=way == "in",
        against=table["against"],
        channel=table.get("channel", "import"),
        memo=table.get("memo", ""),
    )

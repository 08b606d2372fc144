"""The exported journal: two other programs accept it and count the same."""

from __future__ import annotations

import csv as csvfile
import io
import subprocess
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal.audit.models import Event
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.ledger.models import Account, Entry
from portal.ledger.services import reverse_entry
from portal.reports import services
from portal.reports.journal import export
from tests.books import old_days, pay_in, pay_out, send
from tests.cast import CURRENCY, NOW, TODAY, Cast, make_account, make_customer

Balances = dict[str, Decimal]
SINCE = date(2026, 10, 1)
AWKWARD = 'Rent; "May" = 5 | \\ @home\n2026-01-01 open'


@pytest.fixture
def books(cast: Cast) -> Cast:
    """Old days, a transfer between branches, a fee, a reversal, awkward words, an account that never moved."""
    with old_days(cast.north, date(2024, 2, 29)):
        for day in (date(2024, 2, 29), date(2026, 9, 30), SINCE, date(2026, 11, 1)):
            pay_in(cast.ama_savings, "100.10", day=day, memo=AWKWARD)
        pay_out(cast.kofi_savings, "20.00", day=date(2026, 10, 2), fee="1.50", memo="=1+1")
    sent = send(cast.ama_savings, cast.outsider_savings, "12.34")
    entry = Entry.objects.get(pk=sent.entry_id)
    reverse_entry(entry=entry, reason="Wrong person", key="undo", channel="branch", by=cast.manager, at=NOW)
    make_account(make_customer("Afua Ñandú-Öst", cast.north), cast.savings)
    return cast


def _expected(branch_code: str = "", until: date = TODAY) -> Balances:
    """Straight from the postings, debit above zero, by the name the export uses."""
    with export(since=None, until=until, branch=None) as books:
        names = {pk: named.name for pk, named in books.accounts.items()}
    sums: Balances = dict.fromkeys(names.values(), Decimal(0))
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_id, amount FROM chk_posting WHERE business_date <= %s", [until])
        for account_id, minor in cursor.fetchall():
            sums[names[account_id]] += Money(minor, CURRENCY).to_decimal()
    return {name: amount for name, amount in sums.items() if f":{branch_code}" in name}


def _written(tmp_path: Path, form: str, *arguments: str) -> Path:
    path = tmp_path / f"books.{form}"
    call_command("export_journal", "--format", form, "--output", str(path), *arguments)
    return path


RANGES = [(), ("--since", SINCE.isoformat()), ("--until", "2026-10-31"), ("--branch", "01"), ("--branch", "02")]


@pytest.mark.needs("hledger")
@pytest.mark.parametrize("arguments", RANGES)
def test_hledger_accepts_it_and_counts_the_same(books: Cast, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    path = _written(tmp_path, "hledger", *arguments)
    _hledger(path, "check", "--strict", "ordereddates")
    rows = csvfile.reader(_hledger(path, "balance", "--flat", "--empty", "--no-total", "-O", "csv").splitlines()[1:])
    found = {name: _decimal(amount) for name, amount in rows}
    assert found == {name: amount for name, amount in _range(arguments).items() if name in found}
    assert {name for name, amount in _range(arguments).items() if amount} <= set(found)


def _hledger(path: Path, *words: str) -> str:
    command = ["hledger", "-f", str(path), *words]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _decimal(amount: str) -> Decimal:
    return Decimal(amount.split(" ", maxsplit=1)[0])


def _range(arguments: tuple[str, ...]) -> Balances:
    options = dict(zip(arguments[::2], arguments[1::2], strict=True))
    until = date.fromisoformat(options.get("--until", TODAY.isoformat()))
    return _expected(options.get("--branch", ""), until)


@pytest.mark.parametrize("arguments", RANGES)
def test_beancount_accepts_it_and_counts_the_same(books: Cast, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    from beancount import loader
    from beancount.core import realization

    path = _written(tmp_path, "beancount", *arguments)
    entries, errors, _ = loader.load_file(str(path))
    assert errors == []
    root = realization.realize(entries)  # type: ignore[no-untyped-call]
    found = {
        real.account: real.balance.get_currency_units(CURRENCY).number
        for real in realization.iter_children(root)  # type: ignore[no-untyped-call]
        if real.txn_postings
    }
    expected = _range(arguments)
    assert {name: found[name] for name in expected} == expected


def test_an_assertion_that_is_wrong_is_found(books: Cast, tmp_path: Path) -> None:
    path = _written(tmp_path, "beancount")
    text = path.read_text(encoding="utf-8").replace("1000.00 GHS", "1000.01 GHS", 1)
    assert _errors(text) != []


def _csv(tmp_path: Path, *arguments: str) -> list[dict[str, str]]:
    text = _written(tmp_path, "csv", *arguments).read_text(encoding="utf-8")
    return list(csvfile.DictReader(io.StringIO(text, newline="")))


def test_csv_has_every_posting_once_and_sums_to_nothing(books: Cast, tmp_path: Path) -> None:
    rows = _csv(tmp_path)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.reference || '-' || p.line FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id"
        )
        postings = {row[0] for row in cursor.fetchall()}
    assert [row["posting_id"] for row in rows].count("") == 0
    assert (len(rows), {row["posting_id"] for row in rows}) == (len(postings), postings)
    assert sum(Decimal(row["amount"]) for row in rows) == 0
    assert [row["business_date"] for row in rows] == sorted(row["business_date"] for row in rows)
    assert "'=1+1" in {row["memo"] for row in rows}


def test_csv_from_a_day_on_begins_with_what_stood_there(books: Cast, tmp_path: Path) -> None:
    rows = _csv(tmp_path, "--since", "2026-10-01")
    sums: Balances = {}
    for row in rows:
        sums[row["account"]] = sums.get(row["account"], Decimal(0)) + Decimal(row["amount"])
    assert {name: amount for name, amount in sums.items() if amount} == {n: a for n, a in _expected().items() if a}
    assert {row["kind"] for row in rows if not row["posting_id"]} == {"opening_balance"}


def test_rows_come_in_pieces_and_none_is_lost(books: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.reports.journal.FETCH_ROWS", 3)
    pieces = services.export_journal(form="csv", since=None, until=TODAY, branch=None, by=None, at=NOW)
    assert sum(piece.count("\r\n") for piece in pieces) == 1 + _postings()


@pytest.mark.django_db(transaction=True)
def test_what_is_posted_meanwhile_is_left_to_the_next_export(cast: Cast) -> None:
    pieces = services.export_journal(form="beancount", since=None, until=TODAY, branch=None, by=None, at=NOW)
    begun = next(pieces)
    meanwhile = Thread(target=_pay_in_elsewhere, args=(cast.ama_savings,))
    meanwhile.start()
    meanwhile.join()
    text = begun + "".join(pieces)
    assert "Meanwhile" not in text
    assert _errors(text) == []


def _pay_in_elsewhere(account: DepositAccount) -> None:
    pay_in(account, "1.00", memo="Meanwhile")
    connection.close()


def _errors(text: str) -> list[object]:
    from beancount import loader

    return list(loader.load_string(text)[1])


def _postings() -> int:
    from portal.ledger.models import Posting

    return Posting.objects.count()


def test_the_screen_gets_the_file_as_it_is(books: Cast, tmp_path: Path) -> None:
    screen = io.StringIO()
    call_command("export_journal", "--format", "beancount", stdout=screen)
    assert screen.getvalue() == _written(tmp_path, "beancount").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--branch", "77"), "There is no branch 77. There are: 01, 02."),
        (("--since", "2026-02-01", "--until", "2026-01-01"), "The last day is before the first"),
        (("--output", "/nowhere/at/all"), "cannot be written"),
    ],
)
def test_the_command_says_what_is_wrong(cast: Cast, arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("export_journal", *arguments)


def test_an_export_stands_in_the_trail(cast: Cast) -> None:
    list(_exported(cast))
    event = Event.objects.get(verb=services.EXPORTED)
    assert (event.actor_id, event.subject, event.detail["format"]) == (cast.auditor.pk, "01", "csv")


def test_a_person_takes_a_few_exports_a_minute(cast: Cast) -> None:
    for _ in range(services.MOST_A_MINUTE):
        _exported(cast)
    with pytest.raises(Refused) as refusal:
        _exported(cast)
    assert refusal.value.code == "too_many"


def _exported(cast: Cast) -> Iterator[str]:
    return services.export_journal(form="csv", since=None, until=TODAY, branch=cast.north, by=cast.auditor, at=NOW)


def test_names_of_accounts_are_valid_everywhere_and_unlike(books: Cast) -> None:
    with export(since=None, until=TODAY, branch=None) as found:
        names = [named.name for named in found.accounts.values()]
    assert len(set(names)) == len(names) == Account.objects.filter(is_header=False).count()
    assert "Assets:01-North:1010-Cash:1011-Vault" in names
    assert f"Liabilities:02-South:2010-Members-deposits:{books.outsider_savings.number}" in names

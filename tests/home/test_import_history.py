"""Another bank's books: a small one of our own with every fault there is, and the real ones of Berka."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.deposits.services import pay_cash, receive_cash
from portal.home.importing.comparison import compare, posted_ends
from portal.home.importing.loading import load_books
from portal.home.importing.mapping import BadMapping, read_mapping
from portal.home.importing.reading import read_books
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.errors import InsufficientFunds
from portal.ledger.models import Entry
from portal.people.models import Customer
from portal.statements.queries import statement
from tests.cast import NOW
from tests.database import as_owner

BANK = Path(__file__).parent.parent / "fixtures" / "bank"


@pytest.fixture
def bank(tmp_path: Path, db: None) -> Path:
    """A copy of the small bank that a test may spoil."""
    chart.forget_known()
    return Path(shutil.copytree(BANK, tmp_path / "bank"))


@pytest.fixture(autouse=True)
def owner(db: None) -> Iterator[None]:
    """The command runs with the owner's rights (`deploy.commands`)."""
    with as_owner():
        yield


def run(folder: Path, *options: str) -> str:
    """What the command says."""
    said = StringIO()
    call_command(
        "import_history", "--mapping", str(folder / "bank.toml"), "--source", str(folder), *options, stdout=said
    )
    return said.getvalue()


def add(folder: Path, *lines: str, file: str = "movements.csv") -> None:
    path = folder / file
    path.write_text(path.read_text() + "".join(f"{line}\n" for line in lines))


def account(serial: int) -> DepositAccount:
    accounts = DepositAccount.objects.select_related("product", "customer", "branch", "ledger_account__balance")
    return accounts.get(number__startswith=f"9191{serial:06d}")


def balance(serial: int) -> int:
    return int(account(serial).ledger_account.balance.balance_minor)


def test_the_books_come_over(bank: Path) -> None:
    said = run(bank)
    assert (balance(11), balance(12)) == (12075, -250)
    assert "Loaded 2 customers, 2 accounts, 7 movements (0 were there before)" in said
    assert "6 of 6 account-days are within EUR 1.00" in said


def test_owners_keep_their_names_and_birth_dates(bank: Path) -> None:
    run(bank)
    anna = Customer.objects.get(number="800001")
    assert (anna.full_name, anna.birth_date, anna.joined_on) == ("Anna Berg", date(1961, 5, 4), date(2024, 1, 2))


def test_what_is_left_out_is_said(bank: Path) -> None:
    said = run(bank)
    for what in (
        "1 rows of holders.csv that the mapping does not keep",
        "1 accounts opened after the last day",
        "1 customers without an account",
        "1 movements after the last day",
    ):
        assert f"Left out: {what}" in said


def test_loading_twice_adds_nothing(bank: Path) -> None:
    run(bank)
    assert "Loaded 0 customers, 0 accounts, 0 movements (7 were there before)" in run(bank)
    assert Entry.objects.filter(branch__code="91").count() == 7


def test_a_later_load_adds_what_is_new(bank: Path) -> None:
    run(bank)
    add(bank, "9;12;21.03.2024;in;4.00;1.50")
    assert "1 movements (7 were there before)" in run(bank)


def test_a_dry_run_writes_nothing(bank: Path) -> None:
    said = run(bank, "--dry-run")
    assert "6 of 6 account-days" in said
    assert not Branch.objects.exists()
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1;11;02.01.2024;in;5.00;5.00", "no 1 stands here a second time"),
        (";11;02.01.2024;in;5.00;5.00", "no is missing or too long"),
        ("20;99;02.01.2024;in;5.00;5.00", "there is no account 99"),
        ("20;11;31.02.2024;in;5.00;5.00", "31.02.2024 is no day"),
        ("20;11;02.01.2024;in;1e5;5.00", "1e5 is no amount"),
        ("20;11;02.01.2024;in;0.001;5.00", "0.001 is no amount"),
        ("20;11;02.01.2024;in;-5.00;5.00", "the amount must be above 0"),
        ("20;11;02.01.2024;in;0.00;5.00", "the amount must be above 0"),
        ("20;11;02.01.2024;in;5.00;five", "five is no amount"),
        ("20;11;02.01.2024;gift;5.00;5.00", "no rule says what this is: what gift"),
        ("20;12;02.01.2024;in;5.00;5.00", "lies before the account was opened"),
        ("20;11;02.01.2024;in;5.00", "has 5 values instead of 6"),
    ],
)
def test_a_bad_row_is_rejected_with_its_line_and_reason(bank: Path, tmp_path: Path, row: str, reason: str) -> None:
    add(bank, row)
    report = tmp_path / "rejects.csv"
    with pytest.raises(CommandError, match="1 rows are rejected, so nothing was loaded"):
        run(bank, "--report", str(report))
    rejects = list(csv.DictReader(report.read_text().splitlines()))
    assert [(each["file"], each["line"]) for each in rejects] == [("movements.csv", "10")]
    assert reason in rejects[0]["reason"]


@pytest.mark.parametrize(
    ("file", "row", "reason"),
    [
        ("people.csv", "1;Anna;Again;04.05.1961", "no 1 stands here a second time"),
        ("people.csv", "7;Di;Wrong;1961-05-04", "1961-05-04 is no day"),
        ("people.csv", "x;Ed;Odd;04.05.1961", "80000x cannot be a customer's number"),
        ("holders.csv", "11;2;holder", "account 11 has an owner already"),
        ("holders.csv", "14;77;holder", "there is no customer 77"),
        ("books.csv", "14;02.01.2024", "nobody owns this account"),
        ("books.csv", "abc;02.01.2024", "abc cannot be the serial"),
    ],
)
def test_people_and_accounts_are_checked_too(bank: Path, file: str, row: str, reason: str) -> None:
    add(bank, row, file=file)
    books = read_books(read_mapping(str(bank / "bank.toml")), bank)
    assert [(each.file, reason in each.reason) for each in books.rejects] == [(file, True)]


def test_rejected_rows_stop_everything(bank: Path) -> None:
    add(bank, "20;99;02.01.2024;in;5.00;5.00")
    with pytest.raises(CommandError):
        run(bank)
    assert not Branch.objects.exists()


def test_the_good_rows_are_loaded_when_the_others_are_accepted(bank: Path) -> None:
    add(bank, "20;99;02.01.2024;in;5.00;5.00", "21;12;22.03.2024;in;4.00;1.50")
    assert "8 movements" in run(bank, "--accept-rejects")
    assert balance(12) == 150


def test_a_balance_that_disagrees_fails_the_command(bank: Path) -> None:
    add(bank, "20;12;22.03.2024;in;4.00;9.00")
    with pytest.raises(CommandError, match="do not agree"):
        run(bank)


def test_a_failure_on_the_way_leaves_nothing(bank: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.home.importing.loading.close_history", lambda **named: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        run(bank)
    assert not Branch.objects.exists()
    assert not Entry.objects.exists()


def test_a_branch_of_somebody_else_is_not_touched(bank: Path) -> None:
    Branch.objects.create(code="91", name="Elsewhere", business_date=date(2026, 11, 21))
    chart.open_chart(branch=Branch.objects.get(), currency="EUR")
    with pytest.raises(CommandError, match="Branch 91 is Elsewhere"):
        run(bank)


def test_a_file_that_breaks_off_is_refused(bank: Path) -> None:
    path = bank / "movements.csv"
    path.write_bytes(path.read_bytes() + b"\xff\xfe")
    with pytest.raises(CommandError, match="cannot be read to its end"):
        run(bank)


def test_a_missing_column_or_file_is_named(bank: Path) -> None:
    (bank / "people.csv").write_text("no;first\n")
    with pytest.raises(CommandError, match="has no column born"):
        run(bank)
    (bank / "people.csv").unlink()
    with pytest.raises(CommandError, match="cannot be read"):
        run(bank)


def test_a_mapping_that_lacks_something_says_what(bank: Path) -> None:
    path = bank / "bank.toml"
    path.write_text(path.read_text().replace('id = "book"', ""))
    with pytest.raises(BadMapping, match=r"id of books\.csv"):
        read_mapping(str(path))
    with pytest.raises(BadMapping, match="one of: berka"):
        read_mapping("nowhere")


def test_old_days_are_shut_again_and_the_branch_is_open_today(bank: Path) -> None:
    run(bank)
    branch = Branch.objects.get(code="91")
    assert branch.history_from is None
    assert branch.business_date > date(2026, 1, 1)


def test_the_counter_serves_these_accounts_like_any_other(bank: Path) -> None:
    run(bank)
    book, amount = account(11), Money(1000, "EUR")
    vault = chart.branch_account(book.branch_id, chart.VAULT)
    receive_cash(account=book, amount=amount, cash=vault, branch=book.branch, key="in", by=None, at=NOW)
    pay_cash(account=book, amount=amount, cash=vault, branch=book.branch, key="out", by=None, at=NOW)
    assert balance(11) == 12075


def test_what_was_overdrawn_there_gives_nothing_here(bank: Path) -> None:
    run(bank)
    book, amount = account(12), Money(100, "EUR")
    vault = chart.branch_account(book.branch_id, chart.VAULT)
    with pytest.raises(InsufficientFunds):
        pay_cash(account=book, amount=amount, cash=vault, branch=book.branch, key="out", by=None, at=NOW)


def test_statements_show_the_old_movements(bank: Path) -> None:
    run(bank)
    found = statement(account(11), date(2024, 1, 1), date(2024, 1, 31))
    assert [line.amount.minor for line in found.lines] == [10000, 5000, -3000, 75]
    assert found.closing == Money(12075, "EUR")


def test_the_books_of_a_real_bank_agree_with_its_own_figures(shared_records: Path, db: None) -> None:
    """46,997 movements; on each of 38,821 account-days we are within 1.00 of a balance that the bank recorded."""
    chart.forget_known()
    mapping = read_mapping("berka")
    books = read_books(mapping, shared_records / "data")
    loaded = load_books(mapping, books, at=NOW, say=lambda line: None)
    found = compare(mapping, books, posted_ends(mapping, books))
    assert (loaded.customers, loaded.accounts, loaded.movements, len(books.rejects)) == (1229, 1229, 46_997, 0)
    assert (found.days, found.agreeing) == (38_821, 38_821)
    assert found.worst <= Money(100, "CZK")

"""The four faces of a statement say the same, and what the ledger says."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client

from portal.audit.models import Event
from portal.base.money import Money, format_amount, parse_amount, plain_amount
from portal.deposits.models import DepositAccount
from portal.statements.periods import Period
from portal.statements.queries import Statement, statement
from portal.statements.queries.issued import DOWNLOADED
from portal.statements.services import files
from tests.books import old_days, pay_in, pay_out, send
from tests.cast import CURRENCY, TODAY, Cast

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
LEAP = Period(date(2024, 2, 1), date(2024, 2, 29))
EVIL = '=HYPERLINK("http://x","y")'
SignIn = Callable[..., Client]


@pytest.fixture
def moved(cast: Cast) -> Cast:
    """Movements over two years on several accounts; one account of none."""
    for branch in (cast.north, cast.south):
        with old_days(branch, date(2024, 2, 1)):
            for account in (cast.ama_savings, cast.kofi_savings, cast.outsider_savings):
                if account.branch_id == branch.pk:
                    for number, day in enumerate((LEAP.start, LEAP.end, YEAR.start, date(2026, 5, 31)), start=1):
                        pay_in(account, f"{number * 1111}.{number:02d}", day=day, memo=f"Market day {number}")
                    pay_out(account, "77.10", day=date(2026, 6, 1), fee="1.50", memo=EVIL)
    send(cast.ama_savings, cast.outsider_savings, "12.34", memo="Rent, “May”\n; and June")
    return cast


def _accounts(cast: Cast) -> list[DepositAccount]:
    return [cast.ama_savings, cast.kofi_savings, cast.outsider_savings, cast.ama_current]


def _ledger(account: DepositAccount, period: Period) -> list[tuple[str, str]]:
    """Straight from the tables: reference and signed amount, and what was there before as the first row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(-amount), 0)::text FROM chk_posting WHERE account_id = %s AND business_date < %s",
            [account.ledger_account_id, period.start],
        )
        before = cursor.fetchone() or ("",)
        cursor.execute(
            "SELECT reference, (-amount)::text FROM chk_posting AS p JOIN ledger_entry AS e ON e.id = p.entry_id"
            " WHERE account_id = %s AND p.business_date BETWEEN %s AND %s ORDER BY p.business_date, p.seq",
            [account.ledger_account_id, period.start, period.end],
        )
        return [("opening", before[0]), *cursor.fetchall()]


def _url(account: DepositAccount, period: Period, ending: str = "") -> str:
    return f"/accounts/{account.number}/statements/{period.start}/{period.end}/{ending}"


def _csv(client: Client, account: DepositAccount, period: Period, form: str = "csv") -> list[dict[str, str]]:
    answer = client.get(_url(account, period, f"files/{form}/"))
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # it streams
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def _xlsx(client: Client, account: DepositAccount, period: Period) -> list[dict[str, Any]]:
    answer = client.get(_url(account, period, "files/xlsx/"))
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    header, *rows = openpyxl.load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


@pytest.mark.parametrize("which", range(4))
@pytest.mark.parametrize("period", [YEAR, LEAP, Period(TODAY, TODAY)])
def test_csv_is_what_the_ledger_says(moved: Cast, client_for: SignIn, which: int, period: Period) -> None:
    account = _accounts(moved)[which]
    first, *rows, last = _csv(client_for(moved.auditor), account, period)
    opening, *lines = _ledger(account, period)
    assert _minor(first["balance"]) == int(opening[1])
    assert [(row["reference"], str(_minor(row["amount"]))) for row in rows] == lines
    assert _minor(last["balance"]) == int(opening[1]) + sum(int(line[1]) for line in lines)
    assert (first["kind"], last["kind"]) == ("opening_balance", "closing_balance")


@pytest.mark.parametrize("which", range(4))
def test_xlsx_is_the_csv_in_numbers(moved: Cast, client_for: SignIn, which: int) -> None:
    account, client = _accounts(moved)[which], client_for(moved.auditor)
    told, kept = _csv(client, account, YEAR), _xlsx(client, account, YEAR)
    for name in ("balance", "amount", "debit", "credit"):
        assert [_minor(row[name]) for row in told] == [_minor(row[name]) for row in kept]
    for name in ("posting_id", "reference", "description", "memo", "kind", "account"):
        assert [row[name] for row in told] == [row[name] or "" for row in kept]
    assert [row["business_date"] for row in told] == [row["business_date"].date().isoformat() for row in kept]


@pytest.mark.parametrize("which", range(4))
def test_the_screen_shows_the_same_amounts_and_balances(moved: Cast, client_for: SignIn, which: int) -> None:
    account = _accounts(moved)[which]
    text = client_for(moved.auditor).get(_url(account, YEAR)).content.decode()
    found = statement(account, YEAR.start, YEAR.end)
    shown = re.findall(r'money-cell balance"><span class="money">([^<]*)<', text)
    assert shown == [format_amount(balance) for balance in _balances(found)]


def test_nothing_in_a_file_is_a_formula(moved: Cast, client_for: SignIn) -> None:
    client = client_for(moved.auditor)
    assert f"'{EVIL}" in {row["memo"] for row in _csv(client, moved.ama_savings, YEAR)}
    answer = client.get(_url(moved.ama_savings, YEAR, "files/xlsx/"))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "n", "d"}


def test_an_empty_period_is_a_whole_file(moved: Cast, client_for: SignIn) -> None:
    empty = Period(date(2025, 1, 1), date(2025, 1, 31))
    rows = _csv(client_for(moved.ama_user), moved.ama_savings, empty)
    assert [(row["kind"], row["balance"]) for row in rows] == [
        ("opening_balance", "3333.03"),
        ("closing_balance", "3333.03"),
    ]


def test_past_rows_never_change(moved: Cast, client_for: SignIn) -> None:
    client = client_for(moved.ama_user)
    before = _csv(client, moved.ama_savings, YEAR)[:-1]
    pay_in(moved.ama_savings, "5.00")
    assert _csv(client, moved.ama_savings, YEAR)[: len(before)] == before


def test_csv_is_crlf_and_has_a_mark_only_on_request(cast: Cast, client_for: SignIn) -> None:
    client = client_for(cast.ama_user)
    bodies = [
        b"".join(client.get(_url(cast.ama_savings, YEAR, f"files/{form}/")).streaming_content)  # type: ignore[attr-defined]
        for form in ("csv", "csv-excel")
    ]
    assert bodies[1] == b"\xef\xbb\xbf" + bodies[0]
    assert bodies[0].count(b"\r\n") == bodies[0].count(b"\n") == 4


def test_each_file_leaves_a_line_in_the_trail(cast: Cast, client_for: SignIn) -> None:
    client = client_for(cast.ama_user)
    client.get(_url(cast.ama_savings, YEAR, "files/csv/"))
    client.get(_url(cast.ama_savings, YEAR, "files/xlsx/"))
    lines = Event.objects.filter(verb=DOWNLOADED, actor=cast.ama_user).order_by("id")
    assert [(line.subject, line.detail["format"]) for line in lines] == [
        (cast.ama_savings.number, "csv"),
        (cast.ama_savings.number, "xlsx"),
    ]


def test_a_file_a_second_for_a_minute_and_then_a_pause(
    cast: Cast, client_for: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_A_MINUTE", 1)
    client = client_for(cast.ama_user)
    url = _url(cast.ama_savings, YEAR, "files/csv/")
    assert [client.get(url).status_code for _ in range(2)] == [200, 429]


def _minor(value: Any) -> int | None:
    if value in ("", None):
        return None
    text = str(value) if isinstance(value, str) else f"{value:.2f}"
    parsed = parse_amount(text.removeprefix("-"), CURRENCY)
    assert not isinstance(value, str) or plain_amount(parsed) == text.removeprefix("-")
    return -parsed.minor if text.startswith("-") else parsed.minor


def _balances(found: Statement) -> list[Money]:
    return [found.opening, *(line.balance_after for line in found.lines), found.closing]

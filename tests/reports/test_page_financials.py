"""Balance sheet and income statement: what they sum, that they agree, what they compare with, where they lead."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.audit.models import Event
from portal.reports.financials import balance_sheets, income_statements
from portal.reports.span import Span, earlier
from tests.books import old_days, pay_in, pay_out, send
from tests.cast import TODAY, Cast, ghs, make_account, make_customer

SignIn = Callable[..., Client]
SHEET, STATEMENT = "/reports/balance-sheet/", "/reports/income-statement/"


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """Fees in three months and two years: 2.00 in December, 3.00 in October, 1.50 today."""
    with old_days(cast.north, date(2025, 12, 1)):
        pay_in(cast.ama_savings, "70.00", day=date(2025, 12, 1))
        pay_out(cast.ama_savings, "5.00", fee="2.00", day=date(2025, 12, 31))
        pay_out(cast.ama_savings, "5.00", fee="3.00", day=date(2026, 10, 31))
    pay_out(cast.ama_savings, "5.00", fee="1.50")
    return cast


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        (date(2026, 11, 21), 1, date(2026, 10, 21)),
        (date(2026, 11, 30), 1, date(2026, 10, 31)),
        (date(2026, 3, 30), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2023, 2, 28), -12, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
    ],
)
def test_the_same_day_earlier(day: date, months: int, wanted: date) -> None:
    assert earlier(day, months) == wanted


@pytest.mark.parametrize(
    ("since", "until", "wanted"),
    [
        (date(2026, 11, 1), date(2026, 11, 30), Span(date(2026, 10, 1), date(2026, 10, 31))),
        (date(2026, 3, 1), date(2026, 3, 31), Span(date(2026, 2, 1), date(2026, 2, 28))),
        (date(2026, 11, 5), date(2026, 11, 21), Span(date(2026, 10, 5), date(2026, 10, 21))),
    ],
)
def test_a_whole_month_is_beside_a_whole_month(since: date, until: date, wanted: Span) -> None:
    assert Span(since, until).earlier(1) == wanted


def test_assets_are_liabilities_and_equity_with_the_result_in_it(busy: Cast) -> None:
    (sheet,) = balance_sheets([TODAY, date(2026, 10, 31), date(2025, 12, 31)], busy.north)
    assert sheet.differences == (ghs("0"),) * 3
    results = [line.amounts for line in sheet.equity.lines if not line.code]
    assert results == [(ghs("2.00"), ghs("2.00"), ghs("0")), (ghs("4.50"), ghs("3.00"), ghs("2.00"))]
    assert sheet.liabilities.total[2] == ghs("63.00")
    assert sheet.claims == sheet.assets.total
    assert sheet.assets.total[2] == ghs("65.00")


def test_every_branch_and_all_together_agree(busy: Cast) -> None:
    send(busy.ama_savings, busy.outsider_savings, "12.00")
    sheets = [balance_sheets([TODAY], branch)[0] for branch in (busy.north, busy.south, None)]
    assert [sheet.differences for sheet in sheets] == [(ghs("0"),)] * 3
    north, south, both = (sheet.assets.total[0] for sheet in sheets)
    assert north + south == both


def test_what_was_earned_between_two_days(busy: Cast) -> None:
    spans = [Span(date(2026, 10, 1), date(2026, 10, 31)), Span(date(2025, 12, 31), TODAY), Span(TODAY, TODAY)]
    (statement,) = income_statements(spans, busy.north)
    assert statement.result == (ghs("3.00"), ghs("6.50"), ghs("1.50"))
    assert statement.expenses.total == (ghs("0"),) * 3
    fees = next(line for line in statement.income.lines if line.code == "4020")
    assert fees.amounts == statement.result


def test_the_pages_say_it_in_words(busy: Cast, client_for: SignIn) -> None:
    client = client_for(busy.auditor)
    sheet = client.get(f"{SHEET}?compare=year").content.decode()
    assert re.search(r"Assets equal liabilities and equity: difference\s*<span class=\"money\">0.00</span>", sheet)
    assert "Provisional." in sheet
    assert 'data-label="21 Nov 2025"' in sheet
    statement = client.get(f"{STATEMENT}?since=2026-11-01&until=2026-11-21").content.decode()
    assert re.search(r"A profit of\s+GHS.1\.50", re.sub(r"<[^>]+>", "", statement))
    assert "1 Oct 2026 to 21 Oct 2026, GHS" in re.sub(r"<[^>]+>", "", statement)


def test_one_column_when_nothing_is_compared(busy: Cast, client_for: SignIn) -> None:
    for page in (SHEET, STATEMENT):
        text = client_for(busy.auditor).get(f"{page}?compare=nothing").content.decode()
        assert len(re.findall(r'<th scope="col"', text)) == 2


def test_figures_lead_to_the_lines_behind_them(busy: Cast, client_for: SignIn) -> None:
    manager = client_for(busy.manager)
    for page, wanted in (
        (SHEET, r"/reports/trial-balance/2010/\?[^\"]*"),
        (STATEMENT, r"/reports/accounts/\d+/[^\"]*"),
    ):
        link = re.findall(rf'href="({wanted})"', manager.get(page).content.decode())[0].replace("&amp;", "&")
        assert manager.get(link).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        f"{SHEET}?date=2026-11-22",
        f"{SHEET}?date=rubbish",
        f"{SHEET}?compare=moon",
        f"{STATEMENT}?until=2026-11-22",
        f"{STATEMENT}?since=2026-11-21&until=2026-11-01",
        "/reports/balance-sheet.csv?date=1492-10-12",
        "/reports/income-statement.csv?since=x",
    ],
)
def test_days_that_are_none_are_refused_in_words(cast: Cast, client_for: SignIn, address: str) -> None:
    answer = client_for(cast.auditor).get(address)
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()


@pytest.mark.parametrize("page", [SHEET, STATEMENT])
def test_another_branch_is_not_there_for_a_manager(cast: Cast, client_for: SignIn, page: str) -> None:
    assert client_for(cast.manager).get(f"{page}?branch=02").status_code == 404
    assert client_for(cast.cashier).get(page).status_code == 403


def _file(client: Client, url: str) -> list[str]:
    return b"".join(client.get(url).streaming_content).decode().split("\r\n")  # type: ignore[attr-defined]  # it streams


def test_the_files_and_their_line_in_the_trail(busy: Cast, client_for: SignIn) -> None:
    client = client_for(busy.manager)
    sheet = _file(client, "/reports/balance-sheet.csv?compare=nothing")
    assert sheet[0] == "part,code,name,heading,currency,2026-11-21"
    assert "Equity,,Result of the year so far,no,GHS,4.50" in sheet
    income = _file(client, "/reports/income-statement.csv")
    assert income[0] == "part,code,name,heading,currency,2026-11-01 to 2026-11-21,2026-10-01 to 2026-10-21"
    assert "Income,4020,Fees earned,no,GHS,1.50,0.00" in income
    verbs = {"balance sheet downloaded", "income statement downloaded"}
    assert set(Event.objects.filter(actor=busy.manager, verb__in=verbs).values_list("verb", flat=True)) == verbs


def test_the_number_of_queries_does_not_follow_the_books(cast: Cast, client_for: SignIn) -> None:
    client = client_for(cast.auditor)
    for page in (SHEET, STATEMENT):
        counts = []
        for number in range(2):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            counts.append(len(queries))
            pay_in(make_account(make_customer(f"Member {number}", cast.north), cast.savings), "1.00")
        assert counts[0] == counts[1]

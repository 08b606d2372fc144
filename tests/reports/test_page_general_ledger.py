"""The general ledger: openings, both sides, closings; what it adds up to; and every line of it as a file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.base.clock import now
from portal.reports.financials import balance_sheets
from portal.reports.general_ledger import general_ledgers
from portal.reports.services import export_journal
from portal.reports.span import Span, year_so_far
from portal.reports.trial_balance import trial_balances
from tests.books import old_days, pay_in, pay_out, send
from tests.cast import TODAY, Cast, ghs, make_account, make_customer

SignIn = Callable[..., Client]
PAGE = "/reports/general-ledger/"
NOVEMBER = Span(date(2026, 11, 1), TODAY)


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """70.00 in December, 20.00 out today with a fee of 1.50, 12.00 sent to the other branch today."""
    with old_days(cast.north, date(2025, 12, 1)):
        pay_in(cast.ama_savings, "70.00", day=date(2025, 12, 1))
    pay_out(cast.ama_savings, "20.00", fee="1.50")
    send(cast.ama_savings, cast.outsider_savings, "12.00")
    return cast


def test_an_account_opens_moves_and_closes(busy: Cast) -> None:
    (ledger,) = general_ledgers(NOVEMBER, busy.north)
    rows = {row.code: row for row in ledger.rows}
    members = rows["2010"]
    assert (members.opening, members.debit, members.credit) == (ghs("70.00"), ghs("33.50"), ghs("1750.00"))
    assert members.closing == ghs("1786.50")
    assert rows["4020"].closing == rows["4020"].credit == ghs("1.50")
    assert rows["1000"].is_heading
    assert rows["1000"].closing - rows["1000"].opening == rows["1000"].debit - rows["1000"].credit
    assert ledger.difference == ghs("0")


def test_it_closes_where_the_trial_balance_stands(busy: Cast) -> None:
    (ledger,) = general_ledgers(NOVEMBER, None)
    (balance,) = trial_balances(TODAY, None)
    closings = {row.code: row.closing for row in ledger.rows if not row.is_heading}
    for row in balance.rows:
        if row.counts and (row.debit or row.credit):
            assert abs(closings[row.code]) == abs(row.debit or row.credit or ghs("0"))


def test_what_closed_one_span_opens_the_next(busy: Cast) -> None:
    (before,) = general_ledgers(Span(date(2025, 1, 1), date(2026, 10, 31)), busy.north)
    (after,) = general_ledgers(NOVEMBER, busy.north)
    assert [row.closing for row in before.rows] == [row.opening for row in after.rows]


def test_every_line_with_the_balance_after_it(busy: Cast) -> None:
    text = "".join(
        export_journal(form="general-ledger", since=NOVEMBER.since, until=TODAY, branch=busy.north, by=None, at=now())
    )
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["account_code"] == busy.ama_savings.number]
    assert [(row["memo"] if not row["kind"] else row["kind"], row["debit"], row["balance"]) for row in rows] == [
        ("Opening balance", "", "70.00"),
        ("opening", "", "1070.00"),
        ("withdrawal", "20.00", "1050.00"),
        ("withdrawal", "1.50", "1048.50"),
        ("transfer", "12.00", "1036.50"),
        ("Closing balance", "", "1036.50"),
    ]


def test_the_listing_has_each_posting_once_and_its_sides_agree(busy: Cast) -> None:
    text = "".join(export_journal(form="general-ledger", since=None, until=TODAY, branch=None, by=None, at=now()))
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["kind"]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_posting")
        assert len(rows) == cursor.fetchone()[0]
    cents = [[int(row[side].replace(".", "") or 0) for row in rows] for side in ("debit", "credit")]
    assert sum(cents[0]) == sum(cents[1]) > 0


def test_the_page_leads_to_the_lines(busy: Cast, client_for: SignIn) -> None:
    text = client_for(busy.auditor).get(f"{PAGE}?branch=01").content.decode()
    assert "from 1 Nov 2026 to 21 Nov 2026" in re.sub(r"<[^>]+>", "", text)
    assert "/reports/trial-balance/2010/?date=2026-11-21&amp;branch=01" in text
    assert (
        "/reports/journal-export/?form=general-ledger&amp;since=2026-11-01&amp;until=2026-11-21&amp;branch=01" in text
    )


def test_the_export_page_keeps_what_was_chosen(busy: Cast, client_for: SignIn) -> None:
    address = "/reports/journal-export/?form=general-ledger&since=2026-11-01&until=2026-11-21&branch=01"
    text = client_for(busy.auditor).get(address).content.decode()
    assert 'value="2026-11-01"' in text
    assert '<option value="general-ledger" selected>' in text
    assert '<option value="01" selected>' in text


def test_a_manager_sees_the_own_branch_and_gets_no_lines_of_all(busy: Cast, client_for: SignIn) -> None:
    manager = client_for(busy.manager)
    assert "journal-export" not in manager.get(PAGE).content.decode()
    assert manager.get(f"{PAGE}?branch=02").status_code == 404
    assert client_for(busy.cashier).get(PAGE).status_code == 403


@pytest.mark.parametrize("query", ["since=2026-11-21&until=2026-11-01", "until=2026-11-22", "since=moon"])
def test_days_that_are_none_are_refused_in_words(cast: Cast, client_for: SignIn, query: str) -> None:
    for page in (PAGE, "/reports/general-ledger.csv"):
        answer = client_for(cast.auditor).get(f"{page}?{query}")
        assert answer.status_code == 422
        assert "error-summary" in answer.content.decode()


def test_the_file_says_the_same(busy: Cast, client_for: SignIn) -> None:
    answer = client_for(busy.manager).get("/reports/general-ledger.csv")
    lines = b"".join(answer.streaming_content).decode().split("\r\n")  # type: ignore[attr-defined]  # it streams
    assert lines[0] == "code,name,heading,currency,opening,debit,credit,closing"
    assert "4020,Fees earned,no,GHS,0.00,0.00,1.50,1.50" in lines


def test_the_number_of_queries_does_not_follow_the_books(cast: Cast, client_for: SignIn) -> None:
    client = client_for(cast.auditor)
    counts = []
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        counts.append(len(queries))
        pay_in(make_account(make_customer(f"Member {number}", cast.north), cast.savings), "1.00")
    assert counts[0] == counts[1]


def test_the_result_of_the_year_begins_with_the_institutions_year(busy: Cast, settings: LazySettings) -> None:
    pay_out(busy.ama_savings, "1.00", fee="2.00")
    settings.FISCAL_YEAR_MONTH = 7
    assert year_so_far(date(2026, 3, 1)) == Span(date(2025, 7, 1), date(2026, 3, 1))
    (sheet,) = balance_sheets([TODAY], busy.north)
    earlier, year = (line.amounts[0] for line in sheet.equity.lines if not line.code)
    assert (earlier, year) == (ghs("0"), ghs("3.50"))

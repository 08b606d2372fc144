"""What a statement says: always what the postings say."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.base.errors import Refused
from portal.ledger.services import open_day, take_snapshots
from portal.statements.periods import Period, checked, month_of, since_opening, year_of
from portal.statements.queries import Statement, statement
from tests.books import old_days, pay_in, pay_out, send
from tests.cast import NOW, TODAY, Cast, ghs

NOVEMBER = month_of(TODAY)


def test_opening_and_movements_make_the_closing_balance(cast: Cast) -> None:
    with old_days(cast.north, date(2026, 10, 1)):
        pay_in(cast.ama_savings, "200.00", day=date(2026, 10, 31))
        pay_in(cast.ama_savings, "50.00", day=date(2026, 11, 1))
        pay_out(cast.ama_savings, "30.00", day=date(2026, 11, 20), fee="1.00")
    found = statement(cast.ama_savings, NOVEMBER.start, NOVEMBER.end)
    assert (found.opening, found.closing) == (ghs("200.00"), ghs("1219.00"))
    assert [line.amount.minor for line in found.lines] == [5000, -3000, -100, 100000]
    assert [line.balance_after.minor for line in found.lines] == [25000, 22000, 21900, 121900]
    assert (found.money_in, found.money_out) == (ghs("1050.00"), ghs("31.00"))


def test_old_books_loaded_late_still_give_the_balance_of_each_day(cast: Cast) -> None:
    with old_days(cast.north, date(2024, 2, 28)):
        for day in (date(2024, 3, 1), date(2024, 2, 29), date(2024, 2, 28)):
            pay_in(cast.kofi_savings, "10.00", day=day)
    february = statement(cast.kofi_savings, date(2024, 2, 1), date(2024, 2, 29))
    assert (february.opening, february.closing, len(february.lines)) == (ghs("0.00"), ghs("20.00"), 2)
    assert statement(cast.kofi_savings, date(2024, 3, 1), date(2024, 3, 31)).opening == ghs("20.00")


def test_months_join_without_a_gap(cast: Cast) -> None:
    with old_days(cast.north, date(2026, 1, 31)):
        for day in (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 1)):
            pay_in(cast.ama_current, "1.00", day=day)
    months = [
        statement(cast.ama_current, month.start, month.end)
        for month in since_opening(month_of(TODAY), date(2026, 1, 1))
    ]
    for later, earlier in pairwise(months):
        assert earlier.closing == later.opening
    assert months[0].closing == ghs("253.00")


def test_a_snapshot_changes_the_work_and_not_the_balance(cast: Cast) -> None:
    with old_days(cast.north, date(2026, 11, 1)):
        pay_in(cast.ama_savings, "70.00", day=date(2026, 11, 1))
    before = statement(cast.ama_savings, TODAY, TODAY).opening
    take_snapshots(branch=cast.north, day=date(2026, 11, 15))
    open_day(branch=cast.north, day=date(2026, 11, 22), by=None, at=NOW)
    assert statement(cast.ama_savings, TODAY, TODAY).opening == before == ghs("70.00")


def test_a_period_without_movements_has_both_balances(cast: Cast) -> None:
    found = statement(cast.ama_savings, date(2025, 1, 1), date(2025, 1, 31))
    assert (found.lines, found.opening, found.closing, found.totals) == ([], ghs("0.00"), ghs("0.00"), [])


def test_totals_keep_the_fee_apart_from_the_withdrawal(cast: Cast) -> None:
    pay_out(cast.ama_savings, "30.00", fee="1.00")
    totals = {total.label: (total.money_in.minor, total.money_out.minor) for total in _today(cast).totals}
    assert totals == {"Opening balance": (100000, 0), "Withdrawal": (0, 3000), "Fee": (0, 100)}


def test_a_transfer_names_the_other_side(cast: Cast) -> None:
    send(cast.ama_savings, cast.outsider_savings, "12.00", memo="Rent")
    line = _today(cast).lines[-1]
    assert line.title == f"Transfer to Esi Outsider …{cast.outsider_savings.last_four}"
    assert (line.memo, line.debit, line.credit) == ("Rent", ghs("12.00"), None)


def test_one_query_however_much_moved(cast: Cast) -> None:
    for _ in range(3):
        pay_in(cast.ama_savings, "1.00")
    with CaptureQueriesContext(connection) as queries:
        _today(cast)
    assert len(queries) == 1


def _today(cast: Cast) -> Statement:
    return statement(cast.ama_savings, TODAY, TODAY)


@pytest.mark.parametrize(
    ("start", "end", "label"),
    [
        (date(2024, 2, 1), date(2024, 2, 29), "February 2024"),
        (date(2025, 1, 1), date(2025, 12, 31), "2025"),
        (date(2025, 1, 2), date(2025, 12, 31), "2 Jan 2025 to 31 Dec 2025"),
        (date(2024, 2, 29), date(2024, 2, 29), "29 Feb 2024"),
    ],
)
def test_a_period_says_what_it_is(start: date, end: date, label: str) -> None:
    assert Period(start, end).label == label


def test_periods_follow_each_other() -> None:
    leap = month_of(date(2024, 2, 29))
    assert leap.before() == month_of(date(2024, 1, 1))
    assert leap.after().before() == leap
    assert year_of(date(2024, 5, 5)).after() == year_of(date(2025, 1, 1))
    assert Period(date(2024, 2, 29), date(2024, 3, 1)).before() == Period(date(2024, 2, 27), date(2024, 2, 28))


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (date(2026, 11, 2), date(2026, 11, 1), "order"),
        (date(2026, 11, 22), date(2026, 11, 30), "future"),
        (date(2026, 1, 1), date(9999, 12, 31), "far"),
        (date(1, 1, 1), date(2026, 1, 1), "far"),
    ],
)
def test_days_that_make_no_statement_are_refused(start: date, end: date, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        checked(start, end, today=TODAY)
    assert refusal.value.code == code

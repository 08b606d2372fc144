"""The rules of interest, on a handful of figures that others worked out (their sources stand beside them)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from portal.deposits import interest
from portal.deposits.interest import Frequency, Rate, Slab
from portal.deposits.models import Compounding, DayCount

# Amounts here are in ten-thousandths, as in the records of the first peer.
UNIT = 10_000
TEN_PERCENT = Rate(since=date(2000, 1, 1), rate=Fraction(1, 10), compounding=Compounding.DAILY)
DAY_COUNTS = [
    (DayCount.ACTUAL_365, date(2024, 2, 1), date(2024, 2, 29), Fraction(29, 365)),
    (DayCount.ACTUAL_360, date(2024, 2, 1), date(2024, 2, 29), Fraction(29, 360)),
    (DayCount.THIRTY_360, date(2024, 2, 1), date(2024, 2, 29), Fraction(30, 360)),
    (DayCount.THIRTY_360, date(2026, 10, 1), date(2026, 10, 31), Fraction(30, 360)),
    (DayCount.ACTUAL_ACTUAL, date(2024, 2, 1), date(2024, 2, 29), Fraction(29, 366)),
    (DayCount.ACTUAL_ACTUAL, date(2023, 12, 31), date(2024, 1, 1), Fraction(1, 365) + Fraction(1, 366)),
]


def earned(balance: int, start: date, end: date, *rates: Rate) -> Decimal:
    return interest.period_interest(interest.balances(balance, [], start, end), rates)


def nine_places(value: Fraction) -> Decimal:
    return Decimal(round(value * 10**9)).scaleb(-9)


def test_compounded_daily_and_posted_at_the_year_end() -> None:
    """apache/fineract 4198b0b, FlexibleSavingsInterestPostingIntegrationTest.java:100."""
    periods = interest.periods(date(2013, 12, 1), date(2014, 3, 31), Frequency.ANNUAL, year_begins=4)
    posted = interest.postings([(date(2013, 12, 1), 1000 * UNIT)], [TEN_PERCENT], periods, at_end=True)
    assert [(item.posted_on, item.amount_minor) for item in posted] == [(date(2014, 3, 31), 337_016)]


def test_the_47th_daily_posting() -> None:
    """apache/fineract 4198b0b, SavingsInterestPostingJobIntegrationTest.java:108: 10129.5818 on 27 May 2022."""
    periods = interest.periods(date(2022, 4, 10), date(2022, 5, 26), Frequency.DAILY)
    posted = interest.postings([(date(2022, 4, 10), 10_000 * UNIT)], [TEN_PERCENT], periods)
    assert (len(posted), posted[-1].posted_on) == (47, date(2022, 5, 27))
    assert 10_000 * UNIT + sum(item.amount_minor for item in posted) == 101_295_818


def test_an_overdraft_costs() -> None:
    """apache/fineract 4198b0b, savings_interest record FIN-SV-05: 2.7397 for a day of 10,000.00 at 10 per cent."""
    rate = Rate(since=date(2000, 1, 1), rate=Fraction(0), overdraft_rate=Fraction(1, 10))
    day = date(2022, 4, 10)
    assert interest.to_money(earned(-10_000 * UNIT, day, day, rate)) == -27_397


def test_a_fixed_deposit_grows() -> None:
    """apache/fineract 4198b0b, savings_interest record FIN-SV-07."""
    grown = interest.maturity_amount(Decimal(10_000), annual_percent=Decimal(5), months=12, compounding_months=3)
    assert grown == Decimal("10509.453369140625")


def test_a_term_of_broken_periods_is_no_term() -> None:
    with pytest.raises(ValueError, match="whole number"):
        interest.maturity_amount(Decimal(1), annual_percent=Decimal(5), months=10, compounding_months=3)


def test_the_lowest_balance_of_a_month() -> None:
    """opencbs, savings_interest record OCB-SV-03: 750 is the lowest though the day ends at 850."""
    moves = [(date(2009, 1, 1), 1000), (date(2009, 1, 15), -250), (date(2009, 1, 15), 100)]
    lowest = interest.lowest_balance(0, moves, date(2009, 1, 1), date(2009, 1, 31))
    assert interest.interest_on_lowest(lowest, Decimal("0.1")) == 75


def test_a_chart_of_rates() -> None:
    chart = [Slab(Decimal(5), months=(1, 6)), Slab(Decimal(6), months=(7, 12)), Slab(Decimal(8), months=(19, None))]
    rates = [interest.chart_rate(chart, amount=Decimal(100), months=months) for months in (6, 7, 15, 99)]
    assert rates == [5, 6, None, 8]


@pytest.mark.parametrize(("day_count", "start", "end", "share"), DAY_COUNTS)
def test_day_counts(day_count: str, start: date, end: date, share: Fraction) -> None:
    rate = Rate(since=date(2000, 1, 1), rate=Fraction(45, 1000), day_count=day_count)
    assert earned(100_000, start, end, rate) == nine_places(100_000 * Fraction(45, 1000) * share)


def test_a_new_rate_holds_from_its_day() -> None:
    rates = [Rate(date(2026, 1, 1), Fraction(3, 100)), Rate(date(2026, 10, 11), Fraction(6, 100))]
    expected = Fraction(36_500 * 10 * 3, 36_500) + Fraction(36_500 * 21 * 6, 36_500)
    assert earned(36_500, date(2026, 10, 1), date(2026, 10, 31), *rates) == nine_places(expected)


def test_before_the_first_rate_nothing_is_earned() -> None:
    rate = Rate(date(2026, 10, 31), Fraction(36_5, 100_0))
    assert earned(1000, date(2026, 10, 1), date(2026, 10, 31), rate) == 1


def test_a_day_below_the_floor_earns_nothing() -> None:
    """apache/fineract, savings_interest record FIN-SV-10: 1,000 is below 5,000, so nothing is posted."""
    rate = Rate(date(2000, 1, 1), Fraction(1, 10), floor_minor=5000)
    assert earned(4999, date(2026, 10, 1), date(2026, 10, 31), rate) == 0
    assert earned(5000, date(2026, 10, 1), date(2026, 10, 31), rate) > 0


@pytest.mark.parametrize(("exact", "money"), [("0.5", 0), ("1.5", 2), ("2.5", 2), ("2.500000001", 3), ("-2.5", -2)])
def test_money_is_rounded_half_to_even(exact: str, money: int) -> None:
    assert interest.to_money(Decimal(exact)) == money


def test_periods_follow_the_calendar() -> None:
    quarters = list(interest.periods(date(2026, 2, 10), date(2026, 12, 30), Frequency.QUARTERLY))
    assert quarters == [
        (date(2026, 2, 10), date(2026, 3, 31)),
        (date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2026, 9, 30)),
    ]


def test_what_moves_after_the_period_is_not_in_it() -> None:
    moves = [(date(2026, 9, 30), 5), (date(2026, 10, 2), 7), (date(2026, 11, 1), 9)]
    ends = interest.balances(100, moves, date(2026, 10, 1), date(2026, 10, 3))
    assert [end.balance_minor for end in ends] == [100, 107, 107]

"""Schedules: figures of our own where no other file is at hand, what every schedule keeps, and what gives none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.loans.schedules import (
    Calendar,
    DaysInMonth,
    DaysInYear,
    Disbursement,
    Frequency,
    Interest,
    Method,
    ScheduleTerms,
    TermsError,
    due_dates,
    loan_schedule,
)
from portal.loans.schedules.dates import Shift

START = date(2022, 11, 1)


def terms(method: Method = Method.DECLINING, percent: str = "12", count: int = 18, **more: Any) -> ScheduleTerms:
    return ScheduleTerms(method=method, annual_percent=Decimal(percent), instalments=count, **more)


def schedule(plan: ScheduleTerms, amount: int = 500_000, start: date = START) -> list[tuple[int, int]]:
    rows = loan_schedule(plan, [Disbursement(start, amount)])
    return [(row.principal_minor, row.interest_minor) for row in rows]


class TestDecliningInstalments:
    def test_the_last_row_takes_the_rest(self) -> None:
        # Apache Fineract, ClientLoanIntegrationTest.checkClientLoanCreateAndDisburseFlow: 12,000 at 2 % a month.
        assert schedule(terms(percent="24", count=4), 1_200_000) == [
            (291_149, 24_000),
            (296_972, 18_177),
            (302_911, 12_238),
            (308_968, 6_179),
        ]

    def test_an_instalment_in_whole_units(self) -> None:
        # Apache Fineract, Loan.feature: 1,250 at 15 %, instalments of a whole unit.
        assert schedule(terms(percent="15", count=4, multiple_minor=100), 125_000) == [
            (30_638, 1_562),
            (31_020, 1_180),
            (31_408, 792),
            (31_934, 399),
        ]

    def test_grace_on_interest_gathers_it(self) -> None:
        rows = schedule(terms(grace_principal=6, grace_interest=3, multiple_minor=100))
        assert rows[:8] == [(0, 0)] * 3 + [(0, 20_000), (0, 5_000), (0, 5_000), (39_400, 5_000), (39_794, 4_606)]

    def test_interest_by_days_follows_the_months(self) -> None:
        rows = schedule(terms(interest=Interest.DAYS, multiple_minor=100))
        assert rows[:4] == [(25_568, 4_932), (25_665, 4_835), (25_926, 4_574), (26_608, 3_892)]


class TestFlatAndEqualPrincipal:
    def test_flat_interest_is_on_the_whole_amount(self) -> None:
        rows = schedule(terms(Method.FLAT, multiple_minor=100))
        assert rows[0] == (27_800, 5_000)
        assert rows[-1] == (27_400, 5_000)

    def test_equal_principal(self) -> None:
        rows = schedule(terms(Method.EQUAL_PRINCIPAL))
        assert rows[:3] == [(27_778, 5_000), (27_778, 4_722), (27_778, 4_444)]
        assert rows[-1] == (27_774, 278)

    def test_a_down_payment_is_due_at_once(self) -> None:
        plan = terms(Method.FLAT, percent="0", count=3, down_payment_percent=Decimal(25))
        rows = loan_schedule(plan, [Disbursement(START, 100_000)])
        assert [(row.number, row.due, row.total_minor) for row in rows][:2] == [
            (0, START, 25_000),
            (1, date(2022, 12, 1), 25_000),
        ]


class TestBalanceInterest:
    def test_a_later_disbursement_joins_the_rows_that_are_left(self) -> None:
        # Apache Fineract, ProgressiveEMICalculatorTest: 100 at 9.4822 %, 30/360, and 200 more a week later.
        plan = terms(
            percent="9.4822",
            count=6,
            interest=Interest.BALANCE,
            days_in_year=DaysInYear.D360,
            days_in_month=DaysInMonth.D30,
        )
        start = date(2024, 1, 1)
        rows = loan_schedule(plan, [Disbursement(start, 10_000), Disbursement(date(2024, 1, 8), 20_000)])
        assert [row.total_minor for row in rows] == [5133, 5133, 5133, 5133, 5133, 5134]
        assert rows[0].interest_minor == 202

    def test_the_leap_year_counts_its_days(self) -> None:
        plan = terms(percent="9.4822", count=6, interest=Interest.BALANCE, days_in_year=DaysInYear.ACTUAL)
        rows = loan_schedule(plan, [Disbursement(date(2023, 12, 12), 10_000)])
        assert [row.interest_minor for row in rows] == [80, 67, 50, 41, 26, 14]

    def test_no_disbursement_after_the_last_instalment(self) -> None:
        plan = terms(count=2, interest=Interest.BALANCE)
        with pytest.raises(TermsError, match="before the last instalment"):
            loan_schedule(plan, [Disbursement(START, 10_000), Disbursement(date(2023, 1, 1), 10_000)])


class TestDueDates:
    def test_months_keep_the_day_or_end_with_the_month(self) -> None:
        days = due_dates(date(2024, 1, 31), 4, every=1, frequency=Frequency.MONTHS)
        assert days == [date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30), date(2024, 5, 31)]

    def test_a_loan_of_the_29th_of_february(self) -> None:
        days = due_dates(date(2024, 2, 29), 2, every=12, frequency=Frequency.MONTHS)
        assert days == [date(2025, 2, 28), date(2026, 2, 28)]

    @pytest.mark.parametrize(("shift", "day"), [(Shift.FORWARD, 26), (Shift.BACK, 24), (Shift.NONE, 25)])
    def test_a_day_off_moves_as_the_calendar_says(self, shift: Shift, day: int) -> None:
        off = Calendar(holidays=[date(2022, 12, 25)], shift=shift)
        rows = loan_schedule(terms(count=1), [Disbursement(date(2022, 11, 25), 100_000)], calendar=off)
        assert rows[0].due == date(2022, 12, day)


class TestNoSchedule:
    @pytest.mark.parametrize(
        "plan",
        [
            terms(count=0),
            terms(percent="-1"),
            terms(count=3, grace_principal=3),
            terms(count=3, grace_interest=3),
            terms(down_payment_percent=Decimal(100)),
            terms(every=0),
            terms(Method.FLAT, interest=Interest.BALANCE),
        ],
    )
    def test_terms_that_make_no_sense_are_refused(self, plan: ScheduleTerms) -> None:
        with pytest.raises(TermsError):
            loan_schedule(plan, [Disbursement(START, 100_000)])

    def test_an_instalment_that_never_repays_is_refused(self) -> None:
        with pytest.raises(TermsError, match="never repays"):
            loan_schedule(terms(instalment_minor=5_000), [Disbursement(START, 500_000)])

    @pytest.mark.parametrize("amounts", [[], [0], [-5], [100, 100]])
    def test_amounts_that_make_no_sense_are_refused(self, amounts: list[int]) -> None:
        with pytest.raises(TermsError):
            loan_schedule(terms(), [Disbursement(START, amount) for amount in amounts])


PLANS = st.builds(
    ScheduleTerms,
    method=st.sampled_from(Method),
    annual_percent=st.decimals(0, 60, places=2),
    instalments=st.integers(7, 60),
    every=st.integers(1, 3),
    frequency=st.sampled_from(Frequency),
    interest=st.sampled_from([Interest.PERIOD, Interest.DAYS]),
    days_in_year=st.sampled_from(DaysInYear),
    grace_principal=st.integers(0, 6),
    grace_interest=st.integers(0, 6),
    down_payment_percent=st.decimals(0, 50, places=1),
    multiple_minor=st.sampled_from([None, 1, 100, 500]),
    recast=st.booleans(),
)
BALANCE_PLANS = st.builds(
    ScheduleTerms,
    method=st.just(Method.DECLINING),
    annual_percent=st.decimals(0, 60, places=2),
    instalments=st.integers(1, 60),
    every=st.integers(1, 3),
    frequency=st.sampled_from(Frequency),
    interest=st.just(Interest.BALANCE),
    days_in_year=st.sampled_from(DaysInYear),
    days_in_month=st.sampled_from(DaysInMonth),
)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(plan=PLANS | BALANCE_PLANS, amount=st.integers(1, 10**11), start=DAYS)
def test_what_every_schedule_keeps(plan: ScheduleTerms, amount: int, start: date) -> None:
    rows = loan_schedule(plan, [Disbursement(start, amount)])
    assert sum(row.principal_minor for row in rows) == amount
    assert all(row.principal_minor >= 0 and row.interest_minor >= 0 for row in rows)
    balances = [amount, *(row.balance_minor for row in rows)]
    assert balances == sorted(balances, reverse=True)
    assert balances[-1] == 0
    assert [row.due for row in rows] == sorted(row.due for row in rows)


@given(plan=BALANCE_PLANS, amounts=st.lists(st.integers(1, 10**9), min_size=2, max_size=4), start=DAYS)
def test_several_disbursements_are_all_repaid(plan: ScheduleTerms, amounts: list[int], start: date) -> None:
    last = due_dates(start, plan.instalments, every=plan.every, frequency=plan.frequency)[-1]
    step = (last - start) / (len(amounts) + 1)
    rows = loan_schedule(plan, [Disbursement(start + step * n, amount) for n, amount in enumerate(amounts)])
    assert sum(row.principal_minor for row in rows) == sum(amounts)
    assert all(row.principal_minor >= 0 and row.interest_minor >= 0 for row in rows)
    assert rows[-1].balance_minor == 0

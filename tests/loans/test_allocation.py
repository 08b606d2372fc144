"""Sharing payments out: what no product and no order of payments may break, and other systems' early payments."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portal.loans.allocation import Parts, Position, pay
from portal.loans.models import Allocation, Early
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
    accrued,
    first_rows,
)

START = date(2026, 1, 31)


def terms(**more: Any) -> ScheduleTerms:
    given_terms: dict[str, Any] = {"method": Method.DECLINING, "annual_percent": Decimal(24), "instalments": 6} | more
    return ScheduleTerms(**given_terms)


def position(plan: ScheduleTerms, amount: int = 600_000, **more: Any) -> Position:
    rows = first_rows(plan, Disbursement(START, amount), Calendar())
    return Position(terms=plan, rows=rows, balance=amount, **more)


def paid(
    held: Position, amount: int, day: date, early: Early = Early.FEWER, order: Allocation = Allocation.PENALTIES_FIRST
) -> Any:
    return pay(held, amount, day, order=order, early=early)


class TestWhatIsDue:
    def test_penalties_then_fees_then_the_oldest_instalment(self) -> None:
        held = position(terms(), penalty=500, fee=300)
        due = held.rows[0]
        found = paid(held, 800 + due.interest_minor + 1_000, due.due + timedelta(days=3))
        assert found.parts == Parts(penalty=500, fee=300, interest=due.interest_minor, principal=1_000)

    def test_the_product_may_ask_for_instalments_first(self) -> None:
        held = position(terms(), penalty=500)
        due = held.rows[0]
        found = paid(held, due.total_minor + 200, due.due, order=Allocation.INSTALMENTS_FIRST)
        assert found.parts == Parts(penalty=200, interest=due.interest_minor, principal=due.principal_minor)

    def test_or_for_principal_first(self) -> None:
        held = position(terms(), fee=500)
        due = held.rows[0]
        assert paid(held, 100, due.due, order=Allocation.PRINCIPAL_FIRST).parts == Parts(principal=100)

    def test_what_is_paid_partly_stays_late_from_its_own_day(self) -> None:
        held = position(terms())
        day = held.rows[1].due + timedelta(days=1)
        after = paid(held, held.rows[0].total_minor, day).after
        assert held.days_late(day) == (day - held.rows[0].due).days
        assert after.days_late(day) == 1


class TestEarly:
    def test_one_hundredth_settles_nothing(self) -> None:
        found = paid(position(terms(), 400_000), 1, START + timedelta(days=1))
        assert found.after.balance >= 399_999
        assert found.after.settlement(START + timedelta(days=1)).total > 399_000

    def test_fewer_instalments_keep_their_amount(self) -> None:
        held = position(terms())
        after = paid(held, 250_000, START + timedelta(days=10)).after
        assert len(after.rows) < 6
        assert {row.total_minor for row in after.rows[:-1]} == {held.rows[0].total_minor}

    def test_smaller_instalments_keep_their_days(self) -> None:
        held = position(terms())
        after = paid(held, 250_000, START + timedelta(days=10), Early.SMALLER).after
        assert [row.due for row in after.rows] == [row.due for row in held.rows]
        assert abs(after.rows[-1].total_minor - after.rows[0].total_minor) <= 6

    def test_the_next_instalments_may_be_paid_ahead(self) -> None:
        held = position(terms())
        after = paid(held, held.rows[0].total_minor + held.rows[1].total_minor, START, Early.NEXT).after
        assert after.rows == held.rows
        assert after.unpaid()[0].row.number == 3

    def test_two_early_payments_in_one_period_earn_what_their_days_earn(self) -> None:
        held = position(terms(annual_percent=Decimal(12), instalments=1), 100_000)
        one = paid(held, 20_000, date(2026, 2, 10)).after
        two = paid(one, 20_000, date(2026, 2, 20)).after
        interest = (
            held.interest_to(date(2026, 2, 10)) + one.interest_to(date(2026, 2, 20)) + two.rows[-1].interest_minor
        )
        assert 357 + 287 + 173 - 2 <= interest <= 357 + 287 + 173 + 2

    def test_a_settled_loan_keeps_what_was_paid_too_much(self) -> None:
        held = position(terms(), penalty=70)
        day = START + timedelta(days=40)
        found = paid(held, held.settlement(day).total + 55, day)
        assert (found.parts.over, found.after.balance, found.after.settlement(day).total) == (55, 0, 0)


class TestOtherSystems:
    """Apache Fineract, ProgressiveEMICalculatorTest (FIN-EMI-07 and 08): 100.00 over six months at 7 %, 30/360."""

    PLAN = ScheduleTerms(
        method=Method.DECLINING,
        annual_percent=Decimal(7),
        instalments=6,
        interest=Interest.BALANCE,
        days_in_year=DaysInYear.D360,
        days_in_month=DaysInMonth.D30,
    )

    def held(self) -> Position:
        rows = first_rows(self.PLAN, Disbursement(date(2024, 1, 1), 10_000), Calendar())
        return Position(terms=self.PLAN, rows=rows, balance=10_000)

    def test_an_instalment_paid_two_weeks_early(self) -> None:
        first = paid(self.held(), 1_701, date(2024, 2, 1), Early.NEXT)
        second = paid(first.after, 1_701, date(2024, 2, 15), Early.NEXT)
        assert second.parts == Parts(interest=24, principal=1_677)
        assert [(row.due.month, row.principal_minor, row.interest_minor) for row in second.after.rows] == [
            (4, 1_642, 59),
            (5, 1_672, 29),
            (6, 1_681, 20),
            (7, 1_685, 10),
        ]

    def test_settled_with_one_instalment_late(self) -> None:
        whole = self.held().settlement(date(2024, 2, 15))
        assert (whole.principal, whole.interest) == (10_000, 58 + 24)


@st.composite
def plans(draw: st.DrawFn) -> ScheduleTerms:
    method = draw(st.sampled_from(list(Method)))
    interest = draw(st.sampled_from([Interest.PERIOD, Interest.DAYS, Interest.BALANCE]))
    count = draw(st.integers(1, 18))
    plain = interest is Interest.BALANCE
    return terms(
        method=Method.DECLINING if plain else method,
        interest=interest,
        annual_percent=Decimal(draw(st.integers(0, 6_000))).scaleb(-2),
        instalments=count,
        frequency=draw(st.sampled_from(list(Frequency))),
        every=draw(st.integers(1, 3)),
        days_in_year=draw(st.sampled_from(list(DaysInYear))),
        grace_principal=0 if plain else draw(st.integers(0, count - 1)),
        grace_interest=0 if plain else draw(st.integers(0, count - 1)),
        down_payment_percent=Decimal(0 if plain else draw(st.sampled_from([0, 0, 25]))),
        multiple_minor=draw(st.sampled_from([None, None, 100])),
    )


payments = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 400_000), st.sampled_from(list(Early))), min_size=1, max_size=12
)


@settings(max_examples=300, deadline=None)
@given(plan=plans(), amount=st.integers(10_000, 1_000_000), made=payments, order=st.sampled_from(list(Allocation)))
def test_nothing_is_lost_and_nothing_is_negative(
    plan: ScheduleTerms, amount: int, made: list[tuple[int, int, Early]], order: Allocation
) -> None:
    try:
        held = position(plan, amount, penalty=130, fee=70)
    except TermsError:
        assume(False)
    day, used = START, Parts()
    for later, sum_paid, early in made:
        day += timedelta(days=later)
        found = pay(held, sum_paid, day, order=order, early=early)
        assert found.parts.total == sum_paid
        assert min(found.parts.penalty, found.parts.fee, found.parts.interest, found.parts.principal) >= 0
        used, held = used + found.parts, found.after
        assert 0 <= held.balance == amount - used.principal
        assert all(min(row.principal_minor, row.interest_minor, row.earned_minor) >= 0 for row in held.rows)
        assert sum(each.principal for each in held.unpaid()) == held.balance
        assert sum(row.earned_minor for row in held.rows) == sum(row.interest_minor for row in held.rows)
        if not held.balance:
            return
    last = max(held.rows[-1].due, day)
    whole = held.settlement(last)
    ended = pay(replace(held), whole.total, last, order=order, early=Early.FEWER)
    assert ended.after.settlement(last).total == 0
    assert used.principal + ended.parts.principal == amount
    assert accrued(held.rows, last) == sum(row.earned_minor for row in held.rows)

"""From a product's terms to the terms of one schedule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from portal.base.money import Money
from portal.institution.models import Branch
from portal.institution.queries import days_off
from portal.loans.models import LoanTerms, WeekendShift
from portal.loans.schedules import (
    Calendar,
    DaysInMonth,
    DaysInYear,
    Disbursement,
    Frequency,
    Interest,
    Method,
    Row,
    ScheduleTerms,
    first_rows,
)
from portal.loans.schedules.dates import Shift

WEEKEND = (5, 6)
"""Saturday and Sunday, as `date.weekday` counts."""


def percent(basis_points: int) -> Decimal:
    """Basis points as per cent: 450 is Decimal("4.5")."""
    return Decimal(basis_points).scaleb(-2)


def schedule_terms(terms: LoanTerms, *, rate_bps: int, instalments: int) -> ScheduleTerms:
    """The terms of one schedule: the product's, with this rate (a year) and this many instalments."""
    return ScheduleTerms(
        method=Method(terms.method),
        annual_percent=percent(rate_bps),
        instalments=instalments,
        every=terms.every,
        frequency=Frequency(terms.frequency),
        interest=Interest(terms.interest),
        days_in_year=DaysInYear(terms.days_in_year),
        days_in_month=DaysInMonth(terms.days_in_month),
        grace_principal=terms.grace_principal,
        grace_interest=terms.grace_interest,
        down_payment_percent=percent(terms.down_payment_bps),
        multiple_minor=terms.multiple_minor or None,
    )


def calendar_of(terms: LoanTerms, branch: Branch | None) -> Calendar:
    """The days off that move due days: weekends, and the holidays of a branch (of all, where none is named)."""
    if terms.weekend_shift == WeekendShift.NONE:
        return Calendar()
    return Calendar(weekend=WEEKEND, holidays=days_off(branch), shift=Shift(terms.weekend_shift))


def planned(
    terms: LoanTerms, amount: Money, *, rate_bps: int, instalments: int, on: date, branch: Branch | None
) -> list[Row]:
    """The whole schedule of a loan that a branch pays out on a day."""
    plan = schedule_terms(terms, rate_bps=rate_bps, instalments=instalments)
    return first_rows(plan, Disbursement(on, amount.minor), calendar_of(terms, branch))


def fee_of(terms: LoanTerms, amount: Money) -> Money:
    """What is kept back when an amount is paid out: the fixed fee and the share, rounded half to even."""
    share = round(Decimal(amount.minor * terms.fee_bps) / 10_000)
    return Money(min(terms.fee_minor + share, amount.minor), amount.currency)

"""Loan schedules to the minor unit. Pure: terms, days and amounts in, instalments out; nothing here reads or writes.

The rules are those that other systems' worked examples show (tests/loans names each source): intermediate figures keep
twelve significant digits, money is rounded half to even at each row, and **the last instalment takes the rest**, so that
the principal of a schedule always sums to what was paid out. `docs/money.md` states them with their formulas.
"""

from __future__ import annotations

from collections.abc import Sequence

from portal.loans.schedules.dates import Calendar, due_dates
from portal.loans.schedules.periodic import periodic_schedule
from portal.loans.schedules.progressive import progressive_schedule
from portal.loans.schedules.rows import Row, accrued, first_rows, recast
from portal.loans.schedules.terms import (
    DaysInMonth,
    DaysInYear,
    Disbursement,
    Frequency,
    Instalment,
    Interest,
    Method,
    ScheduleTerms,
    TermsError,
)

__all__ = [
    "Calendar",
    "DaysInMonth",
    "DaysInYear",
    "Disbursement",
    "Frequency",
    "Instalment",
    "Interest",
    "Method",
    "Row",
    "ScheduleTerms",
    "TermsError",
    "accrued",
    "due_dates",
    "first_rows",
    "loan_schedule",
    "recast",
]


def loan_schedule(
    terms: ScheduleTerms, disbursements: Sequence[Disbursement], *, calendar: Calendar | None = None
) -> list[Instalment]:
    """Every instalment of a loan, in order, for what was paid out and when.

    Due days count from the first disbursement; `calendar` moves those that fall on a day off. Several disbursements need
    interest by `Interest.BALANCE`. The sum of the principal is the sum of the disbursements, no amount is negative, and
    the outstanding principal only falls, but for a disbursement.
    Raises `TermsError` for terms that give no schedule: no amount, no instalments, more grace than instalments.
    """
    terms.check()
    given = sorted(disbursements, key=lambda one: one.on)
    if not given or min(one.amount_minor for one in given) <= 0:
        raise TermsError("A schedule needs an amount above zero.")
    if terms.interest is Interest.BALANCE:
        return progressive_schedule(terms, given, calendar or Calendar())
    if len(given) > 1:
        raise TermsError("Only interest on the daily balance allows several disbursements.")
    return periodic_schedule(terms, given[0], calendar or Calendar())

"""What a schedule is made from, and what it is made of. Amounts are minor units; rates are per cent a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum

EXACT = Context(prec=12, rounding=ROUND_HALF_EVEN)
"""Intermediate figures: twelve significant digits, half to even."""


class TermsError(ValueError):
    """Terms that give no schedule; the message says which."""


class Method(StrEnum):
    """DECLINING: equal instalments, interest on what is left. EQUAL_PRINCIPAL: equal principal, interest likewise.
    FLAT: interest on the whole amount for the whole term, in equal parts.
    """

    DECLINING = "declining"
    EQUAL_PRINCIPAL = "equal_principal"
    FLAT = "flat"


class Interest(StrEnum):
    """What a row's interest follows.

    PERIOD: the repayment period, all periods alike. DAYS: the days between two due dates, the instalment worked out as if
    each month had thirty. BALANCE: a rate factor for each stretch between two changes of the balance.
    """

    PERIOD = "period"
    DAYS = "days"
    BALANCE = "balance"


class Frequency(StrEnum):
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


class DaysInYear(StrEnum):
    ACTUAL = "actual"
    D360 = "360"
    D364 = "364"
    D365 = "365"


class DaysInMonth(StrEnum):
    ACTUAL = "actual"
    D30 = "30"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleTerms:
    """The terms of one loan.

    `every` and `frequency` space the due days: every 2 weeks. `period_percent`, where given, is the rate of one period and
    stands in for the yearly one. `multiple_minor` is what an instalment is rounded to a multiple of (a whole unit: 100),
    `unit_minor` what every amount is. `grace_principal` and `grace_interest` are periods without; interest of its grace
    gathers and falls due with the first row after it. `down_payment_percent` falls due on the day of disbursement.
    `recast` works the instalment out anew at each row from what is left. `first_by_days` lets the first row's interest
    follow its days when a day off has moved it. `instalment_minor` fixes the instalment, and the rows follow from it.
    """

    method: Method
    annual_percent: Decimal
    instalments: int
    every: int = 1
    frequency: Frequency = Frequency.MONTHS
    interest: Interest = Interest.PERIOD
    days_in_year: DaysInYear = DaysInYear.D365
    days_in_month: DaysInMonth = DaysInMonth.ACTUAL
    period_percent: Decimal | None = None
    grace_principal: int = 0
    grace_interest: int = 0
    down_payment_percent: Decimal = Decimal(0)
    multiple_minor: int | None = None
    unit_minor: int = 1
    rounding: str = ROUND_HALF_EVEN
    recast: bool = False
    first_by_days: bool = False
    instalment_minor: int | None = None

    def check(self) -> None:
        """Refuse terms that give no schedule."""
        if self.instalments < 1 or self.every < 1:
            raise TermsError("A schedule needs at least one instalment, and a period between two.")
        if self.annual_percent < 0 or (self.period_percent or 0) < 0:
            raise TermsError("A rate of interest is not negative.")
        if not 0 <= self.down_payment_percent < 100:
            raise TermsError("A down payment is from 0 to under 100 per cent.")
        if not 0 <= self.grace_principal < self.instalments or not 0 <= self.grace_interest < self.instalments:
            raise TermsError("Grace must leave at least one instalment.")

    def rounded(self, amount: Decimal, multiple: int | None = None) -> int:
        """An amount in minor units as money: to the unit, or to a multiple of it."""
        step = multiple or self.unit_minor
        return int((amount / step).to_integral_value(rounding=self.rounding)) * step


@dataclass(frozen=True, slots=True)
class Disbursement:
    on: date
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    """One row. `balance_minor` is the principal outstanding once it is paid; row 0 is a down payment."""

    number: int
    starts: date
    due: date
    principal_minor: int
    interest_minor: int
    balance_minor: int

    @property
    def total_minor(self) -> int:
        return self.principal_minor + self.interest_minor

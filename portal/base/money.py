"""Money as whole minor units, with one parser and one formatter for amounts.

No float ever touches money. Text becomes money in `parse_amount`, money becomes text in `format_amount`; all between is
integers. Rounding happens in `round_to_minor` alone, and each call names its mode.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache

from babel.numbers import get_currency_precision, get_decimal_symbol, get_group_symbol

from portal.base.errors import Refused

MAX_MINOR = 10**15
"""The largest amount one line may carry: far above any branch, far below the bigint of the books."""

_AMOUNT = re.compile(r"(?P<whole>[0-9]{1,3}(?:[, \u00a0\u202f][0-9]{3})+|[0-9]+)(?:\.(?P<fraction>[0-9]+))?", re.ASCII)
_WIDE = Context(prec=40)


class AmountError(Refused):
    """Text that is no amount of money in this currency."""

    code = "amount"


class CurrencyMismatch(TypeError):
    """Two currencies met in one sum: a bug, never a person's mistake."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """So many minor units of one currency: `Money(25000, "GHS")` is GHS 250.00."""

    minor: int
    currency: str

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.minor), self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def __str__(self) -> str:
        return f"{self.currency} {format_amount(self)}"

    def to_decimal(self) -> Decimal:
        """The amount in major units, exact: `Decimal("250.00")`."""
        return Decimal(self.minor).scaleb(-exponent(self.currency), context=_WIDE)

    def allocate(self, ratios: Sequence[int]) -> list[Money]:
        """Split by ratios so that the parts sum exactly: each share floored, the rest handed out one by one in order.

        Ratios are whole and not negative; at least one is above zero. The rule is Numscript's allotment
        (formancehq/ledger, machine_test.go TestAllocation).
        """
        total = sum(ratios)
        if total <= 0 or min(ratios) < 0:
            raise ValueError("ratios must be whole numbers with a positive sum")
        sign = -1 if self.minor < 0 else 1
        shares = [abs(self.minor) * ratio // total for ratio in ratios]
        left = abs(self.minor) - sum(shares)
        for index in (index for index, ratio in enumerate(ratios) if ratio):
            if not left:
                break
            shares[index] += 1
            left -= 1
        return [Money(sign * share, self.currency) for share in shares]

    def _same(self, other: Money) -> int:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} met {other.currency}")
        return other.minor


@cache
def exponent(currency: str) -> int:
    """How many digits stand behind the decimal point (ISO 4217)."""
    return int(get_currency_precision(currency))


def round_to_minor(amount: Decimal, currency: str, *, rounding: str) -> Money:
    """Round an amount in major units to whole minor units with the named mode of `decimal`."""
    minor = amount.scaleb(exponent(currency), context=_WIDE).to_integral_value(rounding=rounding)
    return Money(int(minor), currency)


def parse_amount(text: str, currency: str) -> Money:
    """The one parser of amounts people type.

    Takes plain digits, an optional decimal point, optional grouping by comma or space in threes. Refuses everything
    else, and says why: signs, exponents, other alphabets' digits, more decimals than the currency has.
    Zero is an amount; whoever needs more than zero asks for it.
    """
    stripped = text.strip()
    match = _AMOUNT.fullmatch(stripped)
    digits = exponent(currency)
    if match is None:
        raise AmountError(f"Enter the amount in digits, like {_example(digits)}.")
    fraction = match["fraction"] or ""
    if len(fraction) > digits:
        raise AmountError(f"{currency} amounts have at most {digits} decimals, like {_example(digits)}.")
    whole = re.sub(r"[^0-9]", "", match["whole"])
    minor = int(whole + fraction.ljust(digits, "0")) if len(whole) <= 15 else MAX_MINOR + 1
    if minor > MAX_MINOR:
        raise AmountError("This amount is larger than the books can hold. Check the number of digits.")
    return Money(minor, currency)


def format_amount(amount: Money, locale: str = "en") -> str:
    """The one formatter: grouped digits, the currency's decimals, a real minus sign, no currency."""
    digits = exponent(amount.currency)
    group, point = _symbols(locale)
    whole, fraction = divmod(abs(amount.minor), 10**digits)
    text = f"{whole:,}".replace(",", group) + (f"{point}{fraction:0{digits}d}" if digits else "")
    return f"\u2212{text}" if amount.minor < 0 else text


@cache
def _symbols(locale: str) -> tuple[str, str]:
    """What groups digits and what stands before decimals. Babel looks them up each time, and a passbook has a hundred amounts."""
    return get_group_symbol(locale), get_decimal_symbol(locale)


def plain_amount(amount: Money) -> str:
    """For machines: `-1250.00`, no grouping, ASCII minus, the currency's decimals."""
    return f"{amount.to_decimal():f}"


def rate_of(basis_points: int) -> Decimal:
    """A yearly rate in basis points as a factor: 450 is Decimal("0.045")."""
    return Decimal(basis_points).scaleb(-4)


def half_even(amount: Decimal, currency: str) -> Money:
    """Banker's rounding, the house rule for interest."""
    return round_to_minor(amount, currency, rounding=ROUND_HALF_EVEN)


def _example(digits: int) -> str:
    return "250." + "0" * digits if digits else "250"

"""Amounts in words, for receipts and for reading a large figure back to a customer (English)."""

from __future__ import annotations

from functools import cache

from babel.numbers import get_currency_name

from portal.base.money import Money, exponent

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"))


def in_words(amount: Money) -> str:
    """`Money(25050, "GHS")` reads `two hundred and fifty cedis and 50/100`."""
    base = 10 ** exponent(amount.currency)
    whole, fraction = divmod(abs(amount.minor), base)
    words = f"{_whole(whole)} {_currency(amount.currency, is_one=whole == 1)}"
    if base > 1:
        words += f" and {fraction:0{exponent(amount.currency)}d}/{base}"
    return f"minus {words}" if amount.minor < 0 else words


@cache
def _currency(code: str, *, is_one: bool) -> str:
    """What people call the money: of `Ghanaian cedis` the last word. The country stands in the code beside the figure."""
    return str(get_currency_name(code, count=1 if is_one else 2, locale="en")).split()[-1]


def _whole(number: int) -> str:
    parts = []
    for scale, name in _SCALES:
        count, number = divmod(number, scale)
        if count:
            parts.append(f"{_hundreds(count)} {name}")
    if number or not parts:
        joiner = "and " if parts and number < 100 else ""
        parts.append(joiner + _hundreds(number))
    return " ".join(parts)


def _hundreds(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _tens(rest)
    words = f"{_SMALL[hundreds]} hundred"
    return f"{words} and {_tens(rest)}" if rest else words


def _tens(number: int) -> str:
    if number < 20:
        return _SMALL[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens]}-{_SMALL[ones]}" if ones else _TENS[tens]

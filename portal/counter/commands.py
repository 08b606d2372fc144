"""What a cashier types into the one field: who is served, and if wanted what is to be done and how much, on one line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal.deposits.numbers import is_account_number

DEPOSIT, WITHDRAWAL, TRANSFER = "deposit", "withdrawal", "transfer"
REPAYMENT, CLOSING, LOAN = "repayment", "closing", "loan"
VERBS = {
    "d": DEPOSIT,
    "deposit": DEPOSIT,
    "w": WITHDRAWAL,
    "withdraw": WITHDRAWAL,
    "withdrawal": WITHDRAWAL,
    "t": TRANSFER,
    "transfer": TRANSFER,
    "r": REPAYMENT,
    "repay": REPAYMENT,
    "repayment": REPAYMENT,
    "c": CLOSING,
    "close": CLOSING,
    "closing": CLOSING,
    "l": LOAN,
    "loan": LOAN,
}
LONGEST = 120
_AMOUNT = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?", re.ASCII)
_NUMBER = re.compile(r"[0-9]{5,}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Command:
    """`who` is a number, a name or a phone; `amount` is text as typed, for the form to judge.

    `unclear` is what stood where an amount was expected and is none.
    """

    who: str = ""
    verb: str = DEPOSIT
    amount: str = ""
    unclear: str = ""


def read_command(text: str) -> Command:
    """`102345`, `ama mensah`, `0101 0000 0112`, `d 102345 250`, `w 102345 1,250.50`, `r 017000000142 254`.

    A last number is an amount only after a whole number of a member or an account, or where a verb came first: names
    and phones with spaces stay whole.
    """
    words = text[:LONGEST].split()
    verb = VERBS.get(words[0].lower()) if len(words) > 1 else None
    if verb:
        words = words[1:]
        number, unclear = _number_and_rest(words)
        if unclear:
            return Command(who=number, verb=verb, unclear=unclear)
    who, amount = _without_amount(words, told=verb is not None)
    return Command(who=_joined(who), verb=verb or DEPOSIT, amount=amount)


def _number_and_rest(words: list[str]) -> tuple[str, str]:
    """After a verb and a whole number only an amount makes sense: the number, and what is not one; else nothing."""
    digits = next((index for index, word in enumerate(words) if not word.isdecimal()), len(words))
    number, rest = "".join(words[:digits]), words[digits:]
    whole = is_account_number(number) or (digits == 1 and _NUMBER.fullmatch(number))
    return (number, " ".join(rest)) if rest and whole and not _AMOUNT.fullmatch(" ".join(rest)) else ("", "")


def _without_amount(words: list[str], *, told: bool) -> tuple[list[str], str]:
    if len(words) < 2 or is_account_number("".join(words)) or not _AMOUNT.fullmatch(words[-1]):
        return words, ""
    rest = words[:-1]
    number = is_account_number("".join(rest)) or (len(rest) == 1 and _NUMBER.fullmatch(rest[0]))
    named = told and not all(word.isdigit() for word in rest)
    return (rest, words[-1]) if number or named else (words, "")


def _joined(words: list[str]) -> str:
    """An account number typed in groups is one word."""
    return "".join(words) if is_account_number("".join(words)) else " ".join(words)

"""Account numbers: twelve digits that name the branch, the product and the account, and check themselves."""

from __future__ import annotations

import re

from stdnum.iso7064 import mod_97_10

SERIALS = 10**6
_NUMBER = re.compile(r"[0-9]{12}", re.ASCII)


def account_number(branch_code: str, product_code: str, serial: int) -> str:
    """Branch (2 digits), product (2), serial (6) and two check digits by ISO 7064, mod 97-10."""
    if not 0 < serial < SERIALS:
        raise ValueError(f"serial {serial} does not fit six digits")
    body = f"{branch_code}{product_code}{serial:06d}"
    if not re.fullmatch(r"[0-9]{10}", body, re.ASCII):
        raise ValueError(f"{body} is not made of digits")
    return f"{body}{mod_97_10.calc_check_digits(body)}"


def is_account_number(text: str) -> bool:
    """Whether the text is twelve digits whose check digits agree: finds every single slip and swap of a typist."""
    return _NUMBER.fullmatch(text) is not None and bool(mod_97_10.is_valid(text))


def plain_number(text: str) -> str:
    """What a person typed, without the spaces and dashes between groups."""
    return re.sub(r"[\s\u00a0\u202f-]", "", text)


def serial_of(number: str) -> int:
    """The serial inside an account number."""
    return int(number[4:10])

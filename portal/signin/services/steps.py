"""The codes of authenticator apps (TOTP, RFC 6238), worked out by django-otp."""

from __future__ import annotations

import hmac
from datetime import datetime

from django_otp.oath import TOTP, hotp

from portal.base.errors import Refused

STEP_SECONDS = 30
CODE_DIGITS = 6


class WrongCode(Refused):
    """Not right, used already, or too old."""

    code = "wrong_code"


def steps_showing(key: bytes, code: str, at: datetime) -> list[int]:
    """The half minutes in which this code is shown: this one and its neighbours are looked at, for clocks differ."""
    typed = "".join(code.split())
    clock = TOTP(key, step=STEP_SECONDS, digits=CODE_DIGITS)
    clock.time = at.timestamp()
    now = clock.t()
    return [step for step in (now, now - 1, now + 1) if _same(f"{hotp(key, step):06d}", typed)]


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())

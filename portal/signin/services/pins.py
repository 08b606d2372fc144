"""The PIN a customer confirms transfers with: four to six digits, an Argon2 hash, five wrong tries."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F

from portal.audit.services import record
from portal.base.db import in_service, transactional
from portal.base.errors import Refused
from portal.people.models import User
from portal.signin import queries
from portal.signin.models import MOST_PIN_FAILURES, SignInAttempt, TransactionPin
from portal.signin.services.attempts import note_failure
from portal.signin.services.factors import tell_of_change

SHORTEST, LONGEST = 4, 6
_LOCKED = "Your PIN is locked after five wrong tries. Set a new one under “Security”."


class WrongPin(Refused):
    """Not the PIN; says how many tries are left."""

    code = "wrong_pin"


@transactional
def set_pin(*, user: User, pin: str, by: Any, at: datetime) -> TransactionPin:
    """Set or change the PIN, which also opens a locked one. Refused: a PIN that is tried first by whoever found the phone."""
    problem = weakness(pin, birth_date=user.customer.birth_date if user.customer else None)
    if problem:
        raise Refused(problem, code="weak_pin", field="pin")
    values = {"pin": make_password(pin), "failures": 0, "set_at": at}
    row, is_new = TransactionPin.objects.update_or_create(user=user, defaults=values)
    what = "A transaction PIN was set." if is_new else "Your transaction PIN was changed."
    tell_of_change(user, what, "PIN set", by=by, at=at)
    return row


def check_pin(*, user: User, pin: str, by: Any, at: datetime) -> None:
    """Take the PIN of somebody who has set one; whoever has none needs none. Raises `WrongPin`, or `Refused` when locked.

    Counted before it is looked at, so no more than five wrong ones are ever looked at. Call it outside of any service.
    """
    if in_service():
        raise RuntimeError("A wrong PIN that is counted within a service is forgotten when that service is refused.")
    row = queries.pin_of(user)
    if row is None:
        return
    if not pin:
        raise WrongPin("Enter your transaction PIN.", code="no_pin", field="pin")
    mine = TransactionPin.objects.filter(pk=row.pk)
    if not mine.filter(failures__lt=MOST_PIN_FAILURES).update(failures=F("failures") + 1):
        raise Refused(_LOCKED, code="pin_locked", field="pin")
    if check_password(pin, row.pin):
        mine.update(failures=0)
        return
    note_failure(user=user, outcome=SignInAttempt.Outcome.PIN, by=by, at=at)
    _say_wrong(mine.values_list("failures", flat=True)[0], user, at)


def _say_wrong(failures: int, user: User, at: datetime) -> None:
    left = MOST_PIN_FAILURES - failures
    if left <= 0:
        record(verb="PIN locked", subject=user.email, by=user, at=at)
        raise Refused(_LOCKED, code="pin_locked", field="pin")
    tries = "One try is left." if left == 1 else f"{left} tries are left."
    raise WrongPin(f"This is not your PIN. {tries}", field="pin")


def weakness(pin: str, *, birth_date: date | None) -> str:
    """Why this PIN is refused, or nothing: its shape, one digit again and again, a row, a year, the birthday."""
    if not (SHORTEST <= len(pin) <= LONGEST and pin.isascii() and pin.isdigit()):
        return f"A PIN is {SHORTEST} to {LONGEST} digits."
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if steps in ({0}, {1}, {9}):
        return "Choose digits that do not follow or repeat each other: 1234 and 0000 are tried first."
    half = len(pin) // 2
    if len(set(pin)) == 1 or (len(pin) % 2 == 0 and pin[:half] == pin[half:]) or pin == "2580":
        return "This PIN is tried first. Choose another."
    if len(pin) == SHORTEST and pin[:2] in {"19", "20"}:
        return "Choose no year: years are tried first."
    if birth_date is not None and pin in _birthdays(birth_date):
        return "Choose nothing from your date of birth."
    return ""


def _birthdays(day: date) -> set[str]:
    shapes = ("%d%m", "%m%d", "%d%m%y", "%m%d%y", "%y%m%d", "%Y", "%m%y", "%d%y")
    return {day.strftime(shape) for shape in shapes}

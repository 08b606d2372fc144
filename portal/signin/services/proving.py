"""Checking what somebody proves who they are with. Every try is counted before it is checked.

None of these may be called within a service: the count of a wrong try must not be undone with what was refused.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models import F

from portal.audit.services import record
from portal.base.crypto import keyed_hash, keyed_hashes
from portal.base.db import in_service, transactional
from portal.base.errors import Refused
from portal.outbox.services import SMS, enqueue, send_mail
from portal.people.models import User
from portal.signin import queries, visit
from portal.signin.models import MOST_FAILURES, AuthenticatorApp, RecoveryCode, SentCode, SignInAttempt, UsedStep
from portal.signin.services.attempts import fail_try, note_failure, refuse_try
from portal.signin.services.counting import Locked, begin_try, give_back
from portal.signin.services.factors import key_bytes, plain_code
from portal.signin.services.steps import CODE_DIGITS, STEP_SECONDS, WrongCode, steps_showing

CODE_LASTS = timedelta(minutes=10)
SEND_AGAIN_AFTER = timedelta(seconds=30)
_WRONG = "This code is not right, or it was used already. Wait for the next one, or choose another way."
_LOCKED = (
    "This way is locked after ten wrong codes. Use another way, or a recovery code; that opens it again. "
    "Without one, ask your administrator."
)


class FactorLocked(Refused):
    """Ten wrong codes: this factor takes none any more."""

    code = "factor_locked"


def check_code(*, user: User, kind: str, code: str, by: Any, at: datetime) -> None:
    """Take one code of this kind from somebody whose password was right; it is used up.

    Raises `WrongCode`, `FactorLocked`, or `Locked` when the account is. A right one opens the person's other factors
    that were locked. A wrong one counts towards the same lock as wrong passwords.
    """
    if in_service():
        raise RuntimeError("A wrong code that is counted within a service is forgotten when that service is refused.")
    if queries.is_locked_here(user, at=at):
        refuse_try(who=user.email, visit=visit.current(), at=at)
        raise Locked("Too many tries. Wait 30 minutes.")
    typed = "".join(code.split())
    right = _check_recovery(user, typed, at) if kind == queries.RECOVERY else _check_device(user, kind, typed, at)
    if not right:
        note_failure(user=user, by=by, at=at)
        raise WrongCode(_WRONG, field="code")
    open_factors(user=user, at=at)


def confirm_code(*, way: SentCode, code: str, at: datetime) -> None:
    """Take the first code of a way that is being enrolled. Raises `WrongCode` and `FactorLocked`."""
    if not _take(way, "".join(code.split()), at):
        raise WrongCode("This code is not right. Type the newest one, or have another sent.", field="code")


def _check_device(user: User, kind: str, code: str, at: datetime) -> bool:
    devices: list[AuthenticatorApp | SentCode]
    if kind == queries.APP:
        devices = list(AuthenticatorApp.objects.filter(user=user, confirmed=True).order_by("pk"))
    else:
        devices = list(SentCode.objects.filter(user=user, confirmed=True, channel=kind))
    open_ones = [device for device in devices if not device.is_locked]
    if devices and not open_ones:
        raise FactorLocked(_LOCKED, field="code")
    return any(_take(device, code, at) for device in open_ones)


def _take(device: AuthenticatorApp | SentCode, code: str, at: datetime) -> bool:
    """Count a try, then look at the code: so however many come at once, no more than ten are ever looked at."""
    counted = type(device).objects.filter(pk=device.pk, failures__lt=MOST_FAILURES).update(failures=F("failures") + 1)
    if not counted:
        raise FactorLocked(_LOCKED, field="code")
    is_app = isinstance(device, AuthenticatorApp)
    right = _use_step(device, code, at) if is_app else _use_sent(device, code, at)
    if right:
        type(device).objects.filter(pk=device.pk).update(failures=0, last_used_at=at)
    return right


def _use_step(app: AuthenticatorApp, code: str, at: datetime) -> bool:
    """Whether the code is the app's for this half minute or one beside it, and nobody used it before: one row a step."""
    return any(_first_use(app, step) for step in steps_showing(key_bytes(app), code, at))


def _first_use(app: AuthenticatorApp, step: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO signin_usedstep (app_id, step) VALUES (%s, %s) ON CONFLICT (app_id, step) DO NOTHING",
            [app.pk, step],
        )
        return bool(cursor.rowcount)


def _use_sent(way: SentCode, code: str, at: datetime) -> bool:
    """Whether this code was sent and still holds; one UPDATE takes it away, so it is right once."""
    if not _is_code(code):
        return False
    wanted = keyed_hashes(f"{way.pk}:{code}")
    return bool(SentCode.objects.filter(pk=way.pk, token__in=wanted, valid_until__gt=at).update(token=None))


def _check_recovery(user: User, code: str, at: datetime) -> bool:
    wanted = keyed_hashes(plain_code(code))
    used = RecoveryCode.objects.filter(user=user, code_hash__in=wanted, used_at=None).update(used_at=at)
    if used:
        record(verb="recovery code used", subject=user.email, by=user, at=at)
    return bool(used)


def _is_code(text: str) -> bool:
    return len(text) == CODE_DIGITS and text.isascii() and text.isdigit()


@transactional
def open_factors(*, user: User, at: datetime) -> None:
    """Somebody proved who they are: their factors that were locked count anew."""
    AuthenticatorApp.objects.filter(user=user, failures__gte=MOST_FAILURES).update(failures=0)
    SentCode.objects.filter(user=user, failures__gte=MOST_FAILURES).update(failures=0)


@transactional
def send_code(*, way: SentCode, by: Any, at: datetime) -> SentCode:
    """Send a new code; the one before is void. Refused within half a minute of the last, and when this way is locked."""
    way = SentCode.objects.select_for_update(of=("self",)).select_related("user").get(pk=way.pk)
    if way.is_locked:
        raise FactorLocked(_LOCKED, field="code")
    if way.sent_at is not None and at - way.sent_at < SEND_AGAIN_AFTER:
        raise Refused("A code is on its way. Wait half a minute before you ask for another.", code="too_soon")
    code = f"{secrets.randbelow(10**CODE_DIGITS):06d}"
    way.token, way.valid_until, way.sent_at = keyed_hash(f"{way.pk}:{code}"), at + CODE_LASTS, at
    way.save(update_fields=["token", "valid_until", "sent_at"])
    text = f"{code} is your code. It works once, for ten minutes. Nobody from us ever asks you for it.\n"
    key = f"code {way.pk} {at.isoformat()}"
    if way.channel == SentCode.Channel.MAIL:
        send_mail(key=key, to=way.destination, subject="Your code to sign in", text=text, by=None, at=at)
    else:
        enqueue(kind=SMS, key=key, payload={"to": way.destination, "text": text.strip()}, by=None, at=at)
    return way


def way_of(user: User, channel: str) -> SentCode | None:
    """The confirmed way by which this person gets codes on a channel."""
    return SentCode.objects.filter(user=user, channel=channel, confirmed=True).first()


def begun_way(user: User, channel: str) -> SentCode | None:
    """The way on a channel that was begun and waits for its first code, while that code holds or can be sent anew."""
    return SentCode.objects.filter(user=user, channel=channel, confirmed=False, sent_at__isnull=False).first()


def check_password(*, user: User, password: str, by: Any, at: datetime) -> None:
    """The password once more of somebody who is signed in. A wrong one counts towards the lock. Raises `Refused`."""
    tried = begin_try(who=user.email, visit=visit.current(), at=at)
    if not user.check_password(password):
        fail_try(tried=tried, outcome=SignInAttempt.Outcome.PASSWORD, at=at)
        raise WrongCode("This is not your password.", field="password")
    give_back(tried=tried, at=at)


def prove(*, email: str, password: str, code: str, by: Any, at: datetime) -> User:
    """Somebody beside the person at the screen proves who they are: password and a code of their app, or a recovery code.

    For a second person at the counter; returns them. Raises `Refused` with one text whatever was wrong, for an address
    that nobody has too, and `Locked` after too many failures: each counts towards the lock of that address. A right code
    is used up. Call it outside of any service.
    """
    if in_service():
        raise RuntimeError("A wrong code that is counted within a service is forgotten when that service is refused.")
    typed = "".join(code.split())
    kind = queries.APP if _is_code(typed) else queries.RECOVERY
    try:
        user = _whose_password(email=email, password=password, at=at)
        if not user.is_active:
            raise WrongCode("suspended")
        check_code(user=user, kind=kind, code=typed, by=by, at=at)
    except (WrongCode, FactorLocked) as error:
        raise WrongCode("The password or the code is not right.", field="code") from error
    record(verb="proved on the spot", subject=user.email, by=user, at=at)
    return user


def _whose_password(*, email: str, password: str, at: datetime) -> User:
    """Who has this address, if the password is theirs; an address nobody has costs the same time and counts alike."""
    tried = begin_try(who=email, visit=visit.current(), at=at)
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        make_password(password)
    if user is None or not user.check_password(password):
        fail_try(tried=tried, outcome=SignInAttempt.Outcome.PASSWORD, at=at)
        raise WrongCode("not the password")
    give_back(tried=tried, at=at)
    return user


def forget_used_steps(*, at: datetime) -> int:
    """Remove half minutes that are long over; returns how many. Twice changes nothing."""
    over = int(at.timestamp()) // STEP_SECONDS - 20
    return UsedStep.objects.filter(step__lt=over).delete()[0]

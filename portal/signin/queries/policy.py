"""The rules of signing in, as they are and as they were, and whom others would touch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django_otp_webauthn.models import WebAuthnCredential

from portal.access.policy import ALWAYS_PASSKEY, Policy
from portal.people.models import User
from portal.signin.models import LargeTransfer, SecurityPolicy
from portal.signin.queries.sessions import open_sessions

NAMED = 8


@dataclass(frozen=True, slots=True)
class Touched:
    """One consequence of another policy: whom it touches and how. `names` are the first few, where they are few."""

    what: str
    names: tuple[str, ...] = ()


def policy_in_force() -> Policy:
    """The newest row as rules; before there is one, the rules everybody begins with."""
    row = SecurityPolicy.objects.order_by("-at", "-pk").first()
    if row is None:
        return Policy()
    return Policy(
        idle_minutes=row.idle_minutes,
        longest_hours=row.longest_hours,
        password_alone=row.password_alone,
        password_with_factor=row.password_with_factor,
        approval_hours=row.approval_hours,
        passkey_roles=ALWAYS_PASSKEY | frozenset(row.passkey_roles),
        tells_every_sign_in=row.tells_every_sign_in,
    )


def policies() -> QuerySet[SecurityPolicy]:
    """Every row there was, the newest first."""
    return SecurityPolicy.objects.select_related("asked_by", "approved_by").order_by("-at", "-pk")


def large_transfers() -> QuerySet[LargeTransfer]:
    """From which amounts transfers asked again who one is, the newest first."""
    return LargeTransfer.objects.select_related("set_by").order_by("-set_at", "-pk")


def touched_by(wanted: Policy, *, at: datetime) -> list[Touched]:
    """Whom another policy would touch, and how, compared with the one in force."""
    present, found = policy_in_force(), []
    over = _sessions_over(wanted, at)
    if over:
        found.append(Touched(f"{_people(over)} signed in now would be signed out at their next click."))
    if (wanted.idle_minutes, wanted.longest_hours) != (present.idle_minutes, present.longest_hours):
        found.append(Touched("Everybody: sessions last as long as the new rules say, those that are open too."))
    found += _without_passkey(wanted, present)
    if (wanted.password_alone, wanted.password_with_factor) != (present.password_alone, present.password_with_factor):
        found.append(Touched("Whoever chooses a password from now on. Passwords that exist stay as they are."))
    if wanted.approval_hours != present.approval_hours:
        found.append(Touched("Requests asked for from now on. Those that wait keep their time."))
    if wanted.tells_every_sign_in != present.tells_every_sign_in:
        mails = "a mail at each sign-in" if wanted.tells_every_sign_in else "a mail only when the device is new"
        found.append(Touched(f"Everybody gets {mails}."))
    return found


def _sessions_over(wanted: Policy, at: datetime) -> int:
    """How many people are signed in now whose sessions the wanted rules would have ended."""
    lasting = open_sessions(at=at)
    staying = lasting.filter(
        seen_at__gt=at - timedelta(seconds=wanted.idle_seconds),
        started_at__gt=at - timedelta(seconds=wanted.longest_seconds),
    )
    return lasting.exclude(pk__in=staying.values("pk")).values("user").distinct().count()


def _without_passkey(wanted: Policy, present: Policy) -> list[Touched]:
    """Whom the next sign-in would lead through enrolling a passkey."""
    more = wanted.passkey_roles - present.passkey_roles
    keyed = WebAuthnCredential.objects.filter(confirmed=True).values("user")
    people = User.objects.filter(role__in=more, is_active=True).exclude(pk__in=keyed).order_by("full_name")
    names = tuple(str(person) for person in people)
    if not names:
        return []
    what = f"{_people(len(names))} without a passkey must enrol one at the next sign-in."
    return [Touched(what, names if len(names) <= NAMED else (*names[:NAMED], f"and {len(names) - NAMED} more"))]


def _people(count: int) -> str:
    return "One person" if count == 1 else f"{count} people"

"""Which factors somebody has, and which the role asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django_otp_webauthn.models import WebAuthnCredential

from portal.access import policy
from portal.access.roles import STAFF
from portal.base.money import Money, exponent
from portal.base.prepared import prepared_query
from portal.signin.models import AuthenticatorApp, LargeTransfer, RecoveryCode, SentCode, TransactionPin

PASSKEY, APP, SMS, MAIL, RECOVERY = "passkey", "app", "sms", "mail", "recovery"
WORDS = {
    PASSKEY: "Passkey",
    APP: "Authenticator app",
    SMS: "Code by text message",
    MAIL: "Code by e-mail",
    RECOVERY: "Recovery code",
}
STRENGTH = (PASSKEY, APP, SMS, MAIL)
"""The kinds of factor, the strongest first."""
LARGE_TRANSFER_MAJOR = 1000
"""From here on a transfer asks again who one is, in whole units of the currency, unless the institution set another."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor as lists show it."""

    kind: str
    pk: int
    name: str
    detail: str
    created_at: datetime
    last_used_at: datetime | None
    is_locked: bool

    @property
    def kind_in_words(self) -> str:
        return WORDS[self.kind]


def factors_of(user: Any) -> list[Factor]:
    """The confirmed factors, the strongest kind first. Three queries; recovery codes are counted apart."""
    found = [
        Factor(PASSKEY, key.pk, key.name, "", key.created_at, key.last_used_at, is_locked=False)
        for key in WebAuthnCredential.objects.filter(user_id=user.pk, confirmed=True).order_by("pk")
    ]
    apps = AuthenticatorApp.objects.filter(user_id=user.pk, confirmed=True).order_by("pk")
    found += [Factor(APP, app.pk, app.name, "", app.created_at, app.last_used_at, app.is_locked) for app in apps]
    sent = SentCode.objects.filter(user_id=user.pk, confirmed=True)
    found += [
        Factor(way.channel, way.pk, way.name, masked(way.destination), way.created_at, way.last_used_at, way.is_locked)
        for way in sent
    ]
    return sorted(found, key=lambda factor: STRENGTH.index(factor.kind))


def kinds_of(user: Any) -> list[str]:
    """The kinds of factor somebody can use now, the strongest first; a recovery code is the last way."""
    kinds = list(dict.fromkeys(factor.kind for factor in factors_of(user)))
    return [*kinds, RECOVERY] if kinds and recovery_codes_left(user) else kinds


def has_factor(user: Any) -> bool:
    """Whether somebody has a second factor at all."""
    return bool(factors_of(user))


def missing_for(user: Any) -> list[str]:
    """The kinds of factor the role still asks for before somebody may come in; empty for customers.

    Staff need an authenticator app or a passkey: mail and text messages are for customers. Administrators, operations
    managers and whoever else the policy names need a passkey, unless the installation does without
    (`PORTAL_PASSKEYS_REQUIRED=0`).
    """
    if user.role not in STAFF:
        return []
    kinds = {factor.kind for factor in factors_of(user)}
    if _needs_passkey(user):
        return [] if PASSKEY in kinds else [PASSKEY]
    return [] if kinds & {PASSKEY, APP} else [APP]


def may_remove(user: Any, factor: Factor) -> bool:
    """Whether this factor may go: never the last one that the role of a staff member asks for."""
    if user.role not in STAFF:
        return True
    needed = {PASSKEY} if _needs_passkey(user) else {PASSKEY, APP}
    others = [each for each in factors_of(user) if (each.kind, each.pk) != (factor.kind, factor.pk)]
    return any(each.kind in needed for each in others)


def _needs_passkey(user: Any) -> bool:
    return settings.PASSKEYS_REQUIRED and user.role in policy.current().passkey_roles


def factor_of(user: Any, kind: str, pk: int) -> Factor | None:
    """One of somebody's own factors."""
    return next((each for each in factors_of(user) if (each.kind, each.pk) == (kind, pk)), None)


def recovery_codes_left(user: Any) -> int:
    """How many recovery codes are unused."""
    return RecoveryCode.objects.filter(user_id=user.pk, used_at=None).count()


def sms_is_possible() -> bool:
    """Whether this installation can send text messages: the demonstration shows them among its mails."""
    return settings.DEMONSTRATION


def pin_of(user: Any) -> TransactionPin | None:
    """The transaction PIN's row, if one was set."""
    return next(iter(_pin(user.pk)), None)


@prepared_query
def _pin(user: int) -> QuerySet[TransactionPin]:
    return TransactionPin.objects.filter(user_id=user)


def large_transfer_from(currency: str) -> Money:
    """From which amount on a transfer asks again who one is."""
    newest = LargeTransfer.objects.filter(currency=currency).order_by("-set_at", "-pk").first()
    minor = newest.amount_minor if newest else LARGE_TRANSFER_MAJOR * 10 ** exponent(currency)
    return Money(minor, currency)


def masked(destination: str) -> str:
    """An address or a number so that its owner knows it and nobody learns it."""
    name, at, domain = destination.partition("@")
    if at:
        return f"{name[:1]}…@{domain}"
    return f"…{destination[-3:]}"

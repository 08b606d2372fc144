"""Enrolling, renaming and removing factors, each change told by mail."""

from __future__ import annotations

import secrets
from base64 import b32decode, b32encode
from datetime import datetime
from typing import Any

import phonenumbers
from django_otp_webauthn.models import WebAuthnAttestation, WebAuthnCredential

from portal.access.roles import STAFF
from portal.audit.services import record
from portal.base.crypto import decrypt, encrypt, keyed_hash
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.notifications.services import notify
from portal.people.models import User
from portal.signin import queries
from portal.signin.models import (
    AuthenticatorApp,
    FactorReset,
    RecoveryCode,
    SentCode,
    SignInSession,
    TransactionPin,
    UsedStep,
)
from portal.signin.queries.factors import WORDS, Factor
from portal.signin.services.sessions import end_sessions_of
from portal.signin.services.steps import WrongCode, steps_showing

KEY_BYTES = 20
RECOVERY_CODES = 10
_CODE_BYTES = 7
_CODE_SIGNS = 10
MOST_FACTORS = 10
NAME_LENGTH = 40


def new_key() -> str:
    """A key for an authenticator app in the letters that apps take (RFC 4648 base 32, 32 of them)."""
    return b32encode(secrets.token_bytes(KEY_BYTES)).decode()


def key_bytes(app: AuthenticatorApp) -> bytes:
    """The key as codes are worked out with it."""
    return b32decode(decrypt(app.secret))


@transactional
def add_app(*, user: User, key: str, code: str, name: str, by: Any, at: datetime) -> AuthenticatorApp:
    """Keep an authenticator app that shows a right code for this key; the code is used up. Raises `WrongCode`."""
    User.objects.select_for_update().get(pk=user.pk)
    _room_for_one_more(user)
    steps = steps_showing(b32decode(key), code, at)
    if not steps:
        raise WrongCode("This code is not right. Check the clock of your phone, and type the newest one.", field="code")
    app = AuthenticatorApp.objects.create(
        user=user, name=_named(name, "Authenticator app"), secret=encrypt(key), created_at=at, last_used_at=at
    )
    UsedStep.objects.bulk_create(UsedStep(app=app, step=step) for step in steps)
    tell_of_change(user, f"An authenticator app was added: {app.name}.", "factor added", by=by, at=at)
    return app


@transactional
def add_passkey(*, credential: WebAuthnCredential, name: str, by: Any, at: datetime) -> WebAuthnCredential:
    """Name a passkey that the browser has just made and the ceremony has kept."""
    _room_for_one_more(credential.user, already=1)
    credential.name = _named(name, "Passkey")
    credential.save(update_fields=["name"])
    tell_of_change(credential.user, f"A passkey was added: {credential.name}.", "factor added", by=by, at=at)
    return credential


@transactional
def begin_sent_code(*, user: User, channel: str, destination: str, by: Any, at: datetime) -> SentCode:
    """A way to send codes that waits for its first one. Refused for staff: neither mail nor a text message is enough there.

    The mail address is the one somebody signs in with. Refused: a phone number that is none, a way that is there already.
    """
    if user.role in STAFF:
        raise Refused("Staff use an authenticator app or a passkey.", code="staff")
    if channel == SentCode.Channel.SMS and not queries.sms_is_possible():
        raise Refused("This portal sends no text messages.", code="no_sms")
    address = user.email if channel == SentCode.Channel.MAIL else _phone(destination)
    way = SentCode.objects.select_for_update().filter(user=user, channel=channel).first()
    if way is not None and way.confirmed:
        raise Refused(f"You have this already: {WORDS[channel].lower()}.", code="there")
    if way is None:
        way = SentCode(user=user, channel=channel, name=WORDS[channel], confirmed=False, created_at=at)
    way.destination, way.failures = address, 0
    way.save()
    return way


def _phone(text: str) -> str:
    try:
        number = phonenumbers.parse(text, "GH")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise Refused("This is not a phone number. Begin with + and the country.", code="phone", field="phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@transactional
def confirm_sent_code(*, way: SentCode, by: Any, at: datetime) -> SentCode:
    """The code arrived: from now on codes sent there are a factor."""
    way.confirmed, way.failures = True, 0
    way.save(update_fields=["confirmed", "failures"])
    text = f"{WORDS[way.channel]} was added: {queries.masked(way.destination)}."
    tell_of_change(way.user, text, "factor added", by=by, at=at)
    return way


@transactional
def make_recovery_codes(*, user: User, by: Any, at: datetime) -> list[str]:
    """Ten new codes, shown this once; those before are void. Fifty random bits each, kept as keyed hashes."""
    User.objects.select_for_update().get(pk=user.pk)
    RecoveryCode.objects.filter(user=user).delete()
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, code_hash=keyed_hash(plain_code(code)), made_at=at) for code in codes
    )
    tell_of_change(user, "New recovery codes were made; the ones before are void.", "recovery codes made", by=by, at=at)
    return codes


def _new_code() -> str:
    signs = b32encode(secrets.token_bytes(_CODE_BYTES)).decode()[:_CODE_SIGNS].lower()
    return f"{signs[:5]}-{signs[5:]}"


def plain_code(text: str) -> str:
    """A recovery code as it is hashed, however it was typed."""
    return "".join(sign for sign in text.lower() if sign.isalnum())[:40]


@transactional
def rename_factor(*, user: User, factor: Factor, name: str, by: Any, at: datetime) -> None:
    """What its owner calls a factor."""
    if not name.strip():
        raise Refused("Give it a name that you will recognise.", code="name", field="name")
    _rows(factor).filter(user=user).update(name=_named(name, factor.name))
    record(verb="factor renamed", subject=user.email, detail={"kind": factor.kind}, by=by, at=at)


@transactional
def remove_factor(*, user: User, factor: Factor, session_key: str | None, by: Any, at: datetime) -> None:
    """Take a factor away; other sessions end. Refused: the last one that the role asks for."""
    User.objects.select_for_update().get(pk=user.pk)
    if not queries.may_remove(user, factor):
        raise Refused("Add another first: your role needs at least one.", code="last")
    delete_factor(factor)
    end_sessions_of(user, except_key=session_key, reason=SignInSession.Ended.FACTOR, by=by, at=at)
    tell_of_change(user, f"{factor.kind_in_words} was removed: {factor.name}.", "factor removed", by=by, at=at)
    if not queries.has_factor(user):
        RecoveryCode.objects.filter(user=user).delete()


@transactional
def reset_factors(*, user: User, reason: str, by: Any, at: datetime) -> FactorReset:
    """Take all factors of somebody away who lost them; the person enrols anew at the next sign-in. All sessions end.

    Refused: for oneself, without a reason. Whether `by` may do this to `user` is asked by the page.
    """
    if by.pk == user.pk:
        raise Refused("Somebody else has to do this for you.", code="oneself")
    if not reason.strip():
        raise Refused("Say why, and how you made sure who asked.", code="reason", field="reason")
    User.objects.select_for_update().get(pk=user.pk)
    for factor in queries.factors_of(user):
        delete_factor(factor)
    forget_unfinished(user)
    RecoveryCode.objects.filter(user=user).delete()
    TransactionPin.objects.filter(user=user).delete()
    end_sessions_of(user, reason=SignInSession.Ended.FACTOR, by=by, at=at)
    tell_of_change(user, "An administrator removed all your second factors.", "factors reset", by=by, at=at)
    return FactorReset.objects.create(user=user, by=by, at=at, reason=reason.strip()[:200])


def forget_unfinished(user: User) -> None:
    """Remove what was begun and never confirmed, with used half minutes."""
    UsedStep.objects.filter(app__user=user).delete()
    AuthenticatorApp.objects.filter(user=user).delete()
    SentCode.objects.filter(user=user).delete()


def delete_factor(factor: Factor) -> None:
    """Remove the rows of a factor, whoever may do so."""
    if factor.kind == queries.PASSKEY:
        WebAuthnAttestation.objects.filter(credential=factor.pk).delete()
    if factor.kind == queries.APP:
        UsedStep.objects.filter(app=factor.pk).delete()
    _rows(factor).delete()


def _rows(factor: Factor) -> Any:
    models = {queries.PASSKEY: WebAuthnCredential, queries.APP: AuthenticatorApp}
    return models.get(factor.kind, SentCode).objects.filter(pk=factor.pk)


def _room_for_one_more(user: User, *, already: int = 0) -> None:
    if len(queries.factors_of(user)) - already >= MOST_FACTORS:
        raise Refused(f"You have {MOST_FACTORS} factors. Remove one first.", code="too_many")


def _named(name: str, otherwise: str) -> str:
    return name.strip()[:NAME_LENGTH] or otherwise


def tell_of_change(user: User, what: str, verb: str, *, by: Any, at: datetime) -> None:
    """Into the trail, and to the person: whoever did not do this must learn of it."""
    event = record(verb=verb, subject=user.email, detail={"what": what}, by=by, at=at)
    notify(kind="signin.factor_changed", person=user, context={"what": what}, key=str(event.pk), by=None, at=at)

"""Passkeys: what the browser is asked for, and whether its answer is right (WebAuthn, by django-otp-webauthn).

The challenge waits in the session for one answer, for five minutes, for one purpose and one person. The site's name is the
host that was asked, which `ALLOWED_HOSTS` limits; a passkey must have seen the person's finger, face or PIN.
"""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Any, cast

from django.http import HttpRequest
from django_otp_webauthn.exceptions import OTPWebAuthnApiError
from django_otp_webauthn.helpers import WebAuthnHelper
from django_otp_webauthn.models import WebAuthnCredential, WebAuthnUserHandle
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.institution.queries import profile
from portal.people.models import User
from portal.signin.services.factors import add_passkey

WAITING, HANDLE = "passkey_challenge", "passkey_handle"
BESIDE = "beside"
"""The purpose of a challenge for whoever stands beside the person that is signed in."""
LASTS_SECONDS = 300
LARGEST_ANSWER = 20_000
_NOT_RIGHT = "The passkey was not accepted. Try again, or choose another way."


class Ceremony(WebAuthnHelper):  # type: ignore[misc]  # it ships no types
    """The package's, for the host that was asked."""

    def get_relying_party_domain(self) -> str:
        return str(self.request.get_host()).partition(":")[0]

    def get_relying_party_name(self) -> str:
        institution = profile()
        return institution.name if institution else "Quayside"

    def get_allowed_origins(self) -> list[str]:
        return [f"{self.request.scheme}://{self.request.get_host()}"]

    def get_credential_display_name(self, user: User) -> str:
        return user.full_name

    def get_user_entity(self, user: User) -> PublicKeyCredentialUserEntity:
        """Who the passkey is for. A handle that nobody has yet waits in the session: to ask for a page writes nothing."""
        return PublicKeyCredentialUserEntity(
            id=bytes.fromhex(_handle_of(self.request, user)), name=user.email, display_name=user.full_name
        )

    def get_generate_registration_options_kwargs(self, *, user: User) -> dict[str, Any]:
        wanted: dict[str, Any] = super().get_generate_registration_options_kwargs(user=user)
        selection = wanted["authenticator_selection"]
        selection.user_verification = UserVerificationRequirement.REQUIRED
        # Where it can, the device finds the passkey by itself: at a colleague's screen nobody has typed whose it is.
        selection.resident_key = ResidentKeyRequirement.PREFERRED
        return wanted


def ask_for_new(request: HttpRequest, user: User) -> str:
    """What the browser makes a new passkey with, as JSON; the challenge waits in the session."""
    options, state = Ceremony(request).register_begin(user)
    _wait(request, "create", user, state)
    return json.dumps(options)


@transactional
def keep_new(request: HttpRequest, *, user: User, answer: str, name: str, by: Any, at: datetime) -> WebAuthnCredential:
    """Keep the passkey that the browser made. Raises `Refused` when it does not answer what was asked."""
    state = _waited(request, "create", user)
    try:
        credential = Ceremony(request).register_complete(user, state, _read(answer))
    except (WebAuthnException, OTPWebAuthnApiError, ValueError, KeyError, TypeError) as error:
        raise Refused(_NOT_RIGHT, code="passkey") from error
    WebAuthnUserHandle.objects.get_or_create(user=user, defaults={"handle_hex": _handle_of(request, user)})
    return add_passkey(credential=credential, name=name, by=by, at=at)


def ask_for_proof(request: HttpRequest, user: User) -> str:
    """What the browser proves a passkey with, as JSON; the challenge waits in the session."""
    options, state = Ceremony(request).authenticate_begin(user, require_user_verification=True)
    _wait(request, "get", user, state)
    return json.dumps(options)


def take_proof(request: HttpRequest, user: User, answer: str) -> WebAuthnCredential:
    """The passkey that answered. Raises `Refused` for another's, for one that was copied, for an old challenge."""
    return _proved(request, user, _waited(request, "get", user), answer)


def ask_for_anybodys(request: HttpRequest) -> str:
    """What the browser proves a passkey with, whoever's it is: somebody beside the person who sits at this screen."""
    options, state = Ceremony(request).authenticate_begin(None, require_user_verification=True)
    _wait(request, BESIDE, cast(User, request.user), state)
    return json.dumps(options)


def take_anybodys(request: HttpRequest, answer: str) -> User:
    """Whose passkey answered. Raises `Refused` as `take_proof` does, and for somebody who is suspended."""
    state = _waited(request, BESIDE, cast(User, request.user))
    user: User = _proved(request, None, state, answer).user
    if not user.is_active:
        raise Refused(_NOT_RIGHT, code="passkey")
    return user


def _proved(request: HttpRequest, user: User | None, state: dict[str, Any], answer: str) -> WebAuthnCredential:
    try:
        return Ceremony(request).authenticate_complete(user, state, _read(answer))
    except (WebAuthnException, OTPWebAuthnApiError, ValueError, KeyError, TypeError) as error:
        raise Refused(_NOT_RIGHT, code="passkey") from error


def _handle_of(request: HttpRequest, user: User) -> str:
    """What authenticators know this person by: the kept one, else the session's."""
    kept = WebAuthnUserHandle.objects.filter(user=user).first()
    if kept is not None:
        return str(kept.handle_hex)
    waiting: dict[str, Any] = request.session.get(HANDLE) or {}
    if waiting.get("user") != user.pk:
        waiting = {"user": user.pk, "handle": WebAuthnUserHandle.generate_handle().hex()}
        request.session[HANDLE] = waiting
    return str(waiting["handle"])


def _wait(request: HttpRequest, purpose: str, user: User, state: dict[str, Any]) -> None:
    request.session[WAITING] = {"purpose": purpose, "user": user.pk, "at": int(time.time()), "state": state}


def _waited(request: HttpRequest, purpose: str, user: User) -> dict[str, Any]:
    """The challenge that waits, once."""
    waiting = request.session.pop(WAITING, None) or {}
    is_right = waiting.get("purpose") == purpose and waiting.get("user") == user.pk
    if not is_right or time.time() - waiting["at"] > LASTS_SECONDS:
        raise Refused("This page was open too long. Try again.", code="passkey")
    state: dict[str, Any] = waiting["state"]
    return state


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LARGEST_ANSWER:
        raise ValueError("no passkey answers at such length")
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise TypeError("not an object")
    return read

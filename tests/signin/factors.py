"""Second factors for tests: an app whose codes one can work out, and signing in with it."""

from __future__ import annotations

import re
from base64 import b32decode, b32encode
from typing import Any

from django.test import Client
from django.urls import reverse
from django_otp.oath import hotp

from portal.base.clock import now
from portal.base.crypto import encrypt
from portal.people.models import User
from portal.signin.models import AuthenticatorApp
from portal.signin.services.factors import key_bytes

PASSWORD = "market women count twice"
KEY = b"twenty bytes of key."


def give_app(user: User, name: str = "Phone") -> AuthenticatorApp:
    """An authenticator app that is enrolled already."""
    secret = encrypt(b32encode(KEY).decode())
    return AuthenticatorApp.objects.create(user=user, name=name, confirmed=True, secret=secret, created_at=now())


def code_of(app: AuthenticatorApp, *, steps: int = 0) -> str:
    """The code the app shows now, or so many half minutes later."""
    return code_for(b32encode(key_bytes(app)).decode(), steps=steps)


def code_for(key: str, *, steps: int = 0) -> str:
    """The code that an app with this key shows."""
    return f"{hotp(b32decode(key), int(now().timestamp()) // 30 + steps):06d}"


def shown_key(body: str) -> str:
    """The key on the page that enrols an app."""
    found = re.search(r'data-copy="([A-Z2-7 ]+)"', body)
    assert found
    return found[1].replace(" ", "")


def type_password(client: Client, user: User, password: str = PASSWORD, **extra: str) -> Any:
    return client.post(reverse("account_login"), {"login": user.email, "password": password, **extra})


def sign_in(client: Client, user: User, app: AuthenticatorApp, *, steps: int = 0, **extra: str) -> Any:
    """Password, then the code of the app."""
    type_password(client, user, **extra)
    return client.post(reverse("factor_ask"), {"by": "app", "code": code_of(app, steps=steps)})

"""Columns that are unreadable in a dump of the database: encrypted under a ring of keys, found by a keyed hash.

The first key of the ring writes, every key reads. A new key is put in front; `rotate` moves what was written under an
older one. The ring is `FIELD_KEYS`, then `SECRET_KEY`, then `SECRET_KEY_FALLBACKS`: an installation that starts with its
secret key alone may bring keys for its columns later, and loses nothing when it changes its secret key with a fallback.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from functools import cache
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_BYTES = 32


class Unreadable(ValueError):
    """No key of the ring opens this: it was written under a key that is gone, or it was changed."""


def encrypt(text: str) -> str:
    """The text under the first key of the ring: another result each time, about 1.4 times as long plus 100 signs."""
    return encrypt_bytes(text.encode()).decode()


def decrypt(token: str) -> str:
    """What was encrypted, whichever key of the ring did it. Raises `Unreadable`."""
    return decrypt_bytes(token.encode()).decode()


def encrypt_bytes(body: bytes) -> bytes:
    """A whole file under the first key of the ring."""
    return _fernets(_ring()).encrypt(body)


def decrypt_bytes(token: bytes) -> bytes:
    """The file again. Raises `Unreadable`."""
    try:
        return _fernets(_ring()).decrypt(token)
    except InvalidToken as error:
        raise Unreadable("no key of the ring opens this value") from error


def rotate(token: str) -> str:
    """The same text under the first key of the ring. Raises `Unreadable`."""
    try:
        return _fernets(_ring()).rotate(token.encode()).decode()
    except InvalidToken as error:
        raise Unreadable("no key of the ring opens this value") from error


def rotate_bytes(token: bytes) -> bytes:
    """The same file under the first key of the ring. Raises `Unreadable`."""
    try:
        return _fernets(_ring()).rotate(token)
    except InvalidToken as error:
        raise Unreadable("no key of the ring opens this value") from error


def is_newest(token: str | bytes) -> bool:
    """Whether this was written under the first key of the ring, so that a rotation has nothing to do."""
    body = token.encode() if isinstance(token, str) else token
    try:
        _fernets(_ring()[:1]).decrypt(body)
    except InvalidToken:
        return False
    return True


def keyed_hash(text: str) -> str:
    """64 hexadecimal digits under the first key: always the same for a text, and nobody without the key can try texts."""
    return _hashed(_ring()[0], text)


def keyed_hashes(text: str) -> list[str]:
    """The hash under every key of the ring: what a lookup asks for, so that rows from before a rotation are found too."""
    return [_hashed(key, text) for key in _ring()]


def _ring() -> tuple[str, ...]:
    return (*settings.FIELD_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@cache
def _fernets(ring: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(_derived(key, "fields.encrypt"))) for key in ring])


def _hashed(key: str, text: str) -> str:
    return hmac.new(_derived(key, "fields.hash"), text.encode(), sha256).hexdigest()


@cache
def _derived(key: str, purpose: str) -> bytes:
    """A key of its own for each purpose, so that one never tells of another (HKDF, RFC 5869)."""
    kdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=b"quayside", info=purpose.encode())
    return kdf.derive(key.encode())

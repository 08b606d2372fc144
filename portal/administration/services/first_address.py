"""The one-time address of the first run: who holds it set this machine up, for nobody else can read or guess it.

Only its keyed hash is kept, in a file for the owner's eyes. It counts as long as there is no institution; a new address
voids the one before.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.utils.crypto import constant_time_compare

from portal.base.crypto import keyed_hash, keyed_hashes
from portal.institution.queries import institution

TOKEN_BYTES = 32


def make_token() -> str:
    """Another token, 256 bits; empty when the institution exists, since nothing is to be set up then."""
    if institution() is not None:
        forget_token()
        return ""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    _write(keyed_hash(token))
    return token


def token_opens(token: str) -> bool:
    """Whether this is the token of the latest address, and there is no institution yet."""
    try:
        kept = _file().read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return False
    fits = any(constant_time_compare(kept, each) for each in keyed_hashes(token))
    return fits and institution() is None


def forget_token() -> None:
    """The address leads nowhere from now on."""
    _file().unlink(missing_ok=True)


def _file() -> Path:
    return Path(settings.DATA_DIR) / "secrets" / "setup"


def _write(text: str) -> None:
    """Whole or not at all, readable by its owner only."""
    path = _file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{text}\n")
    fresh.replace(path)

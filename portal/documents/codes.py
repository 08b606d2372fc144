"""Verification codes: short enough to type from paper, too many to guess."""

from __future__ import annotations

import secrets

from portal.documents.models import CODE_LENGTH

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TYPED_AS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": "", "-": ""})


def new_code() -> str:
    """Twelve signs of Crockford's base 32, 60 random bits: no letter looks like a digit."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def tidy_code(text: str) -> str:
    """The code somebody meant: capitals, no spaces, O and L read as digits. Empty when it cannot be one."""
    code = text[:64].upper().translate(_TYPED_AS)
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else ""

"""What a password may not be, beside Django's own rules."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

LONGEST = 128
HOUSE_WORDS = ("quayside", "password", "passphrase", "credit union")


class NotTooLong:
    """At most 128 characters: none is ever cut off, and hashing one costs the same."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(f"Choose a password of at most {LONGEST} characters.", code="password_too_long")

    def get_help_text(self) -> str:
        return f"At most {LONGEST} characters."


class NotOfThisHouse:
    """Not made of the words that somebody who attacks this site tries first.

    What is left without them must still be as long as half a password.
    """

    def validate(self, password: str, user: Any = None) -> None:
        rest = password.lower()
        for word in HOUSE_WORDS:
            rest = rest.replace(word, "")
        if rest != password.lower() and len(rest) < 8:
            raise ValidationError("This password is made of words that are tried first.", code="password_house_words")

    def get_help_text(self) -> str:
        return "Not the name of this site."

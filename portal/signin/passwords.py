"""What a password may not be, and why; what everybody may choose is long, and made of anything.

No rule asks for a capital or a sign, none for a change from time to time. Without a second factor a password alone
must hold, so it is longer.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from portal.access import policy
from portal.institution.queries import profile
from portal.signin.queries import has_factor

LONGEST = 128
LEFT_OVER = 8
"""Without the words that somebody tries first a password must still have so many signs."""
HOUSE_WORDS = ("quayside", "passphrase", "password", "credit union", "creditunion", "savings", "banking")
LEAST_WORD = 3
TELLING = "Three or four words that have nothing to do with each other are long and easy to remember."
_LOOKALIKES = str.maketrans({"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
_ROWS = (
    "qwertyuiopasdfghjklzxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qazwsxedcrfvtgbyhnujmikolp",
)


def shortest_for(user: Any) -> int:
    """How long this person's password must be. Somebody who does not exist yet has no second factor."""
    rules = policy.current()
    return rules.password_with_factor if getattr(user, "pk", None) and has_factor(user) else rules.password_alone


def advice_for(user: Any) -> str:
    """What stands beside the field."""
    return f"{shortest_for(user)} characters or more, any of them, spaces too. {TELLING} Pasting is welcome."


class LongEnough:
    """8 characters beside a second factor, 15 alone, more where the policy says so; 128 at most, none cut off."""

    def validate(self, password: str, user: Any = None) -> None:
        least = shortest_for(user)
        if len(password) < least:
            alone = least > policy.current().password_with_factor
            because = ", because you have no second factor yet" if alone else ""
            raise ValidationError(
                f"This has {len(password)} characters. It takes {least} or more{because}. {TELLING}",
                code="password_too_short",
            )
        if len(password) > LONGEST:
            raise ValidationError(f"Choose a password of at most {LONGEST} characters.", code="password_too_long")

    def get_help_text(self) -> str:
        rules = policy.current()
        return f"{rules.password_alone} characters or more, {rules.password_with_factor} beside a second factor."


class NotBreached:
    """Not among the 20,000 most found in breaches (Django's own list), nor one of them in a thin disguise.

    Disguises: capitals, signs that look like letters, digits and signs put at the ends, the same over and over, a run
    of the keyboard or the alphabet.
    """

    def validate(self, password: str, user: Any = None) -> None:
        if any(_is_known(form) for form in _undisguised(password)):
            raise ValidationError(
                f"This password, or one very much like it, is known from breaches and tried first. {TELLING}",
                code="password_breached",
            )
        if _is_simple(password):
            raise ValidationError(
                f"This password is digits alone, one short piece over and over, or a run of keys. {TELLING}",
                code="password_simple",
            )

    def get_help_text(self) -> str:
        return "Not one that is known from breaches."


class NotAboutYou:
    """Not made of the person's name or address, the branch, the institution, or the words of this site."""

    def validate(self, password: str, user: Any = None) -> None:
        rest = lowered = password.lower()
        found = [word for word in _words_about(user) if word in lowered]
        for word in found:
            rest = rest.replace(word, "")
        if found and len(re.sub(r"[\W\d_]+", "", rest)) < LEFT_OVER:
            raise ValidationError(
                f"This password is mostly made of “{found[0]}”, which somebody who knows you or this institution tries "
                f"first. {TELLING}",
                code="password_about_you",
            )

    def get_help_text(self) -> str:
        return "Not your name, your address or ours."


def _words_about(user: Any) -> list[str]:
    """The longest first, so that a whole name goes before its parts."""
    texts = [*HOUSE_WORDS, *_institution_words()]
    if user is not None:
        local, _, domain = str(getattr(user, "email", "")).partition("@")
        texts += [str(getattr(user, "full_name", "")), local, domain.partition(".")[0], _branch_name(user)]
    parts = [part for text in texts for part in (text, *re.split(r"[\W_]+", text))]
    return sorted({part.lower() for part in parts if len(part) >= LEAST_WORD}, key=len, reverse=True)


def _institution_words() -> list[str]:
    institution = profile()
    return [institution.name, institution.short_name] if institution is not None else []


def _branch_name(user: Any) -> str:
    customer = getattr(user, "customer", None)
    branch = getattr(user, "branch", None) or getattr(customer, "branch", None)
    return branch.name if branch is not None else ""


def _undisguised(password: str) -> set[str]:
    plain = password.lower().strip()
    forms = {plain, plain.translate(_LOOKALIKES)}
    forms |= {re.sub(r"^[\W\d_]+|[\W\d_]+$", "", form) for form in (plain, plain.translate(_LOOKALIKES))}
    return {once for form in forms for once in (form, _unit(form)) if len(once) >= LEAST_WORD}


def _unit(text: str) -> str:
    """The piece that a text repeats: `abcabc` is `abc` twice."""
    found = (text + text).find(text, 1)
    return text[:found]


def _is_simple(password: str) -> bool:
    plain = password.lower()
    if plain.isdigit():
        return True
    if len(_unit(plain)) < LEFT_OVER and len(_unit(plain)) < len(plain):
        return True
    return len(set(plain)) < LEAST_WORD + 1 or any(_unit(plain) in row or _unit(plain)[::-1] in row for row in _ROWS)


def _is_known(text: str) -> bool:
    return text in _known()


@cache
def _known() -> frozenset[str]:
    """Django's list of the 20,000 most common passwords, read once a process."""
    return frozenset(CommonPasswordValidator().passwords)

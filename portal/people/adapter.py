"""How allauth behaves here."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Nobody signs up by themselves yet: customers are registered at the branch. Refusals say how to go on.

    None of them tells whether an address is known.
    """

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address and the password do not fit together. "
        "Check both, or choose a new password with “Forgot your password?”.",
        "too_many_login_attempts": "Too many tries for this address. Wait 30 minutes, or choose a new password "
        "with “Forgot your password?”.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

"""How allauth behaves here."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from portal.base.clock import now
from portal.base.keys import new_key
from portal.outbox.services import send_mail


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

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """By the worker: no answer waits for a mail server, so none tells by its time whether there was a mail."""
        mail = self.render_mail(template_prefix, email, {"request": self.request, "email": email, **context})
        send_mail(key=new_key(), to=email, subject=str(mail.subject), text=str(mail.body), by=None, at=now())

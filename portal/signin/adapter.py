"""How allauth behaves here."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse

from portal.base.clock import now
from portal.base.keys import new_key
from portal.base.origin import address_of, origin_of
from portal.institution.queries import profile
from portal.outbox.services import send_mail
from portal.people.models import User
from portal.signin import visit as visits
from portal.signin.models import SignInAttempt
from portal.signin.services import Locked, begin_try, change_password, fail_try, give_back, note_suspended, refuse_try

_CHOOSE = (
    "Somebody, probably you, asked {name} for a new password for this address. Choose it within 30 minutes:\n\n"
    "{choose}\n\nNothing has changed yet. If you did not ask for it, your password stays as it is.\n"
)
_UNKNOWN = (
    "Somebody, probably you, asked {name} for a new password, but nobody signs in there with this address.\n\n"
    "If you have another address, ask again with that one. If you have not signed up yet, begin here:\n\n{join}\n\n"
    "If you did not ask for anything, you need not do anything.\n"
)
_MAILS = {
    "account/email/password_reset_key": ("Choose a new password", _CHOOSE),
    "account/email/unknown_account": ("Your password", _UNKNOWN),
}
"""Subject and text of the two mails that allauth asks for here."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Refusals say how to go on, and none of them tells whether an address is known.

    Signing up is ours (`pages/signing_up.py`): allauth makes the user before the address is confirmed and counts tries
    of its code in the session, where fifty at once are one.
    """

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address and the password do not fit together. "
        "Check both, or choose a new password with “Forgot your password?”.",
        "too_many_login_attempts": "Too many tries for this address. Wait 30 minutes, or choose a new password "
        "with “Forgot your password?”.",
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Check a password, each try counted before it is checked. Locked answers alike for the right password."""
        who, visit, at = str(credentials.get("email") or ""), visits.of(request), now()
        try:
            tried = begin_try(who=who, visit=visit, at=at)
        except Locked as locked:
            refuse_try(who=who, visit=visit, at=at)
            raise self.validation_error("too_many_login_attempts") from locked
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is None:
            fail_try(tried=tried, outcome=SignInAttempt.Outcome.PASSWORD, at=at)
        else:
            give_back(tried=tried, at=at)
            if not user.is_active:
                note_suspended(tried=tried, at=at)
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth would count tries in the cache; ours are counted in the database."""

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Every way to another password ends here, the one by mail too. The session it was changed in stays."""
        person, request = cast(User, user), context.request
        by = request.user if request.user.is_authenticated else person
        key = request.session.session_key if by.pk == person.pk and request.user.is_authenticated else None
        change_password(user=person, password=password, except_key=key, by=by, at=now())

    def get_login_stages(self) -> list[str]:
        """allauth's own, then ours: nothing comes after the second factor but the session."""
        own = ["portal.signin.stages.FactorStage", "portal.signin.stages.EnrolStage"]
        return [*super().get_login_stages(), *own]

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of the mail: at our own address, whatever host was asked for the mail."""
        page = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return origin_of(self.request) + page.replace("UID-KEY", quote(key))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """By the worker: no answer waits for a mail server, so none tells by its time whether there was a mail."""
        subject, wording = _MAILS[template_prefix]
        held = profile()
        name, join = held.name if held else "Quayside", address_of(self.request, "account_signup")
        text = wording.format(name=name, join=join, choose=context.get("password_reset_url"))
        send_mail(key=new_key(), to=email, subject=subject, text=text, by=None, at=now())

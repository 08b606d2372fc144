"""Asking somebody to prove who they are, by the strongest way there is or another they choose: for signing in and step-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused
from portal.people.models import User
from portal.signin import passkeys, queries
from portal.signin.pages.factor_forms import PASSWORD, AskForm
from portal.signin.queries.factors import WORDS as FACTOR_WORDS
from portal.signin.services.proving import check_code, check_password, send_code, way_of

SENT = frozenset({queries.SMS, queries.MAIL})
WORDS = FACTOR_WORDS | {PASSWORD: "Password"}


class Asking:
    """One look at the page: the way it asks by, the form, and what came of it.

    With `again` somebody who is signed in is asked once more; then a code that was sent counts only with the password.
    """

    def __init__(self, request: HttpRequest, user: User, kinds: Sequence[str], *, template: str, again: bool) -> None:
        self.request, self.user, self.template, self.again = request, user, template, again
        self.kinds = list(kinds)
        wanted = request.POST.get("by") or request.GET.get("by", "")
        self.kind = wanted if wanted in self.kinds else self.kinds[0]
        self.with_password = again and self.kind in SENT

    def page(self, **more: Any) -> HttpResponse:
        return page(self.request, self.template, self._context() | {"form": self._form()} | more)

    def refused(self, error: Refused | None = None, **more: Any) -> HttpResponse:
        return refused(self.request, self.template, self._context() | more, self._form(self.request.POST), error)

    def is_sending(self) -> bool:
        """Whether the person asked for a code rather than typed one."""
        return "send" in self.request.POST and self.kind in SENT

    def send(self) -> None:
        """Send a code. Raises `Refused`."""
        way = way_of(self.user, self.kind)
        if way is not None:
            send_code(way=way, by=self.user, at=now())

    def take(self) -> str:
        """Check what was sent; returns the way. Raises `Refused`; nothing but the count of tries has changed then."""
        form = self._form(self.request.POST)
        if not form.is_valid():
            raise Incomplete("Fill in what is asked for.")
        typed, at = form.cleaned_data, now()
        if "password" in typed:
            check_password(user=self.user, password=typed["password"], by=self.user, at=at)
        if self.kind == queries.PASSKEY:
            passkeys.take_proof(self.request, self.user, typed["answer"])
        elif self.kind != PASSWORD:
            check_code(user=self.user, kind=self.kind, code=typed["code"], by=self.user, at=at)
        return self.kind

    def _form(self, data: Any = None) -> AskForm:
        return AskForm(data, kind=self.kind, with_password=self.with_password)

    def _context(self) -> dict[str, Any]:
        others = [(kind, WORDS[kind]) for kind in self.kinds if kind != self.kind]
        context: dict[str, Any] = {"kind": self.kind, "kind_in_words": WORDS[self.kind], "others": others}
        if self.kind == queries.PASSKEY:
            context["options"] = passkeys.ask_for_proof(self.request, self.user)
        if self.kind in SENT:
            way = way_of(self.user, self.kind)
            context["destination"] = queries.masked(way.destination) if way else ""
            context["was_sent"] = way is not None and way.token is not None and way.valid_until > now()
        return context


class Incomplete(Refused):
    """A field is empty: the form says which."""

    code = "incomplete"

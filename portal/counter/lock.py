"""A locked counter: whoever sits down meanwhile gets nothing but the question for the PIN, on any page of this browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from portal.base.render import see_other
from portal.people.models import User
from portal.signin.queries import pin_of
from portal.signin.services import check_pin
from portal.signin.services.proving import check_password

LOCKED = "counter_locked"
OPEN_WHILE_LOCKED = {"counter_locked", "account_logout", "theme_set", "session_stay", "health_live", "health_ready"}


def lock(request: HttpRequest) -> None:
    """Close this browser's session to everything but unlocking and signing out."""
    request.session[LOCKED] = True


def unlock(request: HttpRequest, *, secret: str, at: datetime) -> None:
    """Open it again to the PIN of whoever has one that is not locked, else to the password.

    Refused: a wrong one, which is counted.
    """
    user: Any = request.user
    assert isinstance(user, User)  # noqa: S101  # the gate let nobody else in
    pin = pin_of(user)
    if pin is not None and not pin.is_locked:
        check_pin(user=user, pin=secret, by=user, at=at)
    else:
        check_password(user=user, password=secret, by=user, at=at)
    request.session.pop(LOCKED, None)


class CounterLock:
    """Middleware: while the counter is locked every address of this session leads to the page that unlocks it.

    What a page asks for by itself is answered with nothing: it stays behind the curtain as it is, with what was typed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        match = request.resolver_match
        if not request.session.get(LOCKED) or (match is not None and match.url_name in OPEN_WHILE_LOCKED):
            return None
        if request.headers.get("X-Unattended"):
            return HttpResponse(status=204)
        return see_other(reverse("counter_locked"))

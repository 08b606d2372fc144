"""What every request brings along for signing in: where it comes from, which session it uses, why that one is over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url

from portal.base.clock import now
from portal.signin import visit as visits
from portal.signin.queries import why_ended
from portal.signin.services import keep_session

ROW = "sign_in_session"
"""The session's key for the number of its row in our log."""
WHY_COOKIE = "signed_out_because"
WHY_SECONDS = 300
OPEN_WITH_AN_OLD_PASSWORD = frozenset(
    {
        "account_change_password",
        "account_reset_password",
        "account_logout",
        "theme_set",
        "step_up",
        "session_remaining",
        "session_stay",
        "events",
    }
)


class Visits:
    """Middleware: knows where a request comes from, and keeps the log of sessions in step with Django's sessions."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        request.visit = visits.of(request)
        row = request.session.get(ROW) if request.user.is_authenticated else None
        request.key_before = request.session.session_key
        request.dead_key = (
            "" if request.user.is_authenticated else request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        )
        with visits.visiting(request.visit):
            response = self.get_response(request)
        if row is not None and request.session.get(ROW) == row:
            self._keep(request, row)
        if getattr(request, "new_browser", None) is not None:
            visits.remember(response, request.new_browser)
        if request.dead_key and _leads_to_sign_in(response):
            _say_why(request, response)
        return response

    @staticmethod
    def _keep(request: Any, row: int) -> None:
        key, is_renewed = request.session.session_key, getattr(request, "is_renewed", False)
        if is_renewed or key != request.key_before:
            keep_session(pk=row, key=key, seen=is_renewed, at=now())


class PasswordFirst:
    """Middleware: whoever must choose another password sees nothing else before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        name = request.resolver_match.url_name if request.resolver_match else None
        if not getattr(request.user, "must_change_password", False) or name in OPEN_WITH_AN_OLD_PASSWORD:
            return None
        return redirect("account_change_password")


def _leads_to_sign_in(response: HttpResponseBase) -> bool:
    return isinstance(response, HttpResponseRedirect) and response.url.startswith(resolve_url(settings.LOGIN_URL))


def _say_why(request: Any, response: HttpResponseBase) -> None:
    """Leave a word for the sign-in page; Django forgets the dead session's cookie with this answer."""
    why = why_ended(request.dead_key, at=now())
    if why:
        response.set_cookie(
            WHY_COOKIE, _plain(why), max_age=WHY_SECONDS, secure=settings.HTTPS, httponly=True, samesite="Lax"
        )


def _plain(why: str) -> str:
    return why if why.isidentifier() else "other"

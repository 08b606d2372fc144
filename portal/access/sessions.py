"""How long a session lasts: so many minutes without anybody's doing, so many hours in all, as the policy says.

The row of the session in the database carries the first limit (`session_store`), so that everything which asks
whether a session lives, open streams included, hears the same answer. It is renewed at most once a minute.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from portal.access import policy

STARTED, SEEN = "started_at", "seen_at"
RENEWED_AFTER_SECONDS = 60
UNATTENDED = "X-Unattended"
"""What our script says of a request that a page makes by itself: such a request keeps no session open."""
STREAM_PATH = "/events/"


def listen() -> None:
    """Note the start of every session, whichever way somebody signs in."""
    user_logged_in.connect(_started, dispatch_uid="access.session_started")


def _started(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    request.session[STARTED] = request.session[SEEN] = int(time.time())


class SessionsEnd:
    """Middleware: renews the session of somebody who does something, ends one that has lasted its time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            moment = int(time.time())
            if STARTED not in request.session:
                # Made before sessions carried their start: it counts from here.
                request.session[STARTED] = moment
            because = _over(request, moment)
            if because:
                request.ended_because = because  # type: ignore[attr-defined]  # what the log of sessions keeps
                logout(request)
            elif _is_somebodys(request) and moment - request.session.get(SEEN, 0) >= RENEWED_AFTER_SECONDS:
                request.session[SEEN] = moment
                request.is_renewed = True  # type: ignore[attr-defined]  # likewise
        return self.get_response(request)


def _over(request: HttpRequest, moment: int) -> str:
    """Why the session is over, or nothing. The row in the database knows no policy that came after it."""
    rules = policy.current()
    if moment - request.session[STARTED] >= rules.longest_seconds:
        return "long"
    return "idle" if moment - request.session.get(SEEN, moment) >= rules.idle_seconds else ""


def _is_somebodys(request: HttpRequest) -> bool:
    return UNATTENDED not in request.headers and request.path != STREAM_PATH


def seconds_left(request: HttpRequest) -> int:
    """How long the session lasts unless somebody does something: never below 0."""
    return max(0, min(_idle_end(request), total_end(request)) - int(time.time()))


def _idle_end(request: HttpRequest) -> int:
    return int(request.session.get(SEEN, 0)) + policy.current().idle_seconds


def total_end(request: HttpRequest) -> int:
    """When the session ends however busy it is, in seconds since 1970."""
    return int(request.session.get(STARTED, 0)) + policy.current().longest_seconds

"""Requests of a signed-in user: straight into the WSGI handler, or as text for the wire. Nobody types a password here."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from portal.people.models import User

# Django takes the secret itself for a token; one secret serves every browser of a bench.
_CSRF = "b" * 32


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    location: str
    body: bytes


class Browser:
    """One user's browser. `get` and `post` go through every middleware of the portal, in this process."""

    def __init__(self, user: User) -> None:
        self.cookie = f"{_session_cookie(user)}; {_csrf_cookie()}"

    def headers(self, body: bytes) -> dict[str, str]:
        """What a POST of a form carries over HTTP."""
        return {
            "Cookie": self.cookie,
            "X-CSRFToken": _CSRF,
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": str(len(body)),
        }

    def get(self, path: str, *, htmx_target: str = "", etag: str = "") -> Answer:
        return self._send("GET", path, b"", htmx_target, {"HTTP_IF_NONE_MATCH": etag} if etag else {})

    def post(self, path: str, fields: Mapping[str, str], *, htmx_target: str = "") -> Answer:
        return self._send("POST", path, urlencode(fields).encode(), htmx_target)

    def _send(
        self, method: str, path: str, body: bytes, htmx_target: str, more: Mapping[str, str] | None = None
    ) -> Answer:
        address, _, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": address,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_COOKIE": self.cookie,
            "HTTP_X_CSRFTOKEN": _CSRF,
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            **(more or {}),
        }
        if htmx_target:
            environ |= {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": htmx_target}
        told: dict[str, Any] = {}

        def start_response(status: str, headers: Iterable[tuple[str, str]], *rest: object) -> None:
            told.update(status=int(status[:3]), location=dict(headers).get("Location", ""))

        response = _handler()(environ, start_response)
        try:
            content = b"".join(response)
        finally:
            response.close()
        return Answer(told["status"], told["location"], content)


def _session_cookie(user: User) -> str:
    """The cookie of a session in which this user has signed in and shown a second factor: without one nobody sends money."""
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore

    from portal.access.proof import PROVED, SECOND_STEP
    from portal.access.sessions import SEEN, STARTED

    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session[STARTED] = session[SEEN] = session[PROVED] = int(time.time())
    session[SECOND_STEP] = "bench"
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _csrf_cookie() -> str:
    from django.conf import settings

    return f"{settings.CSRF_COOKIE_NAME}={_CSRF}"


_made: list[Any] = []


def _handler() -> Any:
    """The WSGI application with the bench's own addresses, made once."""
    if not _made:
        from django.conf import settings
        from django.core.handlers.wsgi import WSGIHandler

        settings.ROOT_URLCONF = "deploy.bench.addresses"
        _made.append(WSGIHandler())
    return _made[0]

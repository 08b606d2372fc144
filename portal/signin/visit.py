"""Where a request comes from: the network's address, the browser by its signed cookie, and what it calls itself.

The cookie lives for 400 days, names no person and opens nothing: a try to sign in from a browser that this person
signed in with before is counted apart from those of strangers, so that nobody can lock another out for good.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from uuid import UUID, uuid4

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.http.response import HttpResponseBase

COOKIE_SECONDS = 400 * 24 * 60 * 60
_SALT = "signin.browser"
_PREFIX_BITS = 64

_PROGRAMS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("ChromeOS", r"CrOS"),
    ("Mac", r"Macintosh|Mac OS X"),
    ("Linux", r"Linux"),
)
UNKNOWN_PROGRAM = "Unknown program"


@dataclass(frozen=True, slots=True)
class Visit:
    """Where somebody asks from. `browser` is None for one without our cookie, `source` empty outside a request."""

    source: str = ""
    browser: UUID | None = None
    agent: str = ""

    @property
    def network(self) -> str:
        """What tries are counted by: an IPv4 address, or the half of an IPv6 address that one subscriber has."""
        try:
            address = ip_address(self.source)
        except ValueError:
            return self.source[:64]
        if isinstance(address, IPv6Address):
            kept = (int(address) >> _PREFIX_BITS) << _PREFIX_BITS
            return f"{IPv6Address(kept)}/{_PREFIX_BITS}"
        return self.source

    @property
    def words(self) -> str:
        """The device in words: `Firefox on Linux`."""
        return in_words(self.agent)


_visit: ContextVar[Visit | None] = ContextVar("visit", default=None)


def current() -> Visit:
    """Where the request being served comes from; an empty visit outside a request."""
    return _visit.get() or Visit()


@contextmanager
def visiting(visit: Visit) -> Iterator[None]:
    """While it is open, `current` answers with this visit."""
    token = _visit.set(visit)
    try:
        yield
    finally:
        _visit.reset(token)


def of(request: HttpRequest) -> Visit:
    """The visit that a request is."""
    return Visit(
        source=request.META.get("REMOTE_ADDR", ""),
        browser=_browser(request.COOKIES.get(cookie_name(), "")),
        agent=request.META.get("HTTP_USER_AGENT", "")[:400],
    )


def new_browser() -> UUID:
    """A number for a browser without one."""
    return uuid4()


def remember(response: HttpResponseBase, browser: UUID) -> None:
    """Have the browser keep its number."""
    response.set_cookie(
        cookie_name(),
        Signer(salt=_SALT).sign(str(browser)),
        max_age=COOKIE_SECONDS,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def cookie_name() -> str:
    return "__Host-browser" if settings.HTTPS else "quayside_browser"


def in_words(agent: str) -> str:
    """A browser's own name in words that a person recognises; nothing is looked up."""
    program = next((name for name, pattern in _PROGRAMS if re.search(pattern, agent)), "")
    system = next((name for name, pattern in _SYSTEMS if re.search(pattern, agent)), "")
    if program and system:
        return f"{program} on {system}"
    return program or system or UNKNOWN_PROGRAM


def _browser(value: str) -> UUID | None:
    try:
        return UUID(Signer(salt=_SALT).unsign(value))
    except (BadSignature, ValueError):
        return None

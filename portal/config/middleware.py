"""Headers every answer carries."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_SAFE_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


NUL = "\0"


class PlainRequests:
    """Refuses what no form and no link of ours sends, and behind a proxy finds out who really asks.

    PostgreSQL's text holds no NUL, so a parameter with one would end in an error page of its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.BEHIND_PROXY:
            _set_address(request)
        if NUL in request.path or _holds_nul(request.META.get("QUERY_STRING", "")):
            return HttpResponse(status=400)
        if request.method == "POST" and any(NUL in text for _, texts in request.POST.lists() for text in texts):
            return HttpResponse(status=400)
        return self.get_response(request)


def _holds_nul(query: str) -> bool:
    return NUL in query or "%00" in query


def _set_address(request: HttpRequest) -> None:
    """The address that our own proxy wrote last; whatever stands before it came with the request."""
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    if told:
        request.META["REMOTE_ADDR"] = told


class Headers:
    """Nothing of a signed-in person's is kept by a browser or a proxy; features nobody needs are off."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in _SAFE_METHODS:
            return HttpResponse(status=405)
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=()")
        if request.user.is_authenticated:
            response.headers["Cache-Control"] = "no-store"
        return response

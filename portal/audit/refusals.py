"""Keeps what people were refused: a page their role does not open, an amount beyond a limit. Both are read by an auditor."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from portal.audit.services import record
from portal.base.clock import now

PERMISSION_REFUSED, LIMIT_EXCEEDED = "permission refused", "limit exceeded"
LIMITS = frozenset({"over_limit", "limit", "new_payee", "phone_limit", "drawer_limit"})
"""Codes of refusals that are about an amount beyond what somebody may do alone."""


class RefusalsKept:
    """Middleware: writes one event for each refusal of somebody who is signed in. Strangers are led to the sign-in instead."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        code = getattr(response, "refused_because", "")
        if code in LIMITS:
            _keep(request, LIMIT_EXCEEDED, code)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """A view refused. What it had begun is undone by now, so that the event stands by itself."""
        if isinstance(exception, PermissionDenied):
            _keep(request, PERMISSION_REFUSED, "")


def _keep(request: HttpRequest, verb: str, code: str) -> None:
    if not request.user.is_authenticated:
        return
    match = request.resolver_match
    detail = {"method": request.method or "", "path": request.path[:200]}
    record(
        verb=verb,
        subject=(match.url_name or "")[:120] if match else "",
        detail=detail | ({"limit": code} if code else {}),
        by=request.user,
        at=now(),
    )

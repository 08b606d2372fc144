"""The gate: each view is marked with the capability it needs, or as public with a reason.

`requires` both marks and guards. `EveryViewIsMarked` is the second lock: a view that carries no mark answers 403, so a
forgotten decorator closes a page instead of opening it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

from portal.access import proof
from portal.access.capabilities import Capability
from portal.access.grants import Scope, scope_for
from portal.base.render import see_other

View = Callable[..., HttpResponseBase]


def allows(user: Any, capability: Capability) -> bool:
    """Whether this user's role has the capability at all; scope is the loader's business."""
    return scope_of(user, capability) is not Scope.NONE


def scope_of(user: Any, capability: Capability) -> Scope:
    """How far the capability reaches for this user; none for the anonymous and the inactive."""
    if not user.is_authenticated or not user.is_active:
        return Scope.NONE
    return scope_for(user.role, capability)


def requires(capability: Capability, *, fresh: bool = False) -> Callable[[View], View]:
    """Mark and guard a view: sign-in first, 403 without the capability.

    `fresh` asks for a proof of who one is that is not older than five minutes (ten for customers): without one the
    request is set aside, the person proves it, and the request goes on. A view that knows only from what was sent
    whether it is delicate calls `proof.demand(request)` instead.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
            if not allows(request.user, capability):
                raise PermissionDenied
            try:
                if fresh:
                    proof.demand(request)
                return view(request, *args, **kwargs)
            except proof.ProofNeeded:
                return _ask_for_proof(request)

        guarded.capability = capability  # type: ignore[attr-defined]  # the mark a view carries
        guarded.is_fresh = fresh  # type: ignore[attr-defined]  # likewise, for the table of addresses
        return guarded

    return mark


def _ask_for_proof(request: HttpRequest) -> HttpResponseBase:
    return see_other(f"{resolve_url(settings.STEP_UP_URL)}?request={proof.set_aside(request)}")


def public(reason: str) -> Callable[[View], View]:
    """Mark a view that anybody may open, and say why."""

    def mark(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(request, *args, **kwargs)

        opened.public_reason = reason  # type: ignore[attr-defined]  # the mark a view carries
        return opened

    return mark


def mark_of(view: Any) -> str | None:
    """The capability or the reason a view carries; None for an unmarked one."""
    capability = getattr(view, "capability", None)
    reason = getattr(view, "public_reason", None)
    return capability or (f"public: {reason}" if reason else None)


class EveryViewIsMarked:
    """Middleware that answers 403 for a view without a mark."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> None:
        if mark_of(view) is None:
            raise PermissionDenied("This page carries no capability.")

"""What must be read stands before the next transaction, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from portal.access.capabilities import Capability
from portal.announcements import queries
from portal.base.clock import now
from portal.base.render import see_other

TRANSACTIONS = frozenset(
    {
        Capability.CASH_RECEIVE,
        Capability.CASH_PAY,
        Capability.DRAWER_OPERATE,
        Capability.TRANSFER_MAKE,
        Capability.PLAN_MANAGE,
    }
)
"""The acts before which an announcement that must be read is shown."""


class MustRead:
    """Leads to what must be read when the page of a transaction is opened. What was typed on an open page is never lost."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if getattr(view, "capability", None) not in TRANSACTIONS or request.method != "GET":
            return None
        if not request.user.is_authenticated or request.headers.get("HX-Request") or not queries.has_duties():
            return None
        if not queries.unread_duties(request.user, at=now()).exists():
            return None
        return see_other(f"{reverse('announcement_duties')}?next={quote(request.get_full_path())}")

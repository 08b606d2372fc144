"""Seeing the pages of a member of staff as they see them: to look only, for some minutes, told to them and written down.

The administrator stays who they are: whatever is sent is refused, and so is every page that shows members, money in
motion or keys. Only addresses whose capability stands in `SHOWN` are opened as the other person.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from portal.access.capabilities import Capability
from portal.access.gate import allows
from portal.access.roles import STAFF
from portal.audit.services import record
from portal.base.clock import now
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.outbox.services import send_mail
from portal.people.models import User

LASTS_SECONDS = 10 * 60
SESSION_KEY = "view_as"
BEGUN, LOOKED, ENDED = "view as begun", "looked as another", "view as ended"
SHOWN = frozenset(
    {
        Capability.HOME_VIEW,
        Capability.DRAWER_VIEW,
        Capability.VAULT_VIEW,
        Capability.TRIAL_BALANCE_VIEW,
        Capability.CHART_VIEW,
        Capability.PRODUCT_VIEW,
        Capability.LIMIT_VIEW,
        Capability.PERMISSIONS_VIEW,
        Capability.USER_VIEW,
        Capability.USER_MANAGE,
        Capability.BRANCH_VIEW,
        Capability.POLICY_VIEW,
    }
)
"""What the pages opened as another may be about: never members, their accounts, what is asked for, or anybody's keys."""
ALWAYS = frozenset(
    {"view_as_end", "account_logout", "session_stay", "theme_set", "health_live", "health_ready", "events"}
)
"""Addresses that stay the administrator's own meanwhile."""
_LOOKING = "You are looking at somebody else's pages: nothing can be sent. End it first."
_CLOSED = "This page stays closed while you look as somebody else: it may show members, or do something."


class ViewAs:
    """Middleware: puts the person who is looked at in the place of who looks, for reading, and refuses all else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> None:
        kept = request.session.get(SESSION_KEY) if request.user.is_authenticated else None
        name = request.resolver_match.url_name
        if kept is None or name in ALWAYS:
            return
        member = _looked_at(request, kept)
        if member is None:
            end(request)
            return
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied(_LOOKING)
        if getattr(view, "capability", None) not in SHOWN or getattr(view, "is_fresh", False) or name.endswith("_csv"):
            raise PermissionDenied(_CLOSED)
        record(verb=LOOKED, subject=member.email, detail={"page": request.path}, by=request.user, at=now())
        request.viewing_as, request.user = member, member
        request.viewing_minutes = -(-int(kept["until"] - time.time()) // 60)


@transactional
def begin(*, request: Any, member: User, reason: str, by: Any, at: datetime) -> None:
    """From now on `by` sees the pages of `member`, for ten minutes at most. The person is told by mail.

    Refused: without a reason, for oneself, for customers and for whoever is suspended.
    """
    if member.pk == by.pk or member.role not in STAFF or not member.is_active:
        raise Refused("Only the pages of another member of staff who is not suspended can be seen.", code="whom")
    if not reason.strip():
        raise Refused("Say why.", code="reason", field="reason")
    event = record(verb=BEGUN, subject=member.email, detail={"reason": reason.strip()}, by=by, at=at)
    text = (
        f"Hello {member.full_name},\n\n{by.full_name} looks at your pages in the portal as you see them, for at most ten "
        f"minutes: {reason.strip()}\n\nNothing can be changed that way, and no member's data is shown.\n"
    )
    subject = "An administrator looks at your pages"
    send_mail(key=f"view as {event.pk}", to=member.email, subject=subject, text=text, by=None, at=at)
    request.session[SESSION_KEY] = {"user": member.pk, "until": int(time.time()) + LASTS_SECONDS}


def end(request: Any) -> None:
    """See one's own pages again. A second time changes nothing."""
    kept = request.session.pop(SESSION_KEY, None)
    if kept is not None:
        member = User.objects.filter(pk=kept["user"]).first()
        record(verb=ENDED, subject=member.email if member else "", by=request.user, at=now())


def _looked_at(request: Any, kept: dict[str, int]) -> User | None:
    """Who is looked at, while it lasts and may be."""
    if time.time() >= kept["until"] or not allows(request.user, Capability.USER_VIEW_AS):
        return None
    return User.objects.select_related("branch").filter(pk=kept["user"], is_active=True, role__in=STAFF).first()

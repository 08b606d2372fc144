"""The administrator's first page: what needs somebody today."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.administration import queries
from portal.approvals.queries import waiting_for
from portal.base.clock import now
from portal.base.render import page
from portal.people.models import User
from portal.signin.models import SignInAttempt
from portal.signin.queries import Wanted, attempts_visible_to, locked_people_visible_to

SHOWN = 8


@requires(Capability.USER_MANAGE)
@require_safe
def administration(request: HttpRequest) -> HttpResponse:
    """Failures of a day, who is locked, suspended or dormant, open invitations, what waits for an answer."""
    at = now()
    staff = queries.staff_visible_to(request.user)
    context: dict[str, Any] = {
        "failures": failures_of_a_day(request.user),
        "locked": locked_people_visible_to(request.user, at=at),
        "suspended": list(queries.suspended(staff)[:SHOWN]),
        "suspended_count": queries.suspended(staff).count(),
        "dormant": list(queries.dormant(staff, at=at)[:SHOWN]),
        "dormant_count": queries.dormant(staff, at=at).count(),
        "invitations": list(queries.open_invitations()[:SHOWN]),
        "waiting": list(waiting_for(request.user)[:SHOWN]),
        "lonely": administrators() < 2,
        "at": at,
    }
    return page(request, "administration/home.html", context)


def failures_of_a_day(user: Any) -> int:
    """Tries to sign in of the last 24 hours that were refused."""
    tries = attempts_visible_to(user, Wanted()).filter(at__gte=now() - timedelta(days=1))
    return tries.exclude(outcome=SignInAttempt.Outcome.SUCCEEDED).count()


def administrators() -> int:
    """How many people administer."""
    return User.objects.filter(role="administrator", is_active=True).count()

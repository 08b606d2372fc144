"""Where one is signed in, and staying signed in; for the administrator, everybody's sessions."""

from __future__ import annotations

import time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access import policy
from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.access.sessions import UNATTENDED, seconds_left, total_end
from portal.base.clock import now
from portal.base.render import page, see_other
from portal.base.tables import arranged
from portal.signin import queries
from portal.signin.models import SignInSession
from portal.signin.pages.tables import OpenSessionTable, PastSessionTable
from portal.signin.pages.watching import tabs_for
from portal.signin.services import end_session, end_sessions_of

WARNED_SECONDS = 120


@requires(Capability.PROFILE_VIEW)
@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    """One's own sessions, open ones first, and the log of the last thirty days."""
    at = now()
    context = {
        "places": queries.places_of(request.user, this_key=request.session.session_key, at=at),
        "most": queries.most_sessions(request.user),  # type: ignore[arg-type]  # the gate let a user in
        "rules": policy.current(),
        "table": arranged(request, PastSessionTable(queries.past_sessions_of(request.user, at=at))),
    }
    return page(request, "signin/session_list.html", context, partials=("results",))


@requires(Capability.PROFILE_VIEW)
@require_POST
def session_end(request: HttpRequest, sign_in_id: int) -> HttpResponse:
    """End one of one's own sessions."""
    at = now()
    session = get_object_or_404(queries.own_open_sessions(request.user, at=at), pk=sign_in_id)
    end_session(session=session, by=request.user, at=at)
    messages.success(request, f"Ended: {session.words}.")
    return see_other(reverse("session_list"))


@requires(Capability.PROFILE_VIEW)
@require_POST
def session_end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    user: Any = request.user
    this = request.session.session_key
    ended = end_sessions_of(user, except_key=this, reason=SignInSession.Ended.ELSEWHERE, by=user, at=now())
    messages.success(request, f"Ended: {ended} other session{'' if ended == 1 else 's'}.")
    return see_other(reverse("session_list"))


@requires(Capability.PROFILE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def session_stay(request: HttpRequest) -> HttpResponse:
    """How long the session lasts; POST prolongs it. Our script gets the seconds, everybody else a page."""
    if UNATTENDED in request.headers or request.headers.get("Accept") == "application/json":
        return JsonResponse({"seconds": seconds_left(request), "can_stay": _can_stay(request)})
    if request.method == "POST":
        return see_other(_way_back(request))
    minutes = -(-seconds_left(request) // 60)
    context = {"minutes": minutes, "can_stay": _can_stay(request), "next": _way_back(request)}
    return page(request, "signin/session_stay.html", context)


def _can_stay(request: HttpRequest) -> bool:
    """Whether doing something prolongs the session, or it has nearly lasted its time."""
    return total_end(request) - time.time() > WARNED_SECONDS


def _way_back(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or reverse("home")
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else reverse("home")


@requires(Capability.SESSION_MANAGE)
@require_safe
def session_everybody(request: HttpRequest) -> HttpResponse:
    """Everybody who is signed in now."""
    found = queries.sessions_manageable_by(request.user, at=now())
    table = OpenSessionTable(found, this_key=request.session.session_key)
    context = {"table": arranged(request, table), "tabs": tabs_for(request.user, "session_everybody")}
    return page(request, "signin/session_everybody.html", context, partials=("results",))


@requires(Capability.SESSION_MANAGE)
@require_POST
def session_end_anyones(request: HttpRequest, sign_in_id: int) -> HttpResponse:
    """End somebody's session, or with `all` every session of that person."""
    at = now()
    session = get_object_or_404(queries.sessions_manageable_by(request.user, at=at), pk=sign_in_id)
    if "all" in request.POST:
        ended = end_sessions_of(session.user, reason=SignInSession.Ended.ADMINISTRATOR, by=request.user, at=at)
        messages.success(request, f"Ended: {ended} of {session.user.full_name}.")
    else:
        end_session(session=session, by=request.user, at=at)
        messages.success(request, f"Ended: {session.user.full_name}, {session.words}.")
    return see_other(reverse("session_everybody"))

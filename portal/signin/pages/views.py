"""Choosing another password, signing in to the demonstration, and signing out."""

from __future__ import annotations

from typing import Any

from allauth.account import views as allauth_views
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from portal.access import policy, proof
from portal.access.capabilities import Capability
from portal.access.gate import public, requires
from portal.base.clock import now
from portal.base.render import see_other
from portal.people import queries
from portal.signin.middleware import WHY_COOKIE
from portal.signin.queries import why_ended
from portal.signin.stages import note_second_step

WHY = {
    "idle": "You were signed out after {idle} minutes without activity. What you had typed and not sent is not kept.",
    "long": "You were signed out because a session lasts {longest} hours at most. Sign in again to go on.",
    "newer": "You were signed out because you signed in on another device, and only so many sessions may be open at "
    "once. If that was not you, choose a new password with “Forgot your password?” and tell your branch.",
    "elsewhere": "You were signed out because you ended this session from another device.",
    "administrator": "An administrator ended your session.",
    "suspended": "Your profile is suspended. Ask at your branch.",
    "role": "You have another role now. Sign in again to go on with it.",
    "branch": "You belong to another branch now. Sign in again to go on there.",
    "password": "Your password was changed. Sign in with the new one.",
    "demanded": "You are asked for another password. Sign in with the present one: choosing another comes next.",
    "factor": "Your second factor was changed. Sign in again.",
    "other": "Your session was ended because something about your profile changed. Sign in again to go on.",
}
"""What the sign-in page says to whoever comes back with a session that is over."""


@public("Signing in comes before any capability")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """allauth's sign-in. Whoever was signed out without asking for it is told why."""
    why = request.COOKIES.get(WHY_COOKIE, "") or why_ended(getattr(request, "dead_key", ""), at=now())
    request.signed_out_because = _said(why)  # type: ignore[attr-defined]  # the page reads it
    response: HttpResponse = allauth_views.login(request)
    if WHY_COOKIE in request.COOKIES and request.method == "POST":
        response.delete_cookie(WHY_COOKIE, samesite="Lax")
    return response


def _said(why: str) -> str:
    rules = policy.current()
    return WHY.get(why, "").format(idle=rules.idle_minutes, longest=rules.longest_hours)


@requires(Capability.PROFILE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    """Choose another password, with the present one. Whoever has none yet gets it by mail, as after forgetting it."""
    user: Any = request.user
    if not user.has_usable_password():
        return redirect("account_reset_password")
    response: HttpResponse = allauth_views.password_change(request)
    return response


@public("The demonstration lets anybody in as one of its made-up people; 404 in a real installation.")
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as a made-up person. The session is a new one, and whoever was signed in before no longer is."""
    if not settings.DEMONSTRATION:
        raise Http404
    user = get_object_or_404(queries.demonstration_users(), email=request.POST.get("email", ""))
    request.is_shared = True  # type: ignore[attr-defined]  # many are the same made-up person at once
    login(request, user)
    note_second_step(request, proof.DEMONSTRATION)
    return see_other(_next(request) or reverse("home"))


@public("Whoever has a session may end it; whoever has none is led to sign in")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ask, and on POST end the session and have the browser forget what it kept of it."""
    response: HttpResponse = allauth_views.logout(request)
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _next(request: HttpRequest) -> str:
    """Where the person was going, never another site."""
    wanted = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if allowed else ""

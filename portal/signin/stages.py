"""What stands between the right password and a session: a factor, and for staff without one its enrolment.

Both are stages of allauth's sign-in, the last ones: until they are passed there is no session with a user in it, so no
address of the portal can be reached around them, whatever it is.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginStage, LoginStageController
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from portal.access import proof
from portal.access.capabilities import Capability
from portal.access.gate import View, requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.people.models import User
from portal.signin import queries
from portal.signin.services.proving import send_code, way_of


class FactorStage(LoginStage):  # type: ignore[misc]  # allauth ships no types
    """Asks whoever has a second factor for it."""

    key = "factor"
    urlname = "factor_ask"

    def handle(self) -> tuple[HttpResponseBase | None, bool]:
        kinds = queries.kinds_of(self.login.user)
        if not kinds:
            return None, True
        if kinds[0] in {queries.SMS, queries.MAIL}:
            way = way_of(self.login.user, kinds[0])
            # One was sent half a minute ago, or this way is locked: the page says so.
            with suppress(Refused):
                if way is not None:
                    send_code(way=way, by=None, at=now())
        return redirect(self.urlname), True


class EnrolStage(LoginStage):  # type: ignore[misc]  # likewise
    """Leads whoever's role asks for a factor that is not there through enrolling it."""

    key = "enrol"
    urlname = "enrol"

    def handle(self) -> tuple[HttpResponseBase | None, bool]:
        return (redirect(self.urlname), True) if queries.missing_for(self.login.user) else (None, True)


def entered(request: HttpRequest, key: str) -> LoginStage | None:
    """The stage that this person stands in, if it is this one; somebody suspended meanwhile stands nowhere."""
    if request.user.is_authenticated:
        return None
    stage = LoginStageController.enter(request, key)
    if stage is not None and not (stage.login.user and stage.login.user.is_active):
        clear_login(request)
        return None
    return stage


def note_second_step(request: HttpRequest, kind: str) -> None:
    """This session's person has shown a second factor (or is one of the demonstration's)."""
    request.session[proof.SECOND_STEP] = kind


def person(request: Any) -> User:
    """Whose factors a page is about: whoever is signed in, or stands in the enrolment of a sign-in."""
    stage = getattr(request, "enrolling", None)
    user: User = stage.login.user if stage is not None else request.user
    return user


def signed_in_or_enrolling(view: View) -> View:
    """Mark a view for both: the enrolment of a sign-in, and somebody signed in who has proved it just now."""
    for_members = requires(Capability.PROFILE_VIEW, fresh=True)(view)

    @wraps(view)
    def either(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.enrolling = entered(request, EnrolStage.key)
        chosen: Callable[..., HttpResponseBase] = for_members if request.enrolling is None else view
        return chosen(request, *args, **kwargs)

    either.capability = Capability.PROFILE_VIEW  # type: ignore[attr-defined]  # the mark a view carries
    either.is_fresh = True  # type: ignore[attr-defined]  # likewise
    return either

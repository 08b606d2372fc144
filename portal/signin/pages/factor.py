"""The second factor of a sign-in, and its enrolment for staff who have none."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.access.gate import public
from portal.base.errors import Refused
from portal.base.formpage import shown_or_sent
from portal.base.render import page, see_other
from portal.signin import queries
from portal.signin.pages.asking import Asking, Incomplete
from portal.signin.pages.codes import go_on
from portal.signin.stages import EnrolStage, FactorStage, entered, note_second_step

BEFORE = "It stands between the password and the session: nobody is signed in yet"


@public(BEFORE)
@shown_or_sent
def factor_ask(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor; the right one ends the sign-in."""
    stage = entered(request, FactorStage.key)
    if stage is None:
        return redirect("account_login")
    user = stage.login.user
    asking = Asking(request, user, queries.kinds_of(user), template="signin/factor_ask.html", again=False)
    if request.method != "POST":
        return asking.page()
    if "cancel" in request.POST:
        return _ended(stage)
    try:
        if asking.is_sending():
            asking.send()
            return see_other(f"{request.path}?by={asking.kind}")
        note_second_step(request, asking.take())
    except Incomplete:
        return asking.refused()
    except Refused as error:
        return asking.refused(error)
    response: HttpResponse = stage.exit()
    return response


@public(BEFORE)
@shown_or_sent
def enrol(request: HttpRequest) -> HttpResponse:
    """What the role still asks for, and the way to it; once all is there, into the portal."""
    stage = entered(request, EnrolStage.key)
    if stage is None:
        return redirect("account_login")
    if "cancel" in request.POST:
        return _ended(stage)
    missing = queries.missing_for(stage.login.user)
    if not missing:
        request.enrolling = stage  # type: ignore[attr-defined]  # whom the next page is about
        return go_on(request)
    factors = queries.factors_of(stage.login.user)
    return page(request, "signin/enrol.html", {"missing": missing, "factors": factors, "person": stage.login.user})


def _ended(stage: Any) -> HttpResponse:
    response: HttpResponse = stage.abort()
    return response

"""Proving once more who one is before something delicate; then what was interrupted goes on."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.access import proof
from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.audit.services import record
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, see_other
from portal.signin import queries
from portal.signin.pages.asking import Asking, Incomplete
from portal.signin.pages.factor_forms import PASSWORD
from portal.signin.stages import note_second_step

TOKEN = "request"  # noqa: S105  # the name of a parameter


@requires(Capability.PROFILE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def step_up(request: HttpRequest) -> HttpResponse:
    """Ask for the strongest factor there is; whoever has none is asked for the password."""
    user: Any = request.user
    asking = Asking(request, user, queries.kinds_of(user) or [PASSWORD], template="signin/step_up.html", again=True)
    if request.method != "POST":
        return asking.page(step_query=_query(request))
    try:
        if asking.is_sending():
            asking.send()
            return see_other(f"{request.path}?{TOKEN}={_token(request)}&by={asking.kind}")
        kind = asking.take()
    except Incomplete:
        return asking.refused(step_query=_query(request))
    except Refused as error:
        return asking.refused(error, step_query=_query(request))
    return _go_on(request, kind)


def _go_on(request: HttpRequest, kind: str) -> HttpResponse:
    """The session gets another id, and what was interrupted is handed out: a page is opened, a form sent once more."""
    interrupted = _taken(request, _token(request))
    request.session.cycle_key()
    proof.note(request)
    if kind != PASSWORD:
        note_second_step(request, kind)
    record(verb="proved again", subject=request.user.get_username(), detail={"by": kind}, by=request.user, at=now())
    if interrupted is None:
        return see_other(reverse("home"))
    if not interrupted.is_form:
        return see_other(interrupted.path)
    return page(request, "signin/step_up_continue.html", {"interrupted": interrupted})


def _taken(request: HttpRequest, token: str) -> proof.Interrupted | None:
    """What waits under this word, for the first who asks: under the lock of the session's row."""
    with transaction.atomic():
        row = Session.objects.select_for_update().filter(pk=request.session.session_key).first()
        if row is None or proof.waiting(row.get_decoded(), token) is None:
            return None
        interrupted = proof.take(request.session, token)
        request.session.save()
        return interrupted


def _query(request: HttpRequest) -> str:
    """What the links to other ways carry on."""
    return f"{TOKEN}={_token(request)}&" if _token(request) else ""


def _token(request: HttpRequest) -> str:
    return proof.plain_token(request.GET.get(TOKEN, ""))

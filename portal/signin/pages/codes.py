"""Recovery codes, shown once: on the page, as a file, on paper. They wait in the session, encrypted, until they are kept."""

from __future__ import annotations

import json
import time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.base.clock import now
from portal.base.crypto import decrypt, encrypt
from portal.base.render import page, see_other
from portal.institution.queries import profile
from portal.signin import queries, services
from portal.signin.stages import note_second_step, person, signed_in_or_enrolling

SHOWN = "new_recovery_codes"
SHOWN_SECONDS = 600


def go_on(request: Any) -> HttpResponse:
    """After a factor was added: the first one brings recovery codes along; then into the portal, or back to the list."""
    user = person(request)
    if not queries.recovery_codes_left(user):
        show(request, services.make_recovery_codes(user=user, by=user, at=now()))
        return see_other(reverse("recovery_codes"))
    return leave(request)


def leave(request: Any) -> HttpResponse:
    """The end of enrolling: the sign-in goes on, or one is back at one's factors."""
    stage = getattr(request, "enrolling", None)
    kinds = queries.kinds_of(person(request))
    if kinds:
        note_second_step(request, kinds[0])
    if stage is None:
        return see_other(reverse("factor_list"))
    if queries.missing_for(stage.login.user):
        return redirect("enrol")
    response: HttpResponse = stage.exit()
    return response


def show(request: HttpRequest, codes: list[str]) -> None:
    """Keep new codes for the page that shows them."""
    request.session[SHOWN] = {"codes": encrypt(json.dumps(codes)), "at": int(time.time())}


def shown(request: HttpRequest) -> list[str]:
    """The codes that wait to be kept; none once they were, or ten minutes later."""
    kept = request.session.get(SHOWN)
    if not kept or time.time() - kept["at"] > SHOWN_SECONDS:
        return []
    codes: list[str] = json.loads(decrypt(kept["codes"]))
    return codes


@signed_in_or_enrolling
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show new codes; on POST they are kept and shown no more."""
    codes = shown(request)
    if request.method == "POST" or not codes:
        request.session.pop(SHOWN, None)
        return leave(request)
    return page(request, "signin/recovery_codes.html", {"codes": codes, **shell_of(request)})


@signed_in_or_enrolling
@require_safe
def recovery_codes_file(request: HttpRequest) -> HttpResponse:
    """The codes as a text file."""
    codes = shown(request)
    if not codes:
        return redirect("recovery_codes")
    institution = profile()
    head = f"Recovery codes for {person(request).email} at {institution.name if institution else 'Quayside'}"
    text = "\n".join([head, "Each works once.", "", *codes, ""])
    headers = {"Content-Disposition": 'attachment; filename="recovery-codes.txt"', "Cache-Control": "no-store"}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)


@signed_in_or_enrolling
@require_POST
def recovery_codes_make(request: HttpRequest) -> HttpResponse:
    """New codes in place of those before."""
    user = person(request)
    if not queries.has_factor(user):
        messages.error(request, "Add a factor first; recovery codes stand in for one.")
        return leave(request)
    show(request, services.make_recovery_codes(user=user, by=user, at=now()))
    return see_other(reverse("recovery_codes"))


def shell_of(request: Any) -> dict[str, Any]:
    """The frame of a page: the public one while somebody enrols, the portal's for who is signed in."""
    is_enrolling = getattr(request, "enrolling", None) is not None
    return {"frame": "base/public.html" if is_enrolling else "base/page.html", "is_enrolling": is_enrolling}

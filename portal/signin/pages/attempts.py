"""Who tried to sign in; letting somebody in again whom a lock keeps out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import allows, requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.exports import Cell
from portal.base.render import page, refused, see_other
from portal.signin import queries
from portal.signin.pages.forms import AttemptsForm, UnlockForm
from portal.signin.pages.tables import AttemptTable
from portal.signin.pages.watching import listed, taken
from portal.signin.services import unlock

LIST = "signin/attempt_list.html"
HERE = "attempt_list"
COLUMNS = ("id", "at", "person", "tried", "outcome", "address", "device", "known_device", "note", "request_id")
CHUNK_ROWS = 500


@requires(Capability.SIGNIN_VIEW)
@require_safe
def attempt_list(request: HttpRequest) -> HttpResponse:
    """Tries at the people one answers for, and whom a lock keeps out at this moment."""
    form = AttemptsForm(request.GET)

    def tries() -> AttemptTable:
        return AttemptTable(queries.attempts_visible_to(request.user, form.wanted()))

    def locked() -> dict[str, Any]:
        if not allows(request.user, Capability.SIGNIN_UNLOCK):
            return {}
        return {"locked": queries.locked_people_visible_to(request.user, at=now())}

    return listed(request, LIST, HERE, form, tries, locked)


@requires(Capability.SIGNIN_VIEW)
@require_safe
def attempt_csv(request: HttpRequest) -> HttpResponseBase:
    """Everything that was searched for as one file."""
    form = AttemptsForm(request.GET)
    rows = partial(_rows, request, form)
    return taken(request, LIST, HERE, form, COLUMNS, rows, verb="sign-in attempts downloaded", name="sign-in-attempts")


def _rows(request: HttpRequest, form: AttemptsForm) -> Iterator[list[Cell]]:
    found = queries.attempts_visible_to(request.user, form.wanted())
    for row in found.iterator(chunk_size=CHUNK_ROWS):
        person = row.user.full_name if row.user else ""
        known = "yes" if row.is_known_device else "no"
        place: list[Cell] = [row.source, row.device, known, row.note, row.request_id]
        yield [row.pk, row.at, person, row.tried, row.outcome, *place]


@requires(Capability.SIGNIN_UNLOCK)
@require_http_methods(["GET", "HEAD", "POST"])
def attempt_unlock(request: HttpRequest, person_id: int) -> HttpResponse:
    """Let somebody in again, saying why."""
    person = get_object_or_404(queries.unlockable_by(request.user), pk=person_id)
    form = UnlockForm(request.POST if request.method == "POST" else None)
    context: dict[str, object] = {"person": person, "is_locked": queries.is_locked(person, at=now())}
    if request.method != "POST":
        return page(request, "signin/unlock.html", {**context, "form": form})
    if not form.is_valid():
        return refused(request, "signin/unlock.html", context, form)
    try:
        unlock(user=person, reason=form.cleaned_data["reason"], by=request.user, at=now())
    except Refused as error:
        return refused(request, "signin/unlock.html", context, form, error)
    messages.success(request, f"{person.full_name} can sign in again.")
    return see_other(reverse("attempt_list"))

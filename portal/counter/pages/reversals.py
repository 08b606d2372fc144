"""Taking back what was posted wrongly: the last or any movement of one's own session, or later by who looks after all."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.counter import queries, services
from portal.counter.pages import desk
from portal.counter.pages.forms import ReversalForm
from portal.counter.pages.serving import DESK, show, wants
from portal.deposits.receipts import entries_visible_to, receipt_of
from portal.drawers.models import DrawerSession
from portal.drawers.queries import open_session_of
from portal.ledger.models import Entry

LATE = "counter/reverse_late.html"


@requires(Capability.CASH_REVERSE)
@require_http_methods(["GET", "HEAD", "POST"])
def counter_reverse(request: HttpRequest, reference: str = "") -> HttpResponse:
    """Take back a movement of one's open session: the last one, unless a reference is given."""
    session = open_session_of(request.user)
    if session is None:
        return redirect("counter_open")
    entry = queries.served_entry(session, reference) if reference else queries.last_entry(session)
    if entry is None:
        return show(
            request, session, {"session": session, "nothing": "Nothing was served yet that could be taken back."}
        )
    form = ReversalForm(request.POST or None)
    context = {"session": session, "reversing": receipt_of(entry), "form": form}
    if request.method != "POST":
        form.fields["reason"].widget.attrs["autofocus"] = True
        return show(request, session, context)
    whole = {} if wants(request, desk.SERVING) else desk.furniture(session)
    if not form.is_valid():
        return refused(request, DESK, desk.STILL | whole | context, form, partials=(desk.SERVING,))
    try:
        return _reversed(request, session, entry, form.cleaned_data)
    except Refused as refusal:
        context |= {"beyond": refusal.code == "reversal_limit"}
        return refused(request, DESK, desk.STILL | whole | context, form, refusal, partials=(desk.SERVING,))


def _reversed(request: HttpRequest, session: DrawerSession, entry: Entry, typed: dict[str, Any]) -> HttpResponse:
    asked = {"session": session, "entry": entry, **typed, "by": request.user, "at": now()}
    if request.POST.get("do") == "ask":
        services.ask_for_reversal(**asked)
        said = "Sent to the manager. What was posted stands until it is approved."
    else:
        done = services.reverse_movement(**asked)
        said = f"Taken back: {entry.reference}. The reversal is {done.reversal.reference}."
    if not wants(request, desk.SERVING):
        messages.success(request, said)
        return see_other(reverse("counter"))
    return page(request, DESK, desk.STILL | desk.furniture(session) | {"said": said}, partials=(desk.SERVING,))


@requires(Capability.CASH_REVERSE_LATE)
@require_http_methods(["GET", "HEAD", "POST"])
def counter_reverse_late(request: HttpRequest, reference: str) -> HttpResponse:
    """Take back what a closed drawer served, on its own business day."""
    entry = get_object_or_404(entries_visible_to(request.user), reference=reference)
    form = ReversalForm(request.POST or None)
    context = {"receipt": receipt_of(entry), "form": form}
    if request.method != "POST":
        return page(request, LATE, context)
    if not form.is_valid():
        return refused(request, LATE, context, form)
    try:
        services.reverse_late(entry=entry, **form.cleaned_data, by=request.user, at=now())
    except Refused as refusal:
        return refused(request, LATE, context, form, refusal)
    messages.success(request, f"Taken back: {reference}.")
    return see_other(reverse("receipt", args=[reference]))

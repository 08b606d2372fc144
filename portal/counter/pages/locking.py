"""Locking the counter for a moment, and unlocking it: what was typed stays."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.counter import lock
from portal.counter.pages.forms import UnlockForm

PAGE = "counter/locked.html"


@requires(Capability.DRAWER_OPERATE)
@require_POST
def counter_lock(request: HttpRequest) -> HttpResponse:
    """Lock this browser until its person comes back."""
    lock.lock(request)
    return see_other(reverse("counter_locked"))


@requires(Capability.DRAWER_OPERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def counter_locked(request: HttpRequest) -> HttpResponse:
    """The question for the PIN, or for the password of whoever has none."""
    if not request.session.get(lock.LOCKED):
        return redirect("counter")
    form = UnlockForm(request.POST or None)
    if request.method != "POST":
        form.fields["secret"].widget.attrs["autofocus"] = True
        return page(request, PAGE, {"form": form})
    if not form.is_valid():
        return refused(request, PAGE, {}, form)
    try:
        lock.unlock(request, secret=form.cleaned_data["secret"], at=now())
    except Refused as refusal:
        refusal.field = "secret"
        return refused(request, PAGE, {}, form, refusal)
    return see_other(reverse("counter"))

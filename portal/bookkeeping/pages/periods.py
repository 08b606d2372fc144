"""How far each branch's books are closed, closing them further, and asking that they open again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.bookkeeping import queries, services
from portal.bookkeeping.pages.forms import CloseForm, ReopenForm
from portal.institution.queries import branches_within

LIST, CLOSE, REOPEN = (f"bookkeeping/{name}.html" for name in ("period_list", "period_close", "period_reopen"))


@requires(Capability.PERIOD_VIEW)
@require_safe
def period_list(request: HttpRequest) -> HttpResponse:
    """Every branch within reach: closed through which day, by whom, and when it was opened again."""
    return page(request, LIST, {"closings": queries.closings(request.user)})


@requires(Capability.PERIOD_CLOSE, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def period_close(request: HttpRequest, branch_id: int) -> HttpResponse:
    """Close a branch's books up to a day before the open one."""
    branch = get_object_or_404(branches_within(request.user, Capability.PERIOD_CLOSE), pk=branch_id)
    form = CloseForm(request.POST or None, initial={"through": services.last_month_end(branch.business_date)})
    context = {"branch": branch}
    if request.method != "POST":
        return page(request, CLOSE, context | {"form": form})
    if not form.is_valid():
        return refused(request, CLOSE, context, form)
    try:
        services.close_books(branch=branch, **form.cleaned_data, by=request.user, at=now())
    except Refused as refusal:
        return refused(request, CLOSE, context, form, refusal)
    messages.success(request, f"The books of {branch} are closed.")
    return see_other(reverse("period_list"))


@requires(Capability.PERIOD_CLOSE, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def period_reopen(request: HttpRequest, branch_id: int) -> HttpResponse:
    """Ask that a branch's closed books open again; a second person decides."""
    branch = get_object_or_404(branches_within(request.user, Capability.PERIOD_CLOSE), pk=branch_id)
    form = ReopenForm(request.POST or None)
    context = {"branch": branch}
    if request.method != "POST":
        return page(request, REOPEN, context | {"form": form})
    if not form.is_valid():
        return refused(request, REOPEN, context, form)
    try:
        asked = services.ask_to_reopen(branch=branch, **form.cleaned_data, by=request.user, at=now())
    except Refused as refusal:
        return refused(request, REOPEN, context, form, refusal)
    messages.success(request, "Asked for. The books open again once a second person has approved it.")
    return see_other(reverse("approval", args=[asked.pk]))

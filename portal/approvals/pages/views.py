"""The inbox of what waits for a second person, and the page of one request."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import allows, requires, scope_of
from portal.access.grants import Scope
from portal.approvals import queries, services
from portal.approvals.models import Request
from portal.approvals.pages.forms import APPROVE, DecisionForm, FilterForm
from portal.approvals.pages.showing import about, title_of
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import UNPROCESSABLE, page, refused, see_other

LIST, DETAIL = "approvals/request_list.html", "approvals/request_detail.html"
PER_PAGE = 25
EMPTY = {
    "approvals": "Nothing waits for you.",
    "approvals_asked": "You have asked for nothing.",
    "approvals_decided": "Nothing fits.",
}


@requires(Capability.APPROVAL_VIEW)
@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits for this person's answer; for those who only look, everything that waits."""
    user: Any = request.user
    if allows(user, Capability.APPROVAL_DECIDE):
        return _listed(request, "approvals", queries.waiting_for(user))
    if scope_of(user, Capability.APPROVAL_VIEW) is Scope.ALL:
        return _listed(request, "approvals", queries.waiting(user))
    return _listed(request, "approvals_asked", queries.asked_by(user))


@requires(Capability.APPROVAL_VIEW)
@require_safe
def approvals_asked(request: HttpRequest) -> HttpResponse:
    """What this person asked for, newest first."""
    return _listed(request, "approvals_asked", queries.asked_by(request.user))


@requires(Capability.APPROVAL_VIEW)
@require_safe
def approvals_decided(request: HttpRequest) -> HttpResponse:
    """What is over, found by words, act, outcome and day."""
    form = FilterForm(request.GET)
    if not form.is_valid():
        context = {"form": form, "tabs": _tabs(request.user, "approvals_decided")}
        return page(request, LIST, context, status=UNPROCESSABLE)
    found = form.narrowed(queries.decided_visible_to(request.user))
    return _listed(request, "approvals_decided", found, form=form)


@requires(Capability.APPROVAL_VIEW)
@require_safe
def approvals_badge(request: HttpRequest) -> HttpResponse:
    """How many wait for this person, for the menu."""
    return page(request, "approvals/badge.html", {"count": queries.waiting_count(request.user)})


@requires(Capability.APPROVAL_VIEW)
@require_safe
def approval(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request: what will change as things are now, and the buttons of whoever may decide."""
    found = get_object_or_404(queries.requests_visible_to(request.user), pk=request_id)
    context = about(found, user=request.user, at=now())
    return page(request, DETAIL, {**context, "form": DecisionForm()}, partials=("request",))


@requires(Capability.APPROVAL_DECIDE, fresh=True)
@require_POST
def approval_decide(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Approve, which carries it out, or refuse. Somebody who was faster answers 409 and says so."""
    found = get_object_or_404(queries.requests_visible_to(request.user), pk=request_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return refused(request, DETAIL, about(found, user=request.user, at=now()), form)
    approve, comment = form.cleaned_data["answer"] == APPROVE, form.cleaned_data["comment"]
    try:
        done = services.decide(request=found, approve=approve, comment=comment, by=request.user, at=now())
    except Refused as refusal:
        found.refresh_from_db()
        return refused(request, DETAIL, about(found, user=request.user, at=now()), form, refusal)
    messages.success(request, f"{done.summary}: {_outcome(done, approve=approve)}.")
    return see_other(reverse("approvals"))


@requires(Capability.APPROVAL_VIEW)
@require_POST
def approval_withdraw(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Take back what one asked for."""
    found = get_object_or_404(queries.asked_by(request.user), pk=request_id)
    try:
        services.withdraw(request=found, by=request.user, at=now())
    except Refused as refusal:
        found.refresh_from_db()
        return refused(request, DETAIL, about(found, user=request.user, at=now()), DecisionForm({}), refusal)
    messages.success(request, f"{found.summary}: taken back.")
    return see_other(reverse("approvals_asked"))


def _listed(
    request: HttpRequest, name: str, requests: QuerySet[Request], *, form: FilterForm | None = None
) -> HttpResponse:
    shown = Paginator(requests, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": _tabs(request.user, name),
        "lines": [(each, title_of(each), queries.amount_of(each)) for each in shown],
        "page_obj": shown,
        "form": form,
        "empty": EMPTY[name],
        "here": request.get_full_path(),
        "live": name != "approvals_decided",
    }
    return page(request, LIST, context, partials=("results",))


def _tabs(user: Any, current: str) -> list[dict[str, Any]]:
    """The lists this person has; who only asks has no inbox, who only reads asks for nothing."""
    decides, asks = allows(user, Capability.APPROVAL_DECIDE), scope_of(user, Capability.APPROVAL_VIEW) is not Scope.ALL
    names = [("approvals", "Waits for me" if decides else "Waiting")] if decides or not asks else []
    names += [("approvals_asked", "Asked by me")] if asks else []
    names.append(("approvals_decided", "Decided"))
    return [{"label": label, "url": reverse(name), "current": name == current} for name, label in names]


def _outcome(done: Request, *, approve: bool) -> str:
    if not approve:
        return "refused"
    if done.state == Request.State.WAITING:
        return "approved, another person must approve too"
    note = (done.result or {}).get("note")
    return f"approved; {note}" if note else "approved and done"

"""One's own notices: reading them, and choosing which to get."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.access.roles import Role
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.notifications import queries, services
from portal.notifications.kinds import Channel, Kind, kinds_for
from portal.notifications.pages.forms import ChoiceForm

PER_PAGE = 40


@requires(Capability.NOTICE_VIEW)
@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """What one was told, newest first."""
    rows = Paginator(queries.notices_now(request.user, at=now()), PER_PAGE).get_page(request.GET.get("page"))
    muted = {muted.url for muted in queries.muted_by(request.user)}
    context = {"page_obj": rows, "unread": queries.unread_count(request.user), "muted": muted}
    return page(request, "notifications/notice_list.html", context, partials=("notices",))


@requires(Capability.NOTICE_VIEW)
@require_safe
def notice_badge(request: HttpRequest) -> HttpResponse:
    """How many are unread, for the bell."""
    return page(request, "notifications/badge.html", {"count": queries.unread_count(request.user)})


@requires(Capability.NOTICE_VIEW)
@require_POST
def notice_open(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Mark one as read and go to what it is about."""
    notice = get_object_or_404(queries.notices_of(request.user), pk=notice_id)
    services.mark_read(notice=notice, by=request.user, at=now())
    inside = notice.url.startswith("/") and url_has_allowed_host_and_scheme(notice.url, None)
    return see_other(notice.url if inside else reverse("notice_list"))


@requires(Capability.NOTICE_VIEW)
@require_POST
def notice_later(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Put one off until tomorrow morning."""
    notice = get_object_or_404(queries.notices_of(request.user), pk=notice_id)
    services.put_off(notice=notice, by=request.user, at=now())
    messages.success(request, "It comes back tomorrow morning.")
    return see_other(reverse("notice_list"))


@requires(Capability.NOTICE_VIEW)
@require_POST
def notice_mute(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Hear no more of what one leads to, or with `again` hear of it again."""
    notice = get_object_or_404(queries.notices_of(request.user), pk=notice_id)
    again = "again" in request.POST
    try:
        (services.unmute if again else services.mute)(notice=notice, by=request.user, at=now())
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "You are told again." if again else "You hear no more of this.")
    return see_other(reverse("notice_choices" if again else "notice_list"))


@requires(Capability.NOTICE_VIEW)
@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    services.mark_all_read(by=request.user, at=now())
    return see_other(reverse("notice_list"))


@requires(Capability.NOTICE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def notice_choices(request: HttpRequest) -> HttpResponse:
    """Which kinds by which channel, the quiet hours, and from which amounts on."""
    form = ChoiceForm(request.POST or None, user=request.user)
    context = {"form": form, "groups": _groups(request.user, form), "muted": queries.muted_by(request.user)}
    if request.method != "POST":
        return page(request, "notifications/choices.html", context)
    if not form.is_valid():
        return refused(request, "notifications/choices.html", context, form)
    try:
        services.choose(user=request.user, choice=form.choice, by=request.user, at=now())
    except Refused as error:
        return refused(request, "notifications/choices.html", context, form, error)
    messages.success(request, "Your choice is kept.")
    return see_other(reverse("notice_choices"))


def _groups(user: Any, form: ChoiceForm) -> list[tuple[str, list[tuple[Kind, list[dict[str, Any]]]]]]:
    """The matrix: each group's kinds, each with a box for each channel."""
    ticked = form.ticked
    kinds = kinds_for(customer=user.role == Role.CUSTOMER)
    return [
        (group.label, [(kind, [_box(kind, way, ticked) for way in Channel]) for kind in members])
        for group, members in groupby(kinds, key=lambda kind: kind.group)
    ]


def _box(kind: Kind, way: Channel, ticked: set[str]) -> dict[str, Any]:
    value = f"{kind.code}:{way.value}"
    fixed = kind.is_fixed(way)
    return {"value": value, "channel": way.label, "fixed": fixed, "ticked": fixed or value in ticked}

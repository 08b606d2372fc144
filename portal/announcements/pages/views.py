"""Reading announcements, and writing them."""

from __future__ import annotations

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
from portal.access.gate import public, requires
from portal.announcements import queries, services
from portal.announcements.models import Announcement
from portal.announcements.pages.forms import AnnouncementForm
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other

PER_PAGE = 25
FORM, DUTIES, DETAIL = (f"announcements/{name}.html" for name in ("form", "duties", "detail"))


@requires(Capability.ANNOUNCEMENT_VIEW)
@require_safe
def announcement_list(request: HttpRequest) -> HttpResponse:
    """What is announced to this reader, pinned ones first."""
    found = queries.announcements_for(request.user, at=now()).order_by("-is_pinned", "-shown_from")
    rows = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "announcements/list.html", {"page_obj": rows})


@public("What the institution tells everybody stands before sign-in")
@require_safe
def announcement_public(request: HttpRequest) -> HttpResponse:
    found = queries.public_announcements(at=now())[:PER_PAGE]
    return page(request, "announcements/public.html", {"announcements": found})


@requires(Capability.ANNOUNCEMENT_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def announcement_duties(request: HttpRequest) -> HttpResponse:
    """What must be read before the next transaction; having read it leads there."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    inside = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, None)
    way_on = asked if inside else reverse("home")
    found = list(queries.unread_duties(request.user, at=now()))
    if request.method == "POST":
        services.note_reading(announcements=found, by=request.user, at=now())
        return see_other(way_on)
    return page(request, DUTIES, {"announcements": found, "way_on": way_on})


@requires(Capability.ANNOUNCEMENT_VIEW)
@require_POST
def announcement_read(request: HttpRequest, announcement_id: UUID) -> HttpResponse:
    announcement = get_object_or_404(queries.announcements_for(request.user, at=now()), pk=announcement_id)
    services.note_reading(announcements=[announcement], by=request.user, at=now())
    return see_other(reverse("announcement_list"))


@requires(Capability.ANNOUNCEMENT_WRITE)
@require_safe
def announcement_written(request: HttpRequest) -> HttpResponse:
    """Drafts, what waits, what is published."""
    rows = Paginator(queries.announcements_visible_to(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "announcements/written.html", {"page_obj": rows})


@requires(Capability.ANNOUNCEMENT_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def announcement_new(request: HttpRequest) -> HttpResponse:
    return _written(request, None)


@requires(Capability.ANNOUNCEMENT_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def announcement_edit(request: HttpRequest, announcement_id: UUID) -> HttpResponse:
    return _written(request, _own(request, announcement_id))


@requires(Capability.ANNOUNCEMENT_WRITE)
@require_safe
def announcement_detail(request: HttpRequest, announcement_id: UUID) -> HttpResponse:
    """The preview, and who has read it."""
    row = _own(request, announcement_id)
    readers = Paginator(queries.readers_of(row), PER_PAGE).get_page(request.GET.get("page"))
    context = {"announcement": row, "page_obj": readers, "not_read": queries.not_read(row)}
    return page(request, DETAIL, context)


@requires(Capability.ANNOUNCEMENT_WRITE)
@require_POST
def announcement_publish(request: HttpRequest, announcement_id: UUID) -> HttpResponse:
    """Ask a second person to publish it."""
    return _act(request, announcement_id, services.ask_to_publish, "A second person is asked to publish it.")


@requires(Capability.ANNOUNCEMENT_WRITE)
@require_POST
def announcement_withdraw(request: HttpRequest, announcement_id: UUID) -> HttpResponse:
    return _act(request, announcement_id, services.withdraw, "It is shown no more.")


def _own(request: HttpRequest, announcement_id: UUID) -> Announcement:
    return get_object_or_404(queries.announcements_visible_to(request.user), pk=announcement_id)


def _written(request: HttpRequest, row: Announcement | None) -> HttpResponse:
    form = AnnouncementForm(request.POST or None, user=request.user, announcement=row)
    context = {"form": form, "announcement": row}
    if request.method != "POST":
        return page(request, FORM, context)
    if not form.is_valid():
        return refused(request, FORM, context, form)
    try:
        made = services.write_announcement(wanted=form.wanted, announcement=row, by=request.user, at=now())
    except Refused as error:
        return refused(request, FORM, context, form, error)
    return see_other(reverse("announcement_detail", args=[made.pk]))


def _act(request: HttpRequest, announcement_id: UUID, act: Any, done: str) -> HttpResponse:
    row = _own(request, announcement_id)
    try:
        act(announcement=row, by=request.user, at=now())
    except Refused as refusal:
        row.refresh_from_db()
        readers = Paginator(queries.readers_of(row), PER_PAGE).get_page(1)
        context = {"announcement": row, "page_obj": readers, "not_read": 0, "refusal": refusal.message}
        return page(request, DETAIL, context, status=422)
    messages.success(request, done)
    return see_other(reverse("announcement_detail", args=[row.pk]))

"""Packs of many statements: asking for one, watching it grow, and taking it away when it is whole."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access import proof
from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.origin import origin_of
from portal.base.render import UNPROCESSABLE, page, refused, see_other
from portal.statements import queries, services
from portal.statements.pages.forms import PackForm

PACKS_SHOWN = 24


@requires(Capability.STATEMENT_EXPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def statement_packs(request: HttpRequest) -> HttpResponse:
    """The packs one asked for, and a form for another."""
    at = now()
    form = PackForm(request.POST or None, today=services.earliest_open_day() or at.date())
    packs = [
        (pack, queries.progress_of_pack(pack, at=at)) for pack in queries.packs_visible_to(request.user)[:PACKS_SHOWN]
    ]
    context = {"form": form, "packs": packs, "at": at}
    if request.method != "POST":
        return page(request, "statements/pack_list.html", context)
    if not form.is_valid():
        return refused(request, "statements/pack_list.html", context, form)
    proof.demand(request)
    try:
        pack = services.ask_for_pack(
            wanted=form.wanted, origin=origin_of(request), key=form.cleaned_data["key"], by=request.user, at=at
        )
    except Refused as error:
        return refused(request, "statements/pack_list.html", context, form, error)
    return see_other(reverse("statement_pack", args=[pack.pk]))


@requires(Capability.STATEMENT_EXPORT)
@require_safe
def statement_pack(request: HttpRequest, pack_id: UUID) -> HttpResponse:
    """How far a pack is, with the time it may still take; once it is whole, the way to take it away."""
    at = now()
    pack = get_object_or_404(queries.packs_visible_to(request.user), pk=pack_id)
    context = {
        "pack": pack,
        "progress": queries.progress_of_pack(pack, at=at),
        "trouble": queries.trouble_of_pack(pack),
        "expired": pack.expires_at is not None and pack.expires_at <= at,
    }
    return page(request, "statements/pack_detail.html", context, partials=("pack",))


@requires(Capability.STATEMENT_EXPORT, fresh=True)
@require_safe
def statement_pack_zip(request: HttpRequest, pack_id: UUID) -> HttpResponseBase:
    """The whole pack as one ZIP; never a part of it."""
    pack = get_object_or_404(queries.packs_visible_to(request.user), pk=pack_id)
    try:
        pieces = services.pack_zip(pack=pack, by=request.user, at=now())
    except Refused as refusal:
        return page(request, "statements/refused.html", {"refusal": refusal.message}, status=UNPROCESSABLE)
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    name = f"statements-{pack.period_start}-{pack.period_end}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response

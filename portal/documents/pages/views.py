"""Handing a document to its owner, and telling anybody who holds a paper whether it is genuine."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import public, requires
from portal.base.clock import now
from portal.base.render import page, see_other
from portal.documents import queries, services
from portal.documents.codes import tidy_code
from portal.documents.pages.forms import CodeForm

TOO_MANY_REQUESTS = 429
LIST_ROWS = 40


@requires(Capability.DOCUMENT_VIEW)
@require_safe
def document_list(request: HttpRequest) -> HttpResponse:
    """What was made for oneself and is still kept, newest first."""
    kept = queries.documents_visible_to(request.user, at=now())
    rows = Paginator(kept, LIST_ROWS).get_page(request.GET.get("page"))
    return page(request, "documents/document_list.html", {"page_obj": rows})


@requires(Capability.DOCUMENT_VIEW)
@require_safe
def document_download(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The file as an attachment, never shown inside the site; only its owner's, 404 once it has expired."""
    at = now()
    document = get_object_or_404(queries.documents_visible_to(request.user, at=at), pk=document_id)
    body = services.hand_over(document=document, by=request.user, at=at)
    response = HttpResponse(body, content_type=document.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{document.filename}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@public("Whoever holds a paper may ask whether it is genuine")
@require_http_methods(["GET", "HEAD", "POST"])
def document_check(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return see_other(reverse("document_verify", args=[_as_path(form.cleaned_data["code"])]))
    return page(request, "documents/verify.html", {"form": form}, status=422 if form.errors else 200)


@public("Whoever holds a paper may ask whether it is genuine")
@require_safe
def document_verify(request: HttpRequest, code: str) -> HttpResponse:
    """Genuine, with when and by whom it was issued; or the same page saying that the code is not known."""
    context = {"form": CodeForm(), "asked": True}
    if not services.may_check(address=request.META.get("REMOTE_ADDR", "")):
        return page(request, "documents/verify.html", context | {"too_many": True}, status=TOO_MANY_REQUESTS)
    return page(request, "documents/verify.html", context | {"document": queries.document_with_code(code)})


def _as_path(code: str) -> str:
    """What was typed as one part of an address; of what can be no code nothing is repeated."""
    return tidy_code(code) or "unknown"

"""The portal's addresses and two more: the empty pages that real pages are compared with."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal.access.gate import public
from portal.base.render import page
from portal.config.urls import urlpatterns as portal_patterns

_REASON = "It exists inside the bench alone, and asks for a signed-in user itself"


@public(_REASON)
def bare(request: HttpRequest) -> HttpResponse:
    """Session, user, every middleware, and nothing else."""
    return HttpResponse("signed in" if request.user.is_authenticated else "", content_type="text/plain")


@public(_REASON)
def empty(request: HttpRequest) -> HttpResponse:
    """The same with the frame that every page has, its menus and its headings, and nothing in it."""
    return page(request, "base/page.html")


urlpatterns = [path("bench/bare/", bare), path("bench/empty/", empty), *portal_patterns]

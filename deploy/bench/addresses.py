"""The portal's addresses and one more: the empty page that real pages are compared with."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal.access.gate import public
from portal.config.urls import urlpatterns as portal_patterns


@public("It exists inside the bench alone, and asks for a signed-in user itself")
def empty(request: HttpRequest) -> HttpResponse:
    """Session, user, every middleware, and nothing else."""
    return HttpResponse("signed in" if request.user.is_authenticated else "", content_type="text/plain")


urlpatterns = [path("bench/empty/", empty), *portal_patterns]

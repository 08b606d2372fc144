"""Find anything from anywhere: Ctrl+K opens it over the page, its address is a page of its own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.render import page, refused
from portal.home.pages.forms import FindForm
from portal.home.queries.finding import found

TEMPLATE, PARTIALS = "home/find.html", ("modal", "found")


@requires(Capability.HOME_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """What fits the words. They are sent, never part of an address, since names do not belong into one; nothing is written."""
    form = FindForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return page(request, TEMPLATE, {"form": form}, partials=PARTIALS)
    if not form.is_valid():
        return refused(request, TEMPLATE, {}, form, partials=PARTIALS)
    text = form.cleaned_data["text"].strip()
    context = {"form": form, "text": text, "hits": found(request.user, text)}
    return page(request, TEMPLATE, context, partials=PARTIALS)

"""How a page answers: whole, or only the fragment htmx asked for.

A fragment is a `{% partialdef name inline %}` of the page's own template; its name is also the element's id and the
`hx-target` that asks for it. One name in three places, so page and fragment cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from portal.base.errors import Refused, Stale

UNPROCESSABLE = 422
CONFLICT = 409
THEMES = ("light", "dark")
YEAR_SECONDS = 31_536_000


class HttpResponseSeeOther(HttpResponseRedirect):
    """303: the POST is done, GET this instead, whatever the method was."""

    status_code = 303


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    partials: Collection[str] = (),
    status: int = 200,
) -> HttpResponse:
    """Answer with the template, or with one of its `partials` when htmx targets it.

    Boosted links and history restores always get the whole page, and so does a target that is not in the allow-list.
    What a signed-in person sees is never stored by a cache.
    """
    fragment = _fragment(request, partials)
    name = f"{template}#{fragment}" if fragment else template
    response = render(request, name, dict(context or {}), status=status)
    patch_vary_headers(response, ("HX-Request", "HX-Target"))
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        patch_cache_control(response, no_store=True, private=True)
    return response


def see_other(url: str) -> HttpResponse:
    """303 after a POST that was carried out. `redirects_for_htmx` turns it into a page change for htmx."""
    return HttpResponseSeeOther(url)


def refused(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None,
    form: BaseForm,
    error: Refused | None = None,
    *,
    partials: Collection[str] = ("form",),
) -> HttpResponse:
    """Show the form again with what was refused: 422, or 409 when somebody else was faster.

    The message lands on the field the refusal names, else on the form. Without `error` the form's own errors are shown.
    """
    if error is not None:
        _add_refusal(form, error)
    status = CONFLICT if isinstance(error, Stale) else UNPROCESSABLE
    response = page(request, template, {**(context or {}), "form": form}, partials=partials, status=status)
    response.refused_because = error.code if error is not None else ""  # type: ignore[attr-defined]  # for the trail
    return response


def redirects_for_htmx(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: a redirect that answers an htmx request changes the page instead of landing inside a fragment.

    The browser follows a 303 before htmx sees it, so a whole page (or the sign-in page of an ended session) would be
    swapped into a table row. `HX-Redirect` makes htmx leave for the address as a plain form would have done.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if _wants_fragment(request) and isinstance(response, HttpResponseRedirect):
            answer = HttpResponse(status=204, headers={"HX-Redirect": response.url})
            answer.cookies = response.cookies
            return answer
        return response

    return middleware


def theme_set(request: HttpRequest) -> HttpResponse:
    """Keep the chosen colours for a year in a cookie and go back to the page. `auto` forgets the choice."""
    theme = request.POST.get("theme", "")
    response = see_other(_way_back(request))
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


def _wants_fragment(request: HttpRequest) -> bool:
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not (htmx.boosted or htmx.history_restore_request)


def _fragment(request: HttpRequest, partials: Collection[str]) -> str:
    if not _wants_fragment(request):
        return ""
    target: str = request.headers.get("HX-Target", "")
    return target if target in partials else ""


def _add_refusal(form: BaseForm, error: Refused) -> None:
    form.is_valid()  # a form takes further errors only once it has been cleaned
    if not form.is_bound:
        # A page with several forms may show what was refused on one that nothing was typed into.
        form.cleaned_data = {}
    form.add_error(error.field if error.field in form.fields else None, error.message)


def _way_back(request: HttpRequest) -> str:
    """The path of the page the form stood on, never another site."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}):
        return "/"
    parts = urlsplit(referer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"

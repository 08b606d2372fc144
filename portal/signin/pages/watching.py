"""What ties the pages together on which signing in is watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from portal.access.capabilities import Capability
from portal.access.gate import allows
from portal.audit.services import record
from portal.base.clock import now
from portal.base.exports import Cell, csv_chunks, download
from portal.base.render import UNPROCESSABLE, page
from portal.base.tables import arranged

_PAGES = (
    ("attempt_list", "Tries", Capability.SIGNIN_VIEW),
    ("session_log", "Signed in and out", Capability.SIGNIN_VIEW),
    ("session_everybody", "Signed in now", Capability.SESSION_MANAGE),
)


def tabs_for(user: Any, here: str) -> list[dict[str, Any]]:
    """The lists this user may open, the one named `here` marked."""
    allowed = [(name, label) for name, label, capability in _PAGES if allows(user, capability)]
    return [{"label": label, "url": reverse(name), "current": name == here} for name, label in allowed]


def listed(
    request: HttpRequest,
    template: str,
    here: str,
    form: Any,
    table: Callable[[], Any],
    more: Callable[[], dict[str, Any]] = dict,
) -> HttpResponse:
    """The list named `here` as the form searches it, page by page, with whatever `more` it shows; 422 for a wrong form."""
    context = {"form": form, "tabs": tabs_for(request.user, here)}
    if not form.is_valid():
        return page(request, template, context, status=UNPROCESSABLE)
    query = request.GET.copy()
    query.pop("page", None)
    found = {"table": arranged(request, table()), "query": query.urlencode()}
    return page(request, template, context | found | more(), partials=("results",))


def taken(
    request: HttpRequest,
    template: str,
    here: str,
    form: Any,
    columns: Sequence[str],
    rows: Callable[[], Iterator[list[Cell]]],
    *,
    verb: str,
    name: str,
) -> HttpResponseBase:
    """Everything that the form finds as one CSV, which is written down under `verb`; 422 and the list for a wrong form."""
    if not form.is_valid():
        context = {"form": form, "tabs": tabs_for(request.user, here)}
        return page(request, template, context, status=UNPROCESSABLE)
    at = now()
    asked = {field: str(value) for field, value in form.cleaned_data.items() if value}
    record(verb=verb, subject="", detail=asked, by=request.user, at=at)
    return download(csv_chunks(columns, rows()), name=f"{name}-{at:%Y-%m-%d}.csv", media_type="text/csv")

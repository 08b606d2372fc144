"""A page that is one form: shown, sent, refused or done, the same way everywhere in this room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from portal.base.errors import Refused
from portal.base.render import page, refused, see_other

FORM = "deposits/simple_form.html"
any_method = require_http_methods(["GET", "HEAD", "POST"])


def posted(request: HttpRequest) -> Any:
    """What was sent, for a form; None while the page is only looked at."""
    return request.POST if request.method == "POST" else None


def simple(heading: str, up_label: str, up: str, submit: str, **more: Any) -> dict[str, Any]:
    """What the page says around its form; `facts`, `note`, `lead` and `is_grave` besides."""
    return {"heading": heading, "up_label": up_label, "up": up, "submit": submit, **more}


def carried_out(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], str | None],
    context: dict[str, Any],
    template: str = FORM,
) -> HttpResponse:
    """Show the form, or do what it says and go where `act` tells, else up. A refusal loses nothing typed."""
    if request.method != "POST":
        return page(request, template, context | {"form": form})
    if not form.is_valid():
        return refused(request, template, context, form)
    try:
        url = act()
    except Refused as error:
        return refused(request, template, context, form, error)
    return see_other(url or context["up"])

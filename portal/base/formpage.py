"""A page that is one form: shown, sent, refused or done, the same way everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from portal.base.errors import Refused
from portal.base.render import page, refused, see_other

TEMPLATE = "base/form_page.html"
shown_or_sent = require_http_methods(["GET", "HEAD", "POST"])


def sent(request: HttpRequest) -> tuple[Any, Any] | tuple[()]:
    """What was sent, fields and files, to make a form of; nothing while the page is only looked at."""
    return (request.POST, request.FILES) if request.method == "POST" else ()


def form_page(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], str | None],
    *,
    up: tuple[str, str],
    heading: str = "",
    submit: str = "",
    template: str = TEMPLATE,
    preview: Callable[[], dict[str, Any]] | None = None,
    **more: Any,
) -> HttpResponse:
    """Show the form, or do what it says and go where `act` tells, else to `up`. A refusal loses nothing typed.

    `up` is the label and address of where one comes from; `more` may hold `facts`, `lead`, `note` and `is_grave`. A
    `template` of its own may say heading and button itself. With a `preview` a second button shows first what it tells
    of the form as typed: the template `shown` with what else it returns.
    """
    named = {"heading": heading, "up_label": up[0], "up": up[1], "submit": submit}
    context = {**named, "previews": preview is not None, **more}
    if request.method != "POST":
        return page(request, template, context | {"form": form})
    if not form.is_valid():
        return refused(request, template, context, form)
    try:
        if preview and "preview" in request.POST:
            return page(request, template, context | {"form": form} | preview())
        url = act()
    except Refused as error:
        return refused(request, template, context, form, error)
    return see_other(url or up[1])

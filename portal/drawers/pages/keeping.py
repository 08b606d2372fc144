"""The drawers of a branch: which there are, one more, another name, out of use and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.fields import AmountField
from portal.base.money import Money
from portal.base.render import page, refused, see_other
from portal.drawers import queries
from portal.drawers.models import Drawer
from portal.drawers.services.keeping import LONGEST_NAME, add_drawer, rename_drawer, retire_drawer, return_drawer
from portal.institution.models import Branch

LIST, ADD, RENAME = (f"drawers/{name}.html" for name in ("keeping_list", "keeping_add", "keeping_rename"))


class RenameForm(forms.Form):
    """What the drawer is called."""

    name = forms.CharField(label="Name", max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class AddForm(RenameForm):
    """A drawer and its limits."""

    limit = AmountField(label="Holds at most")
    at_once = AmountField(label="At once", help_text="The largest deposit or withdrawal it serves without approval.")
    tolerance = AmountField(
        label="Difference at the close", allow_zero=True, help_text="Beyond it the manager decides about the count."
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, AmountField):
                field.currency = currency

    def limits(self) -> dict[str, int]:
        """In minor units; only after `is_valid`."""
        given: dict[str, Money] = self.cleaned_data
        return {f"{name}_minor": given[name].minor for name in ("limit", "at_once", "tolerance")}


@requires(Capability.DRAWER_MANAGE)
@require_safe
def drawer_keeping(request: HttpRequest, branch_id: int) -> HttpResponse:
    """Every drawer of a branch, retired ones too."""
    branch = get_object_or_404(queries.branches_kept_by(request.user), pk=branch_id)
    return page(request, LIST, {"branch": branch, "drawers": queries.kept_drawers(branch)})


@requires(Capability.DRAWER_MANAGE, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def drawer_add(request: HttpRequest, branch_id: int) -> HttpResponse:
    """One drawer more."""
    branch = get_object_or_404(queries.branches_kept_by(request.user), pk=branch_id)
    form = AddForm(request.POST or None, currency=queries.currency_of(branch))
    context = {"branch": branch}
    if request.method != "POST":
        return page(request, ADD, {**context, "form": form})
    if not form.is_valid():
        return refused(request, ADD, context, form)
    try:
        add_drawer(branch=branch, name=form.cleaned_data["name"], **form.limits(), by=request.user, at=now())
    except Refused as refusal:
        return refused(request, ADD, context, form, refusal)
    return _back(request, branch, f"{form.cleaned_data['name']} is there.")


@requires(Capability.DRAWER_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def drawer_rename(request: HttpRequest, drawer_id: int) -> HttpResponse:
    """Another name."""
    drawer = get_object_or_404(queries.drawers_kept_by(request.user), pk=drawer_id)
    form = RenameForm(request.POST or None, initial={"name": drawer.name})
    context = {"drawer": drawer, "branch": drawer.branch}
    if request.method != "POST":
        return page(request, RENAME, {**context, "form": form})
    if not form.is_valid():
        return refused(request, RENAME, context, form)
    try:
        renamed = rename_drawer(drawer=drawer, name=form.cleaned_data["name"], by=request.user, at=now())
    except Refused as refusal:
        return refused(request, RENAME, context, form, refusal)
    return _back(request, drawer.branch, f"It is called {renamed} now.")


@requires(Capability.DRAWER_MANAGE, fresh=True)
@require_POST
def drawer_retire(request: HttpRequest, drawer_id: int) -> HttpResponse:
    """Out of use."""
    return _switched(request, drawer_id, retire_drawer, "is out of use")


@requires(Capability.DRAWER_MANAGE, fresh=True)
@require_POST
def drawer_return(request: HttpRequest, drawer_id: int) -> HttpResponse:
    """Into use again."""
    return _switched(request, drawer_id, return_drawer, "is in use again")


def _switched(request: HttpRequest, drawer_id: int, switch: Callable[..., Drawer], said: str) -> HttpResponse:
    drawer = get_object_or_404(queries.drawers_kept_by(request.user), pk=drawer_id)
    try:
        switch(drawer=drawer, by=request.user, at=now())
    except Refused as refusal:
        context = {"branch": drawer.branch, "drawers": queries.kept_drawers(drawer.branch)}
        return refused(request, LIST, context, RenameForm({}), refusal)
    return _back(request, drawer.branch, f"{drawer} {said}.")


def _back(request: HttpRequest, branch: Branch, said: str) -> HttpResponse:
    messages.success(request, said)
    return see_other(reverse("drawer_keeping", args=[branch.pk]))

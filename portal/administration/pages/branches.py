"""Branches: which there are, one more, another address or other hours."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.administration import queries
from portal.administration.pages.forms import text_field
from portal.administration.services.branches import BranchFacts, ask_for_branch, ask_for_branch_change, known_of
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other

LIST, ADD, CHANGE = (f"administration/{name}.html" for name in ("branch_list", "branch_add", "branch_change"))
ASKED = "Asked for. Somebody else decides."


class FactsForm(forms.Form):
    """What people know a branch by, and why it changes."""

    name = text_field("Name", most=80)
    address = text_field("Address", most=200, required=False)
    phone = text_field("Telephone", most=40, required=False, inputmode="tel")
    opening_hours = text_field("Opening hours", most=120, required=False)
    reason = text_field("Why", most=300)

    def facts(self) -> BranchFacts:
        """Only after `is_valid`."""
        given = self.cleaned_data
        return BranchFacts(given["name"], given["address"], given["phone"], given["opening_hours"])


class BranchForm(FactsForm):
    """A further branch."""

    code = forms.CharField(
        label="Code",
        max_length=2,
        validators=[RegexValidator(r"^[0-9]{2}$", "Enter two digits, like 04.")],
        help_text="Two digits that no other branch has. Account numbers begin with it, so it cannot be changed later.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    field_order = ("code", "name", "address", "phone", "opening_hours", "reason")


@requires(Capability.BRANCH_VIEW)
@require_safe
def branch_list(request: HttpRequest) -> HttpResponse:
    """Every branch one may see, with its open day."""
    context: dict[str, Any] = {"branches": queries.branches_visible_to(request.user)}
    return page(request, LIST, context)


@requires(Capability.BRANCH_MANAGE, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def branch_add(request: HttpRequest) -> HttpResponse:
    """Ask for a further branch."""
    form = BranchForm(request.POST or None)
    if request.method != "POST":
        return page(request, ADD, {"form": form})
    if not form.is_valid():
        return refused(request, ADD, {}, form)
    code, reason = form.cleaned_data["code"], form.cleaned_data["reason"]
    try:
        ask_for_branch(code=code, facts=form.facts(), reason=reason, by=request.user, at=now())
    except Refused as refusal:
        return refused(request, ADD, {}, form, refusal)
    messages.success(request, ASKED)
    return see_other(reverse("approvals_asked"))


@requires(Capability.BRANCH_MANAGE, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def branch_change(request: HttpRequest, branch_id: int) -> HttpResponse:
    """Ask for another name, address, telephone or hours."""
    branch = get_object_or_404(queries.branches_visible_to(request.user), pk=branch_id)
    form = FactsForm(request.POST or None, initial=asdict(known_of(branch)))
    context = {"branch": branch}
    if request.method != "POST":
        return page(request, CHANGE, {**context, "form": form})
    if not form.is_valid():
        return refused(request, CHANGE, context, form)
    reason = form.cleaned_data["reason"]
    try:
        ask_for_branch_change(branch=branch, facts=form.facts(), reason=reason, by=request.user, at=now())
    except Refused as refusal:
        return refused(request, CHANGE, context, form, refusal)
    messages.success(request, ASKED)
    return see_other(reverse("approvals_asked"))

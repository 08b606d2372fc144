"""Asking for an account, opening one for a member, and deciding on what was asked for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.deposits import keeping, services
from portal.deposits.pages.keeping_forms import ApplyForm, DecisionForm, OpenForm
from portal.people.queries import customers_visible_to

_FORM = "deposits/simple_form.html"
_any_method = require_http_methods(["GET", "HEAD", "POST"])


@requires(Capability.ACCOUNT_APPLY)
@_any_method
def account_apply(request: HttpRequest) -> HttpResponse:
    """A customer asks for an account of their own."""
    customer = keeping.customer_of(request.user)
    form = ApplyForm(request.POST if request.method == "POST" else None, products=keeping.offered_products())
    context = _simple("Ask for an account", "Accounts", reverse("account_list"), "Send")
    if request.method != "POST":
        return page(request, _FORM, context | {"form": form})
    if customer is None or not form.is_valid():
        return refused(request, _FORM, context, form)
    try:
        asked = services.apply_for_account(
            customer=customer, branch=customer.branch, **form.cleaned_data, by=request.user, at=now()
        )
    except Refused as error:
        return refused(request, _FORM, context, form, error)
    messages.success(request, "We have your application. You see here what becomes of it.")
    return see_other(reverse("account_keeping", args=[asked.account.number]))


@requires(Capability.ACCOUNT_OPEN)
@_any_method
def account_open(request: HttpRequest) -> HttpResponse:
    """Open an account for a member; where the product wants it, a second person decides."""
    member = {"customer": request.GET.get("customer", "")}
    form = OpenForm(
        request.POST if request.method == "POST" else None, products=keeping.offered_products(), initial=member
    )
    for name in ("customer", "other"):
        form.fields[name].reach = customers_visible_to(request.user)  # type: ignore[attr-defined]
    context = _simple("Open an account", "Accounts", reverse("account_list"), "Open the account")
    if request.method != "POST":
        return page(request, _FORM, context | {"form": form})
    if not form.is_valid():
        return refused(request, _FORM, context, form)
    typed = dict(form.cleaned_data)
    other = typed.pop("other")
    try:
        asked = services.apply_for_account(
            **typed, branch=typed["customer"].branch, others=(other,) if other else (), by=request.user, at=now()
        )
    except Refused as error:
        return refused(request, _FORM, context, form, error)
    return see_other(reverse("account_keeping", args=[asked.account.number]))


@requires(Capability.ACCOUNT_APPROVE)
@require_safe
def application_list(request: HttpRequest) -> HttpResponse:
    """The accounts that were asked for and wait."""
    return page(request, "deposits/application_list.html", {"applications": keeping.applications_for(request.user)})


@requires(Capability.ACCOUNT_APPROVE)
@_any_method
def application_decide(request: HttpRequest, application_id: int) -> HttpResponse:
    """Approve or decline one of them."""
    application = get_object_or_404(keeping.applications_for(request.user), pk=application_id)
    account = application.account
    form = DecisionForm(request.POST if request.method == "POST" else None)
    up = reverse("application_list")
    context = _simple(f"{account.customer.full_name} asks for {account.product.name}", "Applications", up, "Decide")
    context["facts"] = [
        ("Purpose", application.purpose),
        ("Asked by", application.asked_by),
        ("Branch", account.branch.name),
    ]
    if request.method != "POST":
        return page(request, _FORM, context | {"form": form})
    if not form.is_valid():
        return refused(request, _FORM, context, form)
    try:
        services.decide_application(application=application, **form.cleaned_data, by=request.user, at=now())
    except Refused as error:
        return refused(request, _FORM, context, form, error)
    return see_other(up)


def _simple(heading: str, up_label: str, up: str, submit: str) -> dict[str, Any]:
    return {"heading": heading, "up_label": up_label, "up": up, "submit": submit}


urlpatterns = [
    path("accounts/apply/", account_apply, name="account_apply"),
    path("accounts/open/", account_open, name="account_open"),
    path("accounts/applications/", application_list, name="application_list"),
    path("accounts/applications/<int:application_id>/", application_decide, name="application_decide"),
]

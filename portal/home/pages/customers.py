"""Customers for staff: finding one, and the record over all rooms."""

from __future__ import annotations

import time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.base.tables import arranged
from portal.base.templatetags.portal import day, status_badge
from portal.deposits.queries import funds_as_loaded
from portal.home import services
from portal.home.pages.forms import ClosureForm, LookForm, SearchForm
from portal.home.pages.tables import CustomerTable
from portal.home.queries.customers import accounts_of, customers_found, record_of
from portal.home.queries.looking import must_say_why
from portal.people.models import Customer
from portal.people.queries import customers_for, customers_visible_to
from portal.people.services import note_view

SOUGHT, LOOKS = "customers_sought", "customers_looked_at"
LOOK_SECONDS = 30 * 60
"""How long a reason counts for the same record."""
IN_BRANCH = "Customer record"


@requires(Capability.CUSTOMER_SEARCH)
@require_http_methods(["GET", "HEAD", "POST"])
def customer_list(request: HttpRequest) -> HttpResponse:
    """Find a customer. What is sought is sent and kept in the session, since names do not belong into an address."""
    if request.method == "POST":
        form = SearchForm(request.POST)
        if not form.is_valid():
            return refused(request, "home/customer_list.html", _list(request, ""), form, partials=("results",))
        request.session[SOUGHT] = form.cleaned_data["text"]
        if "HX-Request" not in request.headers:
            return see_other(reverse("customer_list"))
    text = request.session.get(SOUGHT, "")
    context = _list(request, text) | {"form": SearchForm(initial={"text": text})}
    return page(request, "home/customer_list.html", context, partials=("results",))


@requires(Capability.CUSTOMER_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def customer_detail(request: HttpRequest, number: str) -> HttpResponse:
    """Who somebody is and what they have here. Staff who look beyond their branch say why first; each look is kept."""
    customer = get_object_or_404(customers_visible_to(request.user), number=number)
    reason = _stated(request, customer)
    if request.method == "POST" or reason is None:
        return _say_why(request, customer)
    note_view(customer=customer, viewer=request.user, reason=reason, at=now())
    lines = [(account, funds_as_loaded(account)) for account in accounts_of(request.user, customer)]
    context = {"customer": customer, "lines": lines, "rows": _record(customer)}
    return page(request, "home/customer_detail.html", context | record_of(request.user, customer))


@requires(Capability.CUSTOMER_MOVE)
@require_http_methods(["GET", "HEAD", "POST"])
def customer_close(request: HttpRequest, number: str) -> HttpResponse:
    """Write down that a customer has left, once every account is closed."""
    customer = get_object_or_404(customers_for(request.user, Capability.CUSTOMER_MOVE), number=number)
    form = ClosureForm(request.POST or None)
    context = {"customer": customer, "form": form}
    if request.method != "POST":
        return page(request, "home/customer_close.html", context)
    if not form.is_valid():
        return refused(request, "home/customer_close.html", context, form)
    try:
        services.close_customer(customer=customer, reason=form.cleaned_data["reason"], by=request.user, at=now())
    except Refused as refusal:
        return refused(request, "home/customer_close.html", context, form, refusal)
    return see_other(reverse("customer_detail", args=[number]))


def _say_why(request: HttpRequest, customer: Customer) -> HttpResponse:
    """The question, and its answer kept for half an hour in this session."""
    form = LookForm(request.POST or None)
    context = {"customer": customer, "form": form}
    if request.method != "POST":
        return page(request, "home/customer_reason.html", context)
    if not form.is_valid():
        return refused(request, "home/customer_reason.html", context, form)
    looks = request.session.get(LOOKS, {})
    request.session[LOOKS] = looks | {str(customer.pk): [int(time.time()), form.said]}
    return see_other(reverse("customer_detail", args=[customer.number]))


def _stated(request: HttpRequest, customer: Customer) -> str | None:
    """Why this record is opened: the reason given, or that it is the branch's own; None when it has to be said first."""
    said, reason = request.session.get(LOOKS, {}).get(str(customer.pk), (0, ""))
    if time.time() - said < LOOK_SECONDS:
        return str(reason)
    return None if must_say_why(request.user, customer) else IN_BRANCH


def _record(customer: Customer) -> list[tuple[str, Any]]:
    return [
        ("Member number", customer.number),
        ("State", status_badge(customer.state, customer.get_state_display())),
        ("Branch", customer.branch.name),
        ("Member since", day(customer.joined_on)),
    ]


def _list(request: HttpRequest, text: str) -> dict[str, Any]:
    table = CustomerTable(customers_found(request.user, text))
    return {"table": arranged(request, table), "text": text}

"""Customers for staff: finding one, and the record with the accounts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.render import page, refused, see_other
from portal.base.tables import arranged
from portal.base.templatetags.portal import ABSENT, day, status_badge
from portal.deposits.queries import funds_as_loaded
from portal.home.pages.forms import SearchForm
from portal.home.pages.tables import CustomerTable
from portal.home.queries.customers import accounts_of, customers_found
from portal.people.models import Customer
from portal.people.queries import customers_visible_to
from portal.people.services import note_view

SOUGHT = "customers_sought"


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
@require_safe
def customer_detail(request: HttpRequest, number: str) -> HttpResponse:
    """Who somebody is and what they have here. That a member of staff looked is written down."""
    customer = get_object_or_404(customers_visible_to(request.user), number=number)
    note_view(customer=customer, viewer=request.user, reason="Customer record", at=now())
    lines = [(account, funds_as_loaded(account)) for account in accounts_of(request.user, customer)]
    return page(request, "home/customer_detail.html", {"customer": customer, "lines": lines, "rows": _record(customer)})


def _record(customer: Customer) -> list[tuple[str, Any]]:
    return [
        ("Member number", customer.number),
        ("State", status_badge(customer.state, customer.get_state_display())),
        ("Branch", customer.branch.name),
        ("Phone", customer.phone or ABSENT),
        ("E-mail address", customer.email or ABSENT),
        ("Address", customer.address or ABSENT),
        ("Born", day(customer.birth_date)),
        ("Occupation", customer.occupation or ABSENT),
        ("Member since", day(customer.joined_on)),
    ]


def _list(request: HttpRequest, text: str) -> dict[str, Any]:
    table = CustomerTable(customers_found(request.user, text))
    return {"table": arranged(request, table), "text": text}

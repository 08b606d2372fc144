"""Judging the risk, moving to another branch, and who acts for a customer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.people import queries, services
from portal.people.models import Customer, Mandate
from portal.people.pages.forms import MandateForm, MandateRuleForm, ReasonForm, RiskForm, TransferForm
from portal.people.pages.parts import kept

RISK, TRANSFER, MANDATES = "people/risk.html", "people/transfer.html", "people/mandates.html"


def _record(customer: Customer) -> str:
    return reverse("customer_detail", args=[customer.number])


def _customer(request: HttpRequest, number: str, capability: Capability) -> Customer:
    return get_object_or_404(queries.customers_for(request.user, capability), number=number)


@requires(Capability.CUSTOMER_RISK)
@require_http_methods(["GET", "HEAD", "POST"])
def customer_risk(request: HttpRequest, number: str) -> HttpResponse:
    """The judgements so far, and a new one."""
    customer = _customer(request, number, Capability.CUSTOMER_RISK)
    form = RiskForm(request.POST or None)
    context = {"customer": customer, "form": form, "record_url": _record(customer)}
    context["profiles"] = customer.risk_profiles.select_related("by")
    if request.method != "POST":
        return page(request, RISK, context)
    if not form.is_valid():
        return refused(request, RISK, context, form)
    try:
        services.assess_risk(customer=customer, **form.cleaned_data, by=request.user, at=now())
    except Refused as refusal:
        return refused(request, RISK, context, form, refusal)
    return see_other(reverse("customer_risk", args=[number]))


@requires(Capability.CUSTOMER_MOVE)
@require_http_methods(["GET", "HEAD", "POST"])
def customer_transfer(request: HttpRequest, number: str) -> HttpResponse:
    """Another home branch for a customer. Accounts keep their numbers and the books they stand in."""
    customer = _customer(request, number, Capability.CUSTOMER_MOVE)
    form = TransferForm(request.POST or None, branch=customer.branch)
    moves = customer.branch_transfers.select_related("from_branch", "to_branch", "by")
    context = {"customer": customer, "moves": moves, "form": form, "record_url": _record(customer)}
    if request.method != "POST":
        return page(request, TRANSFER, context)
    if not form.is_valid():
        return refused(request, TRANSFER, context, form)
    to, reason = form.cleaned_data["branch"], form.cleaned_data["reason"]
    try:
        services.transfer_customer(customer=customer, to=to, reason=reason, by=request.user, at=now())
    except Refused as refusal:
        return refused(request, TRANSFER, context, form, refusal)
    messages.success(
        request, f"{customer.full_name} belongs to {to.name} now, whose people open the record from here on."
    )
    return see_other(reverse("customer_list"))


@requires(Capability.CUSTOMER_MANDATE)
@require_http_methods(["GET", "HEAD", "POST"])
def customer_mandates(request: HttpRequest, number: str) -> HttpResponse:
    """Who may act for a customer, with their faces; and one more."""
    customer = _customer(request, number, Capability.CUSTOMER_MANDATE)
    form = MandateForm(request.POST or None, request.FILES or None)
    context = _mandates(customer) | {"add": form}
    if request.method != "POST":
        return page(request, MANDATES, context)
    if not form.is_valid():
        return refused(request, MANDATES, context, form)
    try:
        _add(customer, form, request.user, now())
    except Refused as refusal:
        return refused(request, MANDATES, context, form, refusal)
    return see_other(reverse("customer_mandates", args=[number]))


@requires(Capability.CUSTOMER_MANDATE)
@require_POST
def mandate_rule(request: HttpRequest, number: str) -> HttpResponse:
    """Any one of them, or all together."""
    customer = _customer(request, number, Capability.CUSTOMER_MANDATE)
    rule = MandateRuleForm(request.POST)
    if not rule.is_valid():
        return refused(request, MANDATES, _mandates(customer), rule)
    try:
        services.set_mandate_rule(customer=customer, rule=rule.cleaned_data["rule"], by=request.user, at=now())
    except Refused as refusal:
        return refused(request, MANDATES, _mandates(customer), rule, refusal)
    return see_other(reverse("customer_mandates", args=[number]))


@requires(Capability.CUSTOMER_MANDATE)
@require_POST
def mandate_end(request: HttpRequest, number: str, mandate_id: int) -> HttpResponse:
    """End one mandate, with a reason."""
    customer = _customer(request, number, Capability.CUSTOMER_MANDATE)
    mandate = get_object_or_404(customer.mandates, pk=mandate_id)
    form = ReasonForm(request.POST, auto_id=f"end-{mandate_id}-%s")
    try:
        reason = form.cleaned_data.get("reason", "") if form.is_valid() else ""
        services.end_mandate(mandate=mandate, reason=reason, by=request.user, at=now())
    except Refused as refusal:
        return refused(request, MANDATES, _mandates(customer), form, refusal)
    return see_other(reverse("customer_mandates", args=[number]))


@transactional
def _add(customer: Customer, form: MandateForm, by: Any, at: datetime) -> Mandate:
    said = form.cleaned_data
    pictures = {name: kept(customer, said[name], name, by, at) for name in ("photograph", "signature")}
    return services.add_mandate(
        customer=customer,
        full_name=said["full_name"],
        relation=said["relation"],
        phone=said["phone"],
        valid_until=said["valid_until"],
        photograph=pictures["photograph"],
        signature=pictures["signature"],
        by=by,
        at=at,
    )


def _mandates(customer: Customer) -> dict[str, Any]:
    every = list(customer.mandates.select_related("added_by", "ended_by"))
    return {
        "customer": customer,
        "lasting": [one for one in every if one.ended_at is None],
        "ended": [one for one in every if one.ended_at is not None],
        "rule": MandateRuleForm(initial={"rule": customer.mandate_rule}),
        "record_url": _record(customer),
        "add": MandateForm(),
    }

"""Registering: the customer part by part, or a member of staff on one page; and correcting a part later."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access import proof
from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.access.roles import Role
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import UNPROCESSABLE, page, refused, see_other
from portal.people import queries, services
from portal.people.models import Customer
from portal.people.pages.forms import NotTheSameForm, ReasonForm
from portal.people.pages.parts import PARTS, candidate_in, forms_of, save_parts, take_down
from portal.people.services.details import OPEN

COUNTER = "people/registration_new.html"
PART = "people/registration_part.html"
TASKS = "people/registration.html"


@requires(Capability.CUSTOMER_EDIT)
@require_safe
def registration(request: HttpRequest) -> HttpResponse:
    """A customer's way to their own registration, wherever it stands."""
    user: Any = request.user
    if user.role != Role.CUSTOMER:
        raise Http404("only customers have a registration of their own")
    return redirect("registration_tasks", number=user.customer.number)


@requires(Capability.CUSTOMER_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def registration_tasks(request: HttpRequest, number: str) -> HttpResponse:
    """What is done and what is missing; the last button hands it in."""
    customer = get_object_or_404(queries.customers_editable_by(request.user), number=number)
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            services.submit(customer=customer, by=request.user, at=now())
        except Refused as refusal:
            return refused(request, TASKS, _tasks(request, customer), form, refusal)
        return see_other(reverse("registration_tasks", args=[number]))
    return page(request, TASKS, _tasks(request, customer) | {"form": form})


@requires(Capability.CUSTOMER_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def registration_part(request: HttpRequest, number: str, part: str) -> HttpResponse:
    """One part: filled in by whoever registers, or corrected by staff with a reason."""
    customer = get_object_or_404(queries.customers_editable_by(request.user), number=number)
    if part not in PARTS or customer.state == Customer.State.CLOSED or _is_handed_in(request, customer):
        raise Http404("there is nothing to fill in here")
    forms = forms_of(PARTS[part], request, customer)
    sent = request.method == "POST"
    why = ReasonForm(request.POST if sent else None) if customer.state not in OPEN else None
    context = _part(request, customer, part) | {"forms": list(forms.values()), "why": why}
    if not sent:
        return page(request, PART, context)
    if not all(form.is_valid() for form in (*forms.values(), *([why] if why else []))):
        return page(request, PART, context, status=UNPROCESSABLE)
    reason = why.cleaned_data["reason"] if why else ""
    if why and part == "contact":
        # Whoever may be reached at another address can have everything else changed.
        proof.demand(request)
    try:
        save_parts(customer, {part: forms}, reason=reason, by=request.user, at=now())
    except Refused as refusal:
        return refused(request, PART, context, forms[""], refusal)
    return see_other(context["back_url"])


@requires(Capability.CUSTOMER_REGISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def registration_new(request: HttpRequest) -> HttpResponse:
    """A new customer on one page, compared with everybody who is known before they are taken up."""
    user: Any = request.user
    forms = {name: forms_of(part, request, None, lead=name) for name, part in PARTS.items()}
    if request.method != "POST":
        return page(request, COUNTER, _counter(forms))
    if not all(form.is_valid() for part in forms.values() for form in part.values()):
        return page(request, COUNTER, _counter(forms), status=UNPROCESSABLE)
    duplicates = queries.duplicates_of(candidate_in(forms))
    sure = NotTheSameForm(request.POST)
    if duplicates and not sure.is_valid():
        context = _counter(forms) | {"duplicates": duplicates, "sure": sure}
        return page(request, COUNTER, context, status=UNPROCESSABLE)
    try:
        made = take_down(forms, branch=user.branch, joined_on=user.branch.business_date, by=user, at=now())
    except Refused as refusal:
        context = _counter(forms) | {"duplicates": duplicates, "sure": sure if duplicates else None}
        return refused(request, COUNTER, context, _form_with(forms, refusal.field), refusal)
    return see_other(reverse("registration_tasks", args=[made.number]))


def _form_with(forms: dict[str, dict[str, Form]], field: str | None) -> Form:
    """The form whose field was refused, else the first."""
    every = [form for part in forms.values() for form in part.values()]
    return next((form for form in every if field in form.fields), every[0])


def _counter(forms: dict[str, dict[str, Form]]) -> dict[str, Any]:
    parts = [
        ("Who it is" if name == "about" else queries.PARTS[name], list(part.values())) for name, part in forms.items()
    ]
    return {"parts": parts, "every_form": [form for part in forms.values() for form in part.values()]}


def _is_handed_in(request: HttpRequest, customer: Customer) -> bool:
    """A customer's own registration is closed to them once they have handed it in."""
    return getattr(request.user, "role", "") == Role.CUSTOMER and customer.state not in OPEN


def _tasks(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    done = queries.done_parts(customer)
    closed = _is_handed_in(request, customer)
    tasks = [
        {
            "label": label,
            "url": "" if closed else reverse("registration_part", args=[customer.number, part]),
            "status": "done" if done[part] else "not_started",
        }
        for part, label in queries.PARTS.items()
    ]
    submission = queries.latest_submission(customer)
    decision = submission.decisions.first() if submission else None
    return {
        "customer": customer,
        "tasks": tasks,
        "own": getattr(request.user, "role", "") == Role.CUSTOMER,
        "open": customer.state in OPEN,
        "complete": all(done.values()),
        "decision": decision,
    }


def _part(request: HttpRequest, customer: Customer, part: str) -> dict[str, Any]:
    back = "registration_tasks" if customer.state in OPEN else "customer_detail"
    return {
        "customer": customer,
        "label": queries.PARTS[part],
        "hint": PARTS[part].hint,
        "part": part,
        "open": customer.state in OPEN,
        "back_url": reverse(back, args=[customer.number]),
        "identity": customer.identity_documents.filter(is_current=True).first() if part == "identity" else None,
    }

"""What services cost: the table of charges, proposing another, and letting one go."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.approvals.services import ask
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.money import Money
from portal.base.render import page, refused, see_other
from portal.deposits import charges, offers, services
from portal.deposits.acts.products import CHARGE
from portal.deposits.pages.keeping_forms import ReasonForm
from portal.deposits.pages.product_forms import ChargeForm
from portal.institution.queries import institution

_FORM = "deposits/simple_form.html"
_any_method = require_http_methods(["GET", "HEAD", "POST"])


@requires(Capability.PRODUCT_VIEW)
@require_safe
def charge_list(request: HttpRequest) -> HttpResponse:
    """Every charge there was, is and will be."""
    rows = [(charge, charges.told(charge)) for charge in charges.charges_set_up()]
    return page(request, "deposits/charge_list.html", {"rows": rows, "day": offers.open_day()})


@requires(Capability.PRODUCT_EDIT)
@_any_method
def charge_new(request: HttpRequest) -> HttpResponse:
    """Propose what a service costs from a day on; a second person decides."""
    profile = institution()
    currency = profile.currency if profile else ""
    posted = request.POST if request.method == "POST" else None
    form = ChargeForm(posted, currency=currency, products=offers.products(), after=offers.open_day())
    context = _simple("Propose a charge", "Charges", reverse("charge_list"), "Send for approval")
    if request.method != "POST":
        return page(request, _FORM, context | {"form": form})
    if not form.is_valid():
        return refused(request, _FORM, context, form)
    payload = _payload(form, currency)
    try:
        ask(
            act=CHARGE,
            payload=payload,
            subject="Charges",
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=now(),
        )
    except Refused as error:
        return refused(request, _FORM, context, form, error)
    messages.success(request, "Sent for approval. Nothing changes until a colleague has approved it.")
    return see_other(reverse("charge_list"))


@requires(Capability.CHARGE_WAIVE)
@_any_method
def charge_waive(request: HttpRequest, charge_id: int) -> HttpResponse:
    """Let a charge go that is due, or give one back that was taken."""
    taken = charges.taken_charge_for(request.user, charge_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    url = reverse("account_keeping", args=[taken.account.number])
    amount = Money(taken.amount_minor, taken.account.currency)
    context = _simple(f"Waive {amount}", f"Account …{taken.account.last_four}", url, f"Waive {amount}")
    context["facts"] = [("Charge", taken.memo), ("State", taken.get_state_display())]
    if request.method != "POST":
        return page(request, _FORM, context | {"form": form})
    if not form.is_valid():
        return refused(request, _FORM, context, form)
    try:
        services.waive_charge(taken=taken, reason=form.cleaned_data["reason"], by=request.user, at=now())
    except Refused as error:
        return refused(request, _FORM, context, form, error)
    return see_other(url)


def _payload(form: ChargeForm, currency: str) -> dict[str, Any]:
    typed = form.cleaned_data
    return {
        "kind": typed["kind"],
        "product": typed["product"].pk if typed["product"] else None,
        "currency": currency,
        "since": typed["effective_from"].isoformat(),
        "values": dict(form.values),
    }


def _simple(heading: str, up_label: str, up: str, submit: str) -> dict[str, Any]:
    return {"heading": heading, "up_label": up_label, "up": up, "submit": submit}


urlpatterns = [
    path("charges/", charge_list, name="charge_list"),
    path("charges/new/", charge_new, name="charge_new"),
    path("charges/<int:charge_id>/waive/", charge_waive, name="charge_waive"),
]

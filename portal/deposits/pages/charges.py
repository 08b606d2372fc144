"""What services cost: the table of charges, proposing another, and letting one go."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.approvals.services import ask
from portal.base.clock import now
from portal.base.formpage import form_page, sent, shown_or_sent
from portal.base.money import Money
from portal.base.render import page
from portal.deposits import charges, offers, services
from portal.deposits.acts.products import CHARGE
from portal.deposits.models import ChargeKind, ServiceCharge
from portal.deposits.pages.keeping_forms import ReasonForm
from portal.deposits.pages.product_forms import ChargeForm
from portal.institution.queries import institution

MOVING = frozenset({ChargeKind.WITHDRAWAL, ChargeKind.TRANSFER})
"""Services that move money, so that a share of it may be charged."""
SAMPLES_MINOR = (5_000, 50_000, 500_000)


@requires(Capability.PRODUCT_VIEW)
@require_safe
def charge_list(request: HttpRequest) -> HttpResponse:
    """Every charge there was, is and will be."""
    rows = [(charge, charges.price_told(charge)) for charge in charges.charges_set_up()]
    return page(request, "deposits/charge_list.html", {"rows": rows, "day": offers.open_day()})


@requires(Capability.PRODUCT_EDIT, fresh=True)
@shown_or_sent
def charge_new(request: HttpRequest) -> HttpResponse:
    """Propose what a service costs from a day on; a second person decides."""
    profile = institution()
    currency = profile.currency if profile else ""
    form = ChargeForm(*sent(request), currency=currency, products=offers.chargeable(), after=offers.open_day())

    def act() -> None:
        payload, reason = _payload(form, currency), form.cleaned_data["reason"]
        ask(act=CHARGE, payload=payload, subject="Charges", reason=reason, by=request.user, at=now())
        messages.success(request, "Sent for approval. Nothing changes until a colleague has approved it.")

    return form_page(
        request,
        form,
        act,
        heading="Propose a charge",
        up=("Charges", reverse("charge_list")),
        submit="Send for approval",
        preview=lambda: _previewed(form, currency),
    )


def _previewed(form: ChargeForm, currency: str) -> dict[str, Any]:
    """What would change, and what the service costs now and would cost: of three amounts where it depends on one."""
    typed = form.cleaned_data
    held = charges.held_before(typed["kind"], typed["product"], currency, typed["effective_from"])
    asked = ServiceCharge(kind=typed["kind"], currency=currency, **form.values)
    moves = typed["kind"] in MOVING
    samples = [
        [
            Money(minor, currency)
            for minor in (moved, charges.price(held, moved) if held else 0, charges.price(asked, moved))
        ]
        for moved in (SAMPLES_MINOR if moves else (0,))
    ]
    changes = charges.changed(held, asked)
    return {"shown": "deposits/_charge_preview.html", "changes": changes, "samples": samples, "moves": moves}


@requires(Capability.CHARGE_WAIVE, fresh=True)
@shown_or_sent
def charge_waive(request: HttpRequest, charge_id: int) -> HttpResponse:
    """Let a charge go that is due, or give one back that was taken."""
    taken = charges.taken_charge_for(request.user, charge_id)
    form = ReasonForm(*sent(request))
    url = reverse("account_keeping", args=[taken.account.number])
    words = f"Waive {Money(taken.amount_minor, taken.account.currency)}"
    facts = [("Charge", taken.memo), ("State", taken.get_state_display())]

    def act() -> None:
        services.waive_charge(taken=taken, reason=form.cleaned_data["reason"], by=request.user, at=now())

    up = (f"Account …{taken.account.last_four}", url)
    return form_page(request, form, act, heading=words, up=up, submit=words, facts=facts)


def _payload(form: ChargeForm, currency: str) -> dict[str, Any]:
    typed = form.cleaned_data
    return {
        "kind": typed["kind"],
        "product": typed["product"].pk if typed["product"] else None,
        "currency": currency,
        "since": typed["effective_from"].isoformat(),
        "values": dict(form.values),
    }


urlpatterns = [
    path("charges/", charge_list, name="charge_list"),
    path("charges/new/", charge_new, name="charge_new"),
    path("charges/<int:charge_id>/waive/", charge_waive, name="charge_waive"),
]

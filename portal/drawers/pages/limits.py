"""Other limits for a drawer: asked for by one person, decided by another."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.fields import AmountField, use_currency
from portal.base.formpage import form_page, sent, shown_or_sent
from portal.base.money import Money
from portal.drawers import queries
from portal.drawers.models import Drawer
from portal.drawers.services.limiting import LIMITS, ask_for_limits


class LimitsForm(forms.Form):
    """The limits of a drawer, as they are until something else is typed."""

    cash_limit_minor = AmountField(label=LIMITS["cash_limit_minor"])
    deposit_limit_minor = AmountField(
        label=LIMITS["deposit_limit_minor"], help_text="Beyond it a deposit waits for the manager."
    )
    withdrawal_limit_minor = AmountField(
        label=LIMITS["withdrawal_limit_minor"], help_text="Beyond it a withdrawal waits for the manager."
    )
    tolerance_minor = AmountField(
        label=LIMITS["tolerance_minor"], allow_zero=True, help_text="Beyond it the manager decides about the count."
    )
    reversal_limit_minor = AmountField(
        label=LIMITS["reversal_limit_minor"],
        allow_zero=True,
        help_text="Up to this the cashier takes a movement back without a second person.",
    )
    reason = forms.CharField(label="Reason", max_length=140, help_text="Who decides will read it.")

    def __init__(self, *args: Any, drawer: Drawer) -> None:
        held = {name: Money(getattr(drawer, name), drawer.currency).to_decimal() for name in LIMITS}
        super().__init__(*args)
        self.initial = {name: f"{amount:f}" for name, amount in held.items()}
        use_currency(self, drawer.currency)

    def wanted(self) -> dict[str, int]:
        """In minor units; only after `is_valid`."""
        return {name: self.cleaned_data[name].minor for name in LIMITS}


@requires(Capability.DRAWER_MANAGE, fresh=True)
@shown_or_sent
def drawer_limits(request: HttpRequest, drawer_id: int) -> HttpResponse:
    """Ask for other limits."""
    drawer = get_object_or_404(queries.drawers_kept_by(request.user), pk=drawer_id)
    form = LimitsForm(*sent(request), drawer=drawer)

    def act() -> None:
        reason = form.cleaned_data["reason"]
        ask_for_limits(drawer=drawer, limits=form.wanted(), reason=reason, by=request.user, at=now())
        messages.success(request, "Asked for. The limits stay as they are until somebody else has approved.")

    up = (f"Drawers of {drawer.branch}", reverse("drawer_keeping", args=[drawer.branch_id]))
    heading, note = f"Limits of {drawer}", "Another person decides. What is posted until then keeps the old limits."
    return form_page(request, form, act, up=up, heading=heading, submit="Ask for these limits", note=note)


urlpatterns = [path("drawers/till/<int:drawer_id>/limits/", drawer_limits, name="drawer_limits")]

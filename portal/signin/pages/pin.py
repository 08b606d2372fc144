"""The PIN of transfers and of a locked counter: set it, change it, open a locked one by setting it anew."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.access.capabilities import Capability
from portal.access.gate import allows, requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.signin import queries, services
from portal.signin.pages.factor_forms import PinForm

_PIN = "signin/pin.html"


@requires(Capability.PIN_SET, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def pin_set(request: HttpRequest) -> HttpResponse:
    """Choose a PIN. The one before is not asked for: whoever forgot it has just proved otherwise who they are."""
    user: Any = request.user
    form, context = PinForm(request.POST or None), _context(user)
    if request.method != "POST":
        return page(request, _PIN, context | {"form": form})
    if not form.is_valid():
        return refused(request, _PIN, context, form)
    try:
        services.set_pin(user=user, pin=form.cleaned_data["pin"], by=user, at=now())
    except Refused as error:
        return refused(request, _PIN, context, form, error)
    asks = "Every transfer" if context["sends_money"] else "Your counter, once locked,"
    messages.success(request, f"Your PIN is set. {asks} asks for it from now on.")
    return see_other(reverse("factor_list"))


def _context(user: Any) -> dict[str, Any]:
    return {"pin": queries.pin_of(user), "sends_money": allows(user, Capability.TRANSFER_MAKE)}

"""The slip that goes with cash between the vault and a drawer: both sides sign it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.money import Money
from portal.base.render import page
from portal.drawers import vaults
from portal.drawers.models import VaultTransfer


@requires(Capability.DRAWER_VIEW)
@require_safe
def vault_slip(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """What was handed over, note by note, by whom and to whom, 80 mm wide."""
    transfer = get_object_or_404(vaults.transfers_visible_to(request.user), pk=transfer_id)
    currency = transfer.drawer.currency
    context = {
        "transfer": transfer,
        "to_drawer": transfer.way == VaultTransfer.Way.TO_DRAWER,
        "amount": Money(transfer.amount_minor, currency),
        "notes": vaults.notes_of(transfer.notes, currency),
    }
    return page(request, "drawers/vault_slip.html", context)


urlpatterns = [path("vault/<int:transfer_id>/slip/", vault_slip, name="vault_slip")]

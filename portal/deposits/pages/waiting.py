"""Taking back what one asked for and what still waits for a decision."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.approvals.services import withdraw
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import see_other
from portal.deposits import services, waiting


@requires(Capability.TRANSFER_MAKE)
@require_POST
def waiting_withdraw(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Take back what waits; nothing of it has happened."""
    asked = get_object_or_404(waiting.requests_of(request.user), pk=request_id)
    try:
        withdraw(request=asked, by=request.user, at=now())
        messages.success(request, "Taken back. Nothing has moved.")
    except Refused as refusal:
        messages.error(request, refusal.message)
    return see_other(reverse("account_detail", args=[asked.subject]))


@requires(Capability.ACCOUNT_APPLY)
@require_POST
def application_withdraw(request: HttpRequest, application_id: int) -> HttpResponse:
    """Take back the wish for an account."""
    application = get_object_or_404(waiting.applications_of(request.user), pk=application_id)
    try:
        services.withdraw_application(application=application, by=request.user, at=now())
        messages.success(request, "Taken back. The account is not opened.")
    except Refused as refusal:
        messages.error(request, refusal.message)
    return see_other(reverse("account_list"))


urlpatterns = [
    path("waiting/<uuid:request_id>/withdrawal/", waiting_withdraw, name="waiting_withdraw"),
    path("accounts/applications/<int:application_id>/withdrawal/", application_withdraw, name="application_withdraw"),
]

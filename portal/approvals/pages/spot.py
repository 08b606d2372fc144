"""Asking the passkey of somebody who stands beside the person at the screen."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_POST

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.signin import passkeys


@requires(Capability.APPROVAL_VIEW)
@require_POST
def approval_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser asks the passkey with; good for five minutes, once, at this screen."""
    return JsonResponse(json.loads(passkeys.ask_for_anybodys(request)))


urlpatterns = [path("approvals/passkey/", approval_passkey, name="approval_passkey")]

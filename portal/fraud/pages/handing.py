"""A case goes on: to a colleague, or onto paper."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.formpage import form_page, sent, shown_or_sent
from portal.base.render import see_other
from portal.documents.services import ask_for_document
from portal.fraud.pages.cases import decidable_case, visible_case
from portal.fraud.pages.forms import AssignForm
from portal.fraud.services import cases
from portal.people.models import User

PAPER = "fraud.case_pdf"


@requires(Capability.FRAUD_DECIDE)
@shown_or_sent
def case_assign(request: HttpRequest, case_number: int) -> HttpResponse:
    """Hand a case to a colleague who may decide it, with a word on why."""
    found = decidable_case(request, case_number)
    form = AssignForm(*sent(request), case=found, user=request.user, initial={"version": found.version})

    def act() -> str | None:
        to = form.cleaned_data["to"]
        cases.assign(case=found, **form.cleaned_data, by=request.user, at=now())
        messages.success(request, f"{to.full_name} works on case {found.number}.")
        return None

    up = (f"Case {found.number}", reverse("fraud_case", args=[found.number]))
    facts: list[tuple[str, Any]] = [
        ("Member", found.customer.full_name),
        ("Severity", found.get_level_display()),
        ("Now with", found.assigned_to or "Nobody"),
    ]
    return form_page(request, form, act, heading="Hand to a colleague", up=up, submit="Hand over", facts=facts)


@requires(Capability.FRAUD_VIEW)
@require_POST
def case_paper(request: HttpRequest, case_number: int) -> HttpResponse:
    """Ask for everything about the case as a PDF."""
    found = visible_case(request, case_number)
    origin = f"{request.scheme}://{request.get_host()}"
    key, user = f"case:{found.pk}:{cast(User, request.user).pk}:{found.version}", cast(User, request.user)
    try:
        args = {"case": found.number}
        job = ask_for_document(builder=PAPER, args=args, origin=origin, key=key, by=user, at=now())
    except Refused as refusal:
        messages.error(request, refusal.message)
        return see_other(reverse("fraud_case", args=[found.number]))
    return see_other(reverse("job_detail", args=[job.pk]))

"""A case goes on to a colleague; cases and rules go onto paper."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.formpage import form_page, sent, shown_or_sent
from portal.documents.asking import paper_or_back
from portal.fraud.pages.cases import decidable_case, visible_case
from portal.fraud.pages.forms import AssignForm
from portal.fraud.queries.force import rule_history
from portal.fraud.services import cases

CASE_PAPER, RULE_PAPER = "fraud.case_pdf", "fraud.rule_pdf"


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
    up = reverse("fraud_case", args=[found.number])
    return paper_or_back(request, CASE_PAPER, {"case": found.number}, key=f"case:{found.pk}:{found.version}", up=up)


@requires(Capability.FRAUD_VIEW)
@require_POST
def rule_paper(request: HttpRequest, rule_code: str) -> HttpResponse:
    """Ask for the card of a rule as a PDF: the same one within the hour, unless the rule has changed."""
    newest = rule_history(rule_code).first()
    if newest is None:
        raise Http404
    key = f"rule:{newest.pk}:{now():%Y-%m-%dT%H}"
    return paper_or_back(
        request, RULE_PAPER, {"rule": rule_code}, key=key, up=reverse("fraud_rule_card", args=[rule_code])
    )

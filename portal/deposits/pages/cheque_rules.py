"""The rules for cheques: what holds, what was, and asking for something else."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.deposits import cheques, services
from portal.deposits.acts.cheques import told
from portal.deposits.pages.cheque_forms import RulesForm
from portal.institution.queries import institution, latest_business_date

RULES = "deposits/cheque_rules.html"
_PAST = 20


@requires(Capability.CHEQUE_RULES)
@require_http_methods(["GET", "HEAD", "POST"])
def cheque_rules(request: HttpRequest) -> HttpResponse:
    """What holds today and what was before; other rules are asked for here and hold once a second person agrees."""
    context = _context()
    initial = RulesForm.initial_of(context["rules"]) | {"effective_from": context["day"]}
    form = RulesForm(request.POST or None, currency=context["currency"], initial=initial)
    if request.method != "POST":
        return page(request, RULES, context | {"form": form})
    if not form.is_valid():
        return refused(request, RULES, context, form)
    typed = form.cleaned_data
    given: dict[str, Any] = {"currency": context["currency"], "since": typed["effective_from"]}
    try:
        services.ask_for_cheque_rules(**given, values=form.values(), reason=typed["reason"], by=request.user, at=now())
    except Refused as error:
        return refused(request, RULES, context, form, error)
    messages.success(request, "Asked for. The rules hold once a second person has approved them.")
    return see_other(reverse("cheque_rules"))


def _context() -> dict[str, Any]:
    profile, day = institution(), latest_business_date()
    currency = profile.currency if profile else ""
    rules = cheques.rules_on(currency, day)
    return {
        "currency": currency,
        "day": day,
        "rules": rules,
        "told": list(told(rules).items()),
        "past": cheques.all_rules(currency)[:_PAST],
    }


urlpatterns = [
    path("cheques/rules/", cheque_rules, name="cheque_rules"),
]

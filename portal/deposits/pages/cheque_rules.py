"""The rules for cheques and the bank holidays: what holds, what was, and asking for something else."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import UNPROCESSABLE, page, refused, see_other
from portal.deposits import cheques, services
from portal.deposits.acts.cheques import told
from portal.deposits.models import BankHoliday
from portal.deposits.pages.cheque_forms import HolidayForm, RulesForm
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
        "holidays": cheques.holidays(day),
        "holiday_form": HolidayForm(),
    }


@requires(Capability.CHEQUE_RULES)
@require_POST
def bank_holiday_add(request: HttpRequest) -> HttpResponse:
    """Another day on which banks clear nothing."""
    form = HolidayForm(request.POST)
    context = _context()
    context["form"] = RulesForm(currency=context["currency"], initial=RulesForm.initial_of(context["rules"]))
    if form.is_valid():
        try:
            services.add_bank_holiday(**form.cleaned_data, by=request.user, at=now())
            return see_other(reverse("cheque_rules"))
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
    return page(request, RULES, context | {"holiday_form": form}, status=UNPROCESSABLE)


@requires(Capability.CHEQUE_RULES)
@require_POST
def bank_holiday_withdraw(request: HttpRequest, holiday_id: int) -> HttpResponse:
    """Banks clear on that day after all."""
    holiday = get_object_or_404(BankHoliday, pk=holiday_id)
    services.withdraw_bank_holiday(holiday=holiday, by=request.user, at=now())
    return see_other(reverse("cheque_rules"))


urlpatterns = [
    path("cheques/rules/", cheque_rules, name="cheque_rules"),
    path("cheques/holidays/", bank_holiday_add, name="bank_holiday_add"),
    path("cheques/holidays/<int:holiday_id>/withdraw/", bank_holiday_withdraw, name="bank_holiday_withdraw"),
]

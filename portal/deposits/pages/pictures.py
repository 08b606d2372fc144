"""The analysis of an account in pictures, and the goal it is saved for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires, scope_of
from portal.access.grants import Scope
from portal.base import charts
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.fields import AmountField, use_currency
from portal.base.money import Money, format_amount
from portal.base.render import page, refused, see_other
from portal.deposits import pictures, queries, services
from portal.deposits.models import DepositAccount
from portal.people.services import note_view

ANALYSIS, GOAL = "deposits/account_analysis.html", "deposits/goal.html"


class GoalForm(forms.Form):
    """What an account is saved for."""

    name = forms.CharField(label="Saved for", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    target = AmountField(label="Amount")
    by_day = forms.DateField(
        label="By", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        use_currency(self, currency)


@requires(Capability.ACCOUNT_VIEW)
@require_safe
def account_analysis(request: HttpRequest, number: str) -> HttpResponse:
    """A year of an account: its balance, in and out, by kind, with whom; as a part of the account's page a picture of it."""
    account = queries.account_for(request.user, number)
    if not getattr(request, "htmx", False):
        note_view(customer=account.customer, viewer=request.user, reason=f"Analysis …{account.last_four}", at=now())
    day = account.branch.business_date
    found = pictures.analysis(account, day)
    context = {
        "account": account,
        "analysis": found,
        "is_own": scope_of(request.user, Capability.ACCOUNT_VIEW) is Scope.OWN,
        "earned": lambda: queries.pending_interest(account, day),
        **_drawn(account, found),
    }
    return page(request, ANALYSIS, context, partials=("pictures",))


def _drawn(account: DepositAccount, found: pictures.Analysis) -> dict[str, Any]:
    def told(minor: int) -> str:
        return format_amount(Money(minor, account.currency))

    points = [(date_format(point.month, "M"), point) for point in found.months]
    balance = [charts.Banded(label, point.end, point.lowest, point.highest) for label, point in points]
    flows = [charts.InOut(label, point.inward, point.outward) for label, point in points]
    funds, goal = queries.funds_as_loaded(account), pictures.goal_of(account)
    return {
        "funds": funds,
        "goal": goal,
        "needed": pictures.monthly_needed(goal, funds.booked, found.until) if goal else None,
        "balance_chart": charts.line_with_band(
            "Balance at the end of each month", balance, names=("Balance", "Lowest to highest"), shown=told
        ),
        "flow_chart": charts.bars_in_out("In and out each month", flows, shown=told),
        "goal_ring": charts.ring(goal.name, max(funds.booked.minor, 0), goal.target_minor, shown=told) if goal else "",
    }


@requires(Capability.PLAN_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def account_goal(request: HttpRequest, number: str) -> HttpResponse:
    """Set what an account is saved for, or forget it (`forget`)."""
    account = queries.account_for(request.user, number, Capability.PLAN_MANAGE)
    goal, done = pictures.goal_of(account), reverse("account_analysis", args=[account.number])
    if request.method == "POST" and "forget" in request.POST:
        services.forget_goal(account=account, by=request.user, at=now())
        return see_other(done)
    initial = {"name": goal.name, "target": f"{goal.target.to_decimal():f}", "by_day": goal.by_day} if goal else {}
    form = GoalForm(request.POST or None, currency=account.currency, initial=initial)
    context = {"account": account, "goal": goal, "form": form}
    if request.method != "POST":
        return page(request, GOAL, context)
    if not form.is_valid():
        return refused(request, GOAL, context, form)
    try:
        services.set_goal(account=account, **form.cleaned_data, by=request.user, at=now())
    except Refused as error:
        return refused(request, GOAL, context, form, error)
    return see_other(done)


urlpatterns = [
    path("accounts/<str:number>/analysis/", account_analysis, name="account_analysis"),
    path("accounts/<str:number>/goal/", account_goal, name="account_goal"),
]

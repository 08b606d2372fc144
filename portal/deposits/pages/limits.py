"""Limits on what leaves accounts: those that hold, and asking for another."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.access.roles import Role
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.fields import AmountField
from portal.base.money import Money
from portal.base.render import page, refused, see_other
from portal.deposits import limits, services
from portal.deposits.models import Beyond, Channel, MoneyLimit, Product
from portal.institution.queries import institution, latest_business_date
from portal.people.models import Customer

LIST, NEW = "deposits/limit_list.html", "deposits/limit_new.html"
PER_PAGE = 40
_ANY = ("", "Every one")


class LimitForm(forms.Form):
    """Whom a limit is about, how much, and what happens beyond it."""

    role = forms.ChoiceField(label="Role of whoever sends", required=False, choices=[_ANY, *Role.choices])
    channel = forms.ChoiceField(label="Channel", required=False, choices=[_ANY, *Channel.choices])
    product = forms.ModelChoiceField(Product.objects.all(), label="Product", required=False, empty_label="Every one")
    customer = forms.CharField(
        label="Member number", required=False, max_length=12, help_text="Empty for every member."
    )
    at_once = AmountField(label="At most at once", required=False, allow_zero=True)
    per_day = AmountField(
        label="At most in a day", required=False, allow_zero=True, help_text="Leave both empty to lift the limit."
    )
    beyond = forms.ChoiceField(label="Beyond it", choices=Beyond, widget=forms.RadioSelect, initial=Beyond.REFUSE)
    effective_from = forms.DateField(
        label="Holds from", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label="Why", max_length=140, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("at_once", "per_day"):
            self.fields[name].currency = currency  # type: ignore[attr-defined]  # they are AmountFields

    def clean_customer(self) -> Customer | None:
        number = self.cleaned_data["customer"].strip()
        found = Customer.objects.filter(number=number).first() if number else None
        if number and found is None:
            raise ValidationError("No member has this number.", code="customer")
        return found


@requires(Capability.LIMIT_VIEW)
@require_safe
def limit_list(request: HttpRequest) -> HttpResponse:
    """The limits that hold today, and all that were ever set."""
    currency = _currency()
    past = Paginator(limits.history(currency), PER_PAGE).get_page(request.GET.get("page"))
    day = latest_business_date()
    rule = limits.new_payee_rule(currency, day)
    context = {
        "present": [_row(limit) for limit in limits.present(currency, day)],
        "past": past,
        "past_rows": [_row(limit) for limit in past],
        "rule": rule,
        "rule_per_day": Money(rule.per_day_minor, currency) if rule else None,
    }
    return page(request, LIST, context)


@requires(Capability.LIMIT_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def limit_new(request: HttpRequest) -> HttpResponse:
    """Ask for another limit; a second person decides."""
    currency = _currency()
    form = LimitForm(request.POST or None, currency=currency, initial={"effective_from": latest_business_date()})
    if request.method != "POST":
        return page(request, NEW, {"form": form})
    if not form.is_valid():
        return refused(request, NEW, {}, form)
    try:
        services.ask_for_limit(**form.cleaned_data, currency=currency, by=request.user, at=now())
    except Refused as error:
        return refused(request, NEW, {}, form, error)
    messages.success(request, "Asked for. The limit holds once a second person has approved it.")
    return see_other(reverse("limit_list"))


def _row(limit: MoneyLimit) -> dict[str, Any]:
    amounts = {"at_once": limit.at_once_minor, "per_day": limit.per_day_minor}
    told = {name: None if minor is None else Money(minor, limit.currency) for name, minor in amounts.items()}
    return {"limit": limit, **told}


def _currency() -> str:
    profile = institution()
    return profile.currency if profile else ""


urlpatterns = [
    path("limits/", limit_list, name="limit_list"),
    path("limits/new/", limit_new, name="limit_new"),
]

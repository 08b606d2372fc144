"""Limits on what leaves accounts: those that hold, and asking for another."""

from __future__ import annotations

from datetime import date, timedelta
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
from portal.base.fields import AmountField, use_currency
from portal.base.formpage import form_page, sent, shown_or_sent
from portal.base.money import Money
from portal.base.render import page, refused, see_other
from portal.deposits import limits, services
from portal.deposits.models import Beyond, Channel, MoneyLimit, NewPayeeRule, Product
from portal.institution.queries import institution, latest_business_date
from portal.people.models import Customer

LIST, NEW = "deposits/limit_list.html", "deposits/limit_new.html"
PREVIEWED_DAYS = 30
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
        use_currency(self, currency)

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
        "rules": [(each, Money(each.per_day_minor, currency)) for each in limits.new_payee_rules(currency)],
    }
    return page(request, LIST, context)


@requires(Capability.LIMIT_MANAGE, fresh=True)
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


class NewPayeeForm(forms.Form):
    """How long a payee counts as new, and how much a day may go to new payees together."""

    cooling_hours = forms.IntegerField(label="A payee counts as new for so many hours", min_value=0, max_value=720)
    per_day = AmountField(label="At most in a day to new payees together", allow_zero=True)
    effective_from = forms.DateField(
        label="Holds from", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label="Why", max_length=140, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        use_currency(self, currency)


@requires(Capability.LIMIT_MANAGE, fresh=True)
@shown_or_sent
def new_payee_rule(request: HttpRequest) -> HttpResponse:
    """Ask for another rule for new payees; `preview` shows whom it would have held back in the last thirty days."""
    currency, day = _currency(), latest_business_date()
    held = limits.new_payee_rule(currency, day)
    form = NewPayeeForm(*sent(request), currency=currency, initial=_initial(held, day))

    def act() -> None:
        services.ask_for_new_payee_rule(**form.cleaned_data, currency=currency, by=request.user, at=now())
        messages.success(request, "Asked for. The rule holds once a second person has approved it.")

    return form_page(
        request,
        form,
        act,
        heading="Another rule for new payees",
        up=("Limits", reverse("limit_list")),
        submit="Ask for approval",
        preview=lambda: _preview(form, held, day),
    )


def _initial(held: NewPayeeRule | None, day: date) -> dict[str, Any]:
    if held is None:
        return {"effective_from": day, "cooling_hours": 24}
    amount = f"{Money(held.per_day_minor, held.currency).to_decimal():f}"
    return {"effective_from": day, "cooling_hours": held.cooling_hours, "per_day": amount}


def _preview(form: NewPayeeForm, held: NewPayeeRule | None, day: date) -> dict[str, Any]:
    """What would change, and the three largest days of the last month under it."""
    typed, currency = form.cleaned_data, _currency()
    before = ("–", "No limit")
    if held:
        before = (f"{held.cooling_hours} hours", str(Money(held.per_day_minor, currency)))
    after = (f"{typed['cooling_hours']} hours", str(typed["per_day"]))
    labels = ("Counts as new for", "To new payees in a day")
    changes = [row for row in zip(labels, before, after, strict=True) if row[1] != row[2]]
    since = day - timedelta(days=PREVIEWED_DAYS)
    found = limits.most_sent_to_new(currency, since, cooling_hours=typed["cooling_hours"])
    samples = [(each, each.sent <= typed["per_day"]) for each in found]
    return {"shown": "deposits/_new_payee_preview.html", "changes": changes, "samples": samples}


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
    path("limits/new-payees/", new_payee_rule, name="new_payee_rule"),
]

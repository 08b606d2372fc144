"""Saved payees: the list, adding one with the holder's name shown, removing one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.deposits import queries, services
from portal.deposits.models import DepositAccount
from portal.deposits.numbers import is_account_number, plain_number
from portal.deposits.payees import payees_for

LIST, ADD = "deposits/payee_list.html", "deposits/payee_add.html"


class AddForm(forms.Form):
    """Whose account. First the number, then, with the holder's name on the page, the word that it is right."""

    account: DepositAccount

    number = forms.CharField(
        label="Account number",
        max_length=24,
        help_text="12 digits. You see the holder's name before the payee is saved.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    nickname = forms.CharField(
        label="Name for yourself", required=False, max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput())

    def clean_number(self) -> str:
        number = plain_number(self.cleaned_data["number"])
        if not is_account_number(number):
            message = "This is not an account number: a digit is missing, wrong or in the wrong place."
            raise ValidationError(message, code="number")
        found = queries.account_by_number(number)
        if found is None:
            raise ValidationError("No account has this number. Ask the person you pay for it again.", code="payee")
        self.account = found
        return number


@requires(Capability.PAYEE_MANAGE)
@require_safe
def payee_list(request: HttpRequest) -> HttpResponse:
    """The payees one saved, and which of them still count as new."""
    return page(request, LIST, {"payees": payees_for(request.user), "at": now()})


@requires(Capability.PAYEE_MANAGE, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def payee_add(request: HttpRequest) -> HttpResponse:
    """Save a payee: the number, then the name of its holder, then yes."""
    user: Any = request.user
    form = AddForm(request.POST or None)
    if request.method != "POST":
        return page(request, ADD, {"form": form})
    try:
        services.note_payee_lookup(number=request.POST.get("number", ""), by=user, at=now())
        if not form.is_valid():
            return refused(request, ADD, {}, form)
        if not form.cleaned_data["confirmed"]:
            return page(request, ADD, {"form": form, "found": form.account}, partials=("form",))
        nickname = form.cleaned_data["nickname"]
        services.add_payee(customer=user.customer, account=form.account, nickname=nickname, by=user, at=now())
    except Refused as error:
        return refused(request, ADD, {}, form, error)
    return see_other(reverse("payee_list"))


@requires(Capability.PAYEE_MANAGE)
@require_POST
def payee_remove(request: HttpRequest, payee_id: int) -> HttpResponse:
    """Forget a payee."""
    payee = get_object_or_404(payees_for(request.user), pk=payee_id)
    services.remove_payee(payee=payee, by=request.user, at=now())
    return see_other(reverse("payee_list"))


urlpatterns = [
    path("payees/", payee_list, name="payee_list"),
    path("payees/add/", payee_add, name="payee_add"),
    path("payees/<int:payee_id>/remove/", payee_remove, name="payee_remove"),
]

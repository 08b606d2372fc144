"""The register of shares, and the dividends declared on them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.fields import AmountField, typed_field, use_currency
from portal.base.render import page, refused, see_other
from portal.deposits import queries, services, shares
from portal.deposits.models import Product
from portal.institution.queries import latest_business_date

REGISTER, DIVIDEND = "deposits/share_register.html", "deposits/dividend_new.html"
PER_PAGE = 40


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class DayForm(forms.Form):
    """Which shares, at the end of which day."""

    product = forms.ModelChoiceField(Product.objects.none(), label="Shares", to_field_name="code", empty_label=None)
    day = _day("At the end of")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed_field(self, "product", forms.ModelChoiceField).queryset = shares.share_products()


class DividendForm(forms.Form):
    """How much on which shares for which days."""

    product = forms.ModelChoiceField(Product.objects.none(), label="Shares", empty_label=None)
    period_start = _day("From")
    period_end = _day("To")
    total = AmountField(label="In all", help_text="Divided by the days each share was held, to the last minor unit.")
    reason = forms.CharField(label="Why", max_length=140, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        products = shares.share_products()
        typed_field(self, "product", forms.ModelChoiceField).queryset = products
        first = products.first()
        use_currency(self, first.currency if first else "")


@requires(Capability.SHARE_REGISTER_VIEW)
@require_safe
def share_register(request: HttpRequest) -> HttpResponse:
    """Who held how many shares at the end of a day, and every dividend with how far it is paid."""
    product = shares.share_products().first()
    day = latest_business_date()
    form = DayForm(request.GET if "day" in request.GET else None, initial={"product": product, "day": day})
    if form.is_bound and form.is_valid():
        product, day = form.cleaned_data["product"], form.cleaned_data["day"]
    reach = queries.accounts_visible_to(request.user, Capability.SHARE_REGISTER_VIEW)
    held = shares.register(reach, product, day) if product else reach.none()
    rows = Paginator(held, PER_PAGE).get_page(request.GET.get("page"))
    total = shares.held_in_all(held) if product else 0
    context = {"form": form, "product": product, "day": day, "rows": rows, "total": total}
    return page(request, REGISTER, context | {"dividends": shares.dividends()})


@requires(Capability.DIVIDEND_DECLARE)
@require_http_methods(["GET", "HEAD", "POST"])
def dividend_new(request: HttpRequest) -> HttpResponse:
    """Ask for a dividend; a second person decides, then the worker pays it."""
    product = shares.share_products().first()
    start, end = shares.next_period(product, latest_business_date()) if product else (None, None)
    initial = {"product": product, "period_start": start, "period_end": end}
    form = DividendForm(request.POST or None, initial=initial)
    if request.method != "POST":
        return page(request, DIVIDEND, {"form": form, "product": product})
    if not form.is_valid():
        return refused(request, DIVIDEND, {"product": product}, form)
    try:
        services.ask_for_dividend(**form.cleaned_data, by=request.user, at=now())
    except Refused as error:
        return refused(request, DIVIDEND, {"product": product}, form, error)
    messages.success(request, "Asked for. It is paid once a second person has approved it.")
    return see_other(reverse("share_register"))


urlpatterns = [
    path("shares/", share_register, name="share_register"),
    path("shares/dividend/", dividend_new, name="dividend_new"),
]

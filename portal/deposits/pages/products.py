"""The pages of products: what there is, what each pays and costs, and proposing something else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.approvals.services import ask
from portal.base.charts import Banded, line_with_band
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.deposits import charges, offers, queries, services
from portal.deposits.acts.products import TERMS
from portal.deposits.models import Product, Terms
from portal.deposits.pages.product_forms import ProductForm, ProductStateForm, TermsForm
from portal.deposits.services.products import WAYS
from portal.institution.queries import institution

_FORM = "deposits/simple_form.html"
_any_method = require_http_methods(["GET", "HEAD", "POST"])


@requires(Capability.PRODUCT_VIEW)
@require_safe
def product_list(request: HttpRequest) -> HttpResponse:
    """What the institution offers, with what each pays now."""
    day = offers.open_day()
    held = [(product, queries.terms_on(product, day) if day else None) for product in offers.products()]
    rows = [(product, terms, offers.percent(terms.rate_bps) if terms else "–") for product, terms in held]
    return page(request, "deposits/product_list.html", {"rows": rows})


@requires(Capability.PRODUCT_VIEW)
@require_safe
def product_detail(request: HttpRequest, product_code: str) -> HttpResponse:
    """One product: the terms that hold, those to come, those that held, and its rate over the years."""
    product = get_object_or_404(offers.products(), code=product_code)
    return page(request, "deposits/product_detail.html", _shown(product))


@requires(Capability.PRODUCT_VIEW)
@require_safe
def rate_sheet(request: HttpRequest) -> HttpResponse:
    """All that is offered on one sheet of paper: rates, minimum balances, fees."""
    day = offers.open_day()
    offered = [product for product in offers.products() if product.state == Product.State.OFFERED]
    rows = [(product, queries.terms_on(product, day)) for product in offered] if day else []
    sheet = [
        (product, offers.worth_saying(offers.told_terms(terms), product.currency)) for product, terms in rows if terms
    ]
    return page(request, "deposits/rate_sheet.html", {"sheet": sheet, "day": day, "charges": charges.in_force(day)})


@requires(Capability.PRODUCT_EDIT)
@_any_method
def product_new(request: HttpRequest) -> HttpResponse:
    """Make a product; its terms come next, and with their approval it is offered."""
    form = ProductForm(request.POST if request.method == "POST" else None)
    context = _simple("Make a product", "Products", reverse("product_list"), "Make the product")
    if request.method != "POST":
        return page(request, _FORM, context | {"form": form})
    if not form.is_valid():
        return refused(request, _FORM, context, form)
    profile = institution()
    try:
        product = services.make_product(
            **form.cleaned_data, currency=profile.currency if profile else "", by=request.user, at=now()
        )
    except Refused as error:
        return refused(request, _FORM, context, form, error)
    return see_other(reverse("terms_new", args=[product.code]))


@requires(Capability.PRODUCT_EDIT)
@_any_method
def product_state(request: HttpRequest, product_code: str) -> HttpResponse:
    """Offer a product, withdraw it or close it."""
    product = get_object_or_404(Product, code=product_code)
    states = sorted(WAYS[product.state])
    form = ProductStateForm(request.POST if request.method == "POST" else None, states=states)
    url = reverse("product_detail", args=[product_code])
    context = _simple(f"{product.name}: {product.get_state_display().lower()}", product.name, url, "Change")
    if request.method != "POST":
        return page(request, _FORM, context | {"form": form})
    if not form.is_valid():
        return refused(request, _FORM, context, form)
    try:
        services.change_product(product=product, **form.cleaned_data, by=request.user, at=now())
    except Refused as error:
        return refused(request, _FORM, context, form, error)
    return see_other(url)


@requires(Capability.PRODUCT_EDIT)
@_any_method
def terms_new(request: HttpRequest, product_code: str) -> HttpResponse:
    """Propose other terms. `preview` works out what they would mean for three accounts; else a second person is asked."""
    product = get_object_or_404(Product, code=product_code)
    held = next(iter(offers.terms_of(product)), None)
    form = TermsForm(request.POST if request.method == "POST" else None, product=product, held=held)
    context: dict[str, Any] = {"product": product, "held": held}
    if request.method != "POST":
        return page(request, "deposits/terms_form.html", context | {"form": form})
    if not form.is_valid():
        return refused(request, "deposits/terms_form.html", context, form)
    if "preview" in request.POST:
        return page(request, "deposits/terms_form.html", context | {"form": form} | _preview(form))
    try:
        ask(
            act=TERMS,
            payload=_payload(form),
            subject=product.name,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=now(),
        )
    except Refused as error:
        return refused(request, "deposits/terms_form.html", context, form, error)
    messages.success(request, "Sent for approval. Nothing changes until a colleague has approved it.")
    return see_other(reverse("product_detail", args=[product_code]))


def _payload(form: TermsForm) -> dict[str, Any]:
    typed = form.cleaned_data
    return {
        "product": form.product.pk,
        "since": typed["effective_from"].isoformat(),
        "values": form.proposed,
        "tiers": [list(step) for step in typed["tiers"]],
        "reason": typed["reason"],
    }


def _preview(form: TermsForm) -> dict[str, Any]:
    """What would change, line by line, and what it would mean for three accounts."""
    typed, product = form.cleaned_data, form.product
    held = queries.terms_on(product, typed["effective_from"])
    before = offers.told_terms(held) if held else {}
    after = offers.told(form.proposed, typed["tiers"], product.currency)
    rate = offers.rate_from(form.proposed, typed["tiers"], typed["effective_from"].replace(year=1900, month=1, day=1))
    return {
        "is_preview": True,
        "changes": [
            (label, before.get(label, "–"), text) for label, text in after.items() if before.get(label) != text
        ],
        "samples": offers.samples(product, rate, form.proposed["withdrawal_fee_minor"]),
    }


def _shown(product: Product) -> dict[str, Any]:
    day = offers.open_day()
    known = offers.terms_of(product)
    now_held = next((terms for terms in known if day and terms.effective_from <= day), None)
    return {
        "product": product,
        "held": now_held,
        "facts": list(offers.told_terms(now_held).items()) if now_held else [],
        "versions": [
            (terms, offers.percent(terms.rate_bps), offers.steps_told(offers.tiers_of(terms), product.currency))
            for terms in known
        ],
        "picture": _rate_history(product, known) if known else "",
        "changes": product.changes.select_related("by"),
        "may_change": bool(WAYS[product.state]),
        "day": day,
    }


def _rate_history(product: Product, known: list[Terms]) -> SafeString:
    """Every version's rate as a line, over a band from its lowest to its highest step; with its table."""
    points: list[Banded] = []
    for terms in reversed(known):
        rates = [terms.rate_bps, *(bps for _, bps in offers.tiers_of(terms))]
        if points:
            points.append(points[-1]._replace(label=f"{terms.effective_from - timedelta(days=1):%d %b %Y}"))
        points.append(Banded(f"{terms.effective_from:%d %b %Y}", terms.rate_bps, min(rates), max(rates)))
    return line_with_band(
        f"Interest of {product.name}", points, names=("From the first unit", "With steps"), shown=offers.percent
    )


def _simple(heading: str, up_label: str, up: str, submit: str) -> dict[str, Any]:
    return {"heading": heading, "up_label": up_label, "up": up, "submit": submit}


urlpatterns = [
    path("products/", product_list, name="product_list"),
    path("products/new/", product_new, name="product_new"),
    path("products/rates/", rate_sheet, name="rate_sheet"),
    path("products/<str:product_code>/", product_detail, name="product_detail"),
    path("products/<str:product_code>/terms/", terms_new, name="terms_new"),
    path("products/<str:product_code>/state/", product_state, name="product_state"),
]

"""The pages of products: what there is, what each pays and costs, and proposing something else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.approvals.services import ask
from portal.base.charts import Banded, line_with_band
from portal.base.clock import now
from portal.base.formpage import form_page, sent, shown_or_sent
from portal.base.render import page, see_other
from portal.deposits import charges, kind_terms, offers, queries, services
from portal.deposits.acts.products import TERMS
from portal.deposits.models import Product, Terms
from portal.deposits.pages.kind_forms import terms_form_of
from portal.deposits.pages.plan_forms import KeyOnly
from portal.deposits.pages.previews import previewed
from portal.deposits.pages.product_forms import ProductForm, ProductStateForm, TermsForm
from portal.deposits.services.products import WAYS
from portal.documents.asking import paper_or_back
from portal.documents.queries import pdf_available
from portal.institution.queries import institution

TERMS_FORM, SHEET = "deposits/terms_form.html", "deposits/rate_sheet.html"
PAPER = "deposits.rate_sheet_pdf"


@requires(Capability.PRODUCT_VIEW)
@require_safe
def product_list(request: HttpRequest) -> HttpResponse:
    """What the institution offers, with what each pays now."""
    day = offers.open_day()
    held = [(product, queries.terms_on(product, day) if day else None) for product in offers.products()]
    rows = [(product, terms, kind_terms.rate_told(product, terms, day)) for product, terms in held]
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
    context = {
        "sheet": kind_terms.sheet(day) if day else [],
        "day": day,
        "charges": charges.in_force(day),
        "paper_form": KeyOnly() if day and pdf_available() else None,
    }
    return page(request, SHEET, context)


@requires(Capability.PRODUCT_VIEW)
@require_POST
def rate_sheet_pdf(request: HttpRequest) -> HttpResponse:
    """Have the sheet made as a signed PDF; the job's page leads to it."""
    day, form = offers.open_day(), KeyOnly(request.POST)
    if day is None or not form.is_valid():
        return see_other(reverse("rate_sheet"))
    args, up = {"day": day.isoformat()}, reverse("rate_sheet")
    return paper_or_back(request, PAPER, args, key=form.cleaned_data["key"], up=up)


@requires(Capability.PRODUCT_EDIT, fresh=True)
@shown_or_sent
def product_new(request: HttpRequest) -> HttpResponse:
    """Make a product; its terms come next, and with their approval it is offered."""
    form = ProductForm(*sent(request))
    profile = institution()

    def act() -> str:
        currency = profile.currency if profile else ""
        product = services.make_product(**form.cleaned_data, currency=currency, by=request.user, at=now())
        return reverse("terms_new", args=[product.code])

    up = ("Products", reverse("product_list"))
    return form_page(request, form, act, heading="Make a product", up=up, submit="Make the product")


@requires(Capability.PRODUCT_EDIT, fresh=True)
@shown_or_sent
def product_state(request: HttpRequest, product_code: str) -> HttpResponse:
    """Offer a product, withdraw it or close it."""
    product = get_object_or_404(Product, code=product_code)
    form = ProductStateForm(*sent(request), states=sorted(WAYS[product.state]))
    heading = f"{product.name}: {product.get_state_display().lower()}"

    def act() -> None:
        services.change_product(product=product, **form.cleaned_data, by=request.user, at=now())

    url = reverse("product_detail", args=[product_code])
    return form_page(request, form, act, heading=heading, up=(product.name, url), submit="Change")


@requires(Capability.PRODUCT_EDIT, fresh=True)
@shown_or_sent
def terms_new(request: HttpRequest, product_code: str) -> HttpResponse:
    """Propose other terms. `preview` works out what they would mean for three accounts; else a second person is asked."""
    product = get_object_or_404(Product.objects.select_related("share_class"), code=product_code)
    held = next(iter(offers.terms_of(product)), None)
    own = kind_terms.own_on(product, held.effective_from) if held else {}
    form = terms_form_of(product)(*sent(request), product=product, held=held, own=own)
    url = reverse("product_detail", args=[product_code])
    context: dict[str, Any] = {"product": product, "held": held}
    if "preview" in request.POST and form.is_valid():
        return page(request, TERMS_FORM, context | {"up": url, "form": form} | previewed(form))

    def act() -> None:
        subject, reason = product.name, form.cleaned_data["reason"]
        ask(act=TERMS, payload=_payload(form), subject=subject, reason=reason, by=request.user, at=now())
        messages.success(request, "Sent for approval. Nothing changes until a colleague has approved it.")

    return form_page(request, form, act, up=(product.name, url), template=TERMS_FORM, **context)


def _payload(form: TermsForm) -> dict[str, Any]:
    return {
        "product": form.product.pk,
        "since": form.cleaned_data["effective_from"].isoformat(),
        "values": form.proposed,
        "tiers": [list(step) for step in form.steps],
        "own": form.own,
        "reason": form.cleaned_data["reason"],
    }


def _shown(product: Product) -> dict[str, Any]:
    day = offers.open_day()
    known = offers.terms_of(product)
    now_held = next((terms for terms in known if day and terms.effective_from <= day), None)
    return {
        "product": product,
        "held": now_held,
        "facts": list(kind_terms.all_told(now_held).items()) if now_held else [],
        "versions": [
            (terms, kind_terms.rate_told(product, terms, terms.effective_from), kind_terms.version_told(terms))
            for terms in known
        ],
        "version_label": "Its own terms" if product.kind in kind_terms.COLUMNS else "Steps",
        "picture": _rate_history(product, known) if known and product.kind not in services.BY_OWN_RULES else "",
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


urlpatterns = [
    path("products/", product_list, name="product_list"),
    path("products/new/", product_new, name="product_new"),
    path("products/rates/", rate_sheet, name="rate_sheet"),
    path("products/rates/pdf/", rate_sheet_pdf, name="rate_sheet_pdf"),
    path("products/<str:product_code>/", product_detail, name="product_detail"),
    path("products/<str:product_code>/terms/", terms_new, name="terms_new"),
    path("products/<str:product_code>/state/", product_state, name="product_state"),
]

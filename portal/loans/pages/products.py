"""The pages of loan products, and of the portfolio."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.charts import area, shares
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.formpage import form_page, sent, shown_or_sent
from portal.base.money import Money
from portal.base.render import page, refused
from portal.institution.queries import institution, latest_business_date
from portal.loans import offers, portfolio, queries, services
from portal.loans.models import LoanProduct
from portal.loans.pages.forms import CompareForm
from portal.loans.pages.terms_form import TermsForm, previewed
from portal.loans.services.products import WAYS

TERMS_FORM = "loans/terms_form.html"


class ProductForm(forms.Form):
    code = forms.CharField(label="Code", max_length=2, help_text="Two digits: they stand in its loans' numbers.")
    name = forms.CharField(label="Name", max_length=60)
    description = forms.CharField(label="What it is for", max_length=200, required=False)


class StateForm(forms.Form):
    reason = forms.CharField(label="Reason", max_length=140)


@requires(Capability.PRODUCT_VIEW)
@require_safe
def product_list(request: HttpRequest) -> HttpResponse:
    """What the institution lends, with what each costs now."""
    day = latest_business_date()
    rows = [(product, queries.terms_on(product, day)) for product in LoanProduct.objects.all()]
    return page(request, "loans/product_list.html", {"rows": rows})


@requires(Capability.PRODUCT_VIEW)
@require_safe
def product_detail(request: HttpRequest, loan_product_code: str) -> HttpResponse:
    """One product: the terms that hold and every version before and to come."""
    product = get_object_or_404(LoanProduct, code=loan_product_code)
    held = queries.terms_on(product, latest_business_date())
    context = {
        "product": product,
        "held": held,
        "facts": list(offers.told_terms(held).items()) if held else [],
        "versions": product.terms.select_related("made_by", "approved_by"),
        "changes": product.changes.select_related("by"),
        "ways": [(state, LoanProduct.State(state).label) for state in sorted(WAYS[product.state])] if held else [],
    }
    return page(request, "loans/product_detail.html", context)


@requires(Capability.PRODUCT_VIEW)
@require_safe
def terms_compare(request: HttpRequest, loan_product_code: str) -> HttpResponse:
    """Two versions of a product's terms side by side: what differs. The last change unless others are chosen."""
    product = get_object_or_404(LoanProduct, code=loan_product_code)
    versions = {str(terms.pk): terms for terms in product.terms.prefetch_related("ladder").select_related("product")}
    form = CompareForm.of(request, {pk: f"{terms.effective_from:%d %B %Y}" for pk, terms in versions.items()})
    context: dict[str, Any] = {"product": product, "form": form}
    if form.is_valid():
        before, after = (versions[pk] for pk in form.chosen)
        context |= {"after": after, "differences": offers.differences(before, after), **form.names}
    return page(request, "loans/terms_compare.html", context)


@requires(Capability.PRODUCT_EDIT, fresh=True)
@shown_or_sent
def product_new(request: HttpRequest) -> HttpResponse:
    """Make a loan product; its terms come next, and with their approval it is offered."""
    profile, form = institution(), ProductForm(*sent(request))

    def act() -> str:
        currency = profile.currency if profile else ""
        made = services.make_product(**form.cleaned_data, currency=currency, by=request.user, at=now())
        return reverse("loan_terms_new", args=[made.code])

    up = ("Loan products", reverse("loan_product_list"))
    return form_page(request, form, act, heading="Make a loan product", up=up, submit="Make the product")


@requires(Capability.PRODUCT_EDIT, fresh=True)
@shown_or_sent
def terms_new(request: HttpRequest, loan_product_code: str) -> HttpResponse:
    """Propose terms of a loan product from a day on. `preview` works out what they would mean; else a second person is
    asked, who sees the difference.
    """
    product = get_object_or_404(LoanProduct, code=loan_product_code)
    # The first terms may hold at once; others begin after the open day.
    day = latest_business_date() + timedelta(days=1 if product.terms.exists() else 0)
    held = queries.terms_on(product, day)
    form = TermsForm(*sent(request), currency=product.currency, held=held, initial={"effective_from": day})
    shown: dict[str, Any] = {"product": product}

    def act() -> None:
        services.ask_for_terms(product=product, **form.proposed, by=request.user, at=now())
        messages.success(request, "A colleague decides on these terms.")

    up = (product.name, reverse("loan_product_detail", args=[product.code]))
    if "preview" in request.POST and form.is_valid():
        try:
            services.check_terms(product=product, **form.proposed)
        except Refused as error:
            return refused(request, TERMS_FORM, shown | {"up": up[1]}, form, error)
        return page(request, TERMS_FORM, shown | {"up": up[1], "form": form} | previewed(form, product, held))
    return form_page(request, form, act, up=up, template=TERMS_FORM, **shown)


@requires(Capability.PRODUCT_EDIT, fresh=True)
@shown_or_sent
def product_state(request: HttpRequest, loan_product_code: str) -> HttpResponse:
    """Offer a product, or withdraw it from sale: whichever it is not."""
    product = get_object_or_404(LoanProduct, code=loan_product_code)
    offered = product.state == LoanProduct.State.OFFERED
    state = LoanProduct.State.WITHDRAWN if offered else LoanProduct.State.OFFERED
    form = StateForm(*sent(request))

    def act() -> None:
        services.change_product(product=product, state=state, **form.cleaned_data, by=request.user, at=now())

    heading = f"Withdraw {product.name} from sale" if offered else f"Offer {product.name}"
    up = (product.name, reverse("loan_product_detail", args=[product.code]))
    return form_page(request, form, act, heading=heading, up=up, submit="Withdraw it" if offered else "Offer it")


@requires(Capability.LOAN_PORTFOLIO_VIEW)
@require_safe
def loan_portfolio(request: HttpRequest) -> HttpResponse:
    """Ageing of the newest day, what is at risk over time, and how far applications came."""
    profile, days = institution(), portfolio.days_visible_to(request.user)
    day, currency = portfolio.latest_day(days), profile.currency if profile else ""
    risk = portfolio.risk_over_time(days, currency) if day else []
    buckets = portfolio.ageing(days, day, currency) if day else []
    context = {
        "day": day,
        "buckets": buckets,
        "ages": _ages(buckets, currency),
        "risk": offers.per_cent(risk[-1].at_risk_bps) if risk else "–",
        "outstanding": Money(risk[-1].outstanding_minor, currency) if risk else None,
        "chart": _risk_chart(_thinned(risk)) if len(risk) > 1 else "",
        "funnel": _funnel(portfolio.funnel(request.user)),
    }
    return page(request, "loans/portfolio.html", context)


def _ages(buckets: list[portfolio.Bucket], currency: str) -> SafeString:
    rows = [(bucket.label, bucket.outstanding.minor) for bucket in buckets]
    whole = sum(minor for _, minor in rows)
    return shares(
        "Outstanding by days late", rows, whole, name=currency, shown=lambda minor: str(Money(minor, currency))
    )


def _risk_chart(risk: list[portfolio.Risk]) -> SafeString:
    points = [(f"{each.on:%d %b %Y}", each.at_risk_bps) for each in risk]
    parts = [each.long_late_bps for each in risk]
    names = ("Over 30 days late", "of it over 90 days")
    return area("Share of what is outstanding", points, parts=parts, names=names, shown=offers.per_cent)


def _funnel(stages: list[tuple[str, int]]) -> SafeString:
    return shares("Applications that came as far as", stages, stages[0][1], name="Applications")


def _thinned(risk: list[portfolio.Risk]) -> list[portfolio.Risk]:
    """At most about sixty points, the newest always among them."""
    step = max(len(risk) // 60, 1)
    return risk[::-1][::step][::-1]

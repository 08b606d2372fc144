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
from portal.base.fields import AmountField, typed_field, use_currency
from portal.base.formpage import form_page, sent, shown_or_sent
from portal.base.money import Money
from portal.base.render import page
from portal.institution.queries import institution, latest_business_date
from portal.loans import offers, portfolio, queries, services
from portal.loans.models import LoanProduct, LoanTerms
from portal.loans.services.products import COPIED, WAYS

STEPS = 3
"""How many steps of the ladder the form offers."""


class ProductForm(forms.Form):
    code = forms.CharField(label="Code", max_length=2, help_text="Two digits: they stand in its loans' numbers.")
    name = forms.CharField(label="Name", max_length=60)
    description = forms.CharField(label="What it is for", max_length=200, required=False)


class StateForm(forms.Form):
    reason = forms.CharField(label="Reason", max_length=140)


class TermsForm(forms.Form):
    """Every column of terms as people type it: per cent for basis points, amounts for minor units; and the ladder."""

    effective_from = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reason = forms.CharField(label="Why", max_length=140)

    def __init__(self, *args: Any, currency: str, held: LoanTerms | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in COPIED:
            self.fields[name] = _field(name, held)
        steps = list(held.ladder.all()) if held else []
        for number in range(STEPS):
            step = steps[number] if number < len(steps) else None
            low = f"{Money(step.from_minor, currency).to_decimal():f}" if step else None
            self.fields[f"from_{number}"] = AmountField(
                label=f"Approvals, step {number + 1}: from", required=False, initial=low
            )
            self.fields[f"people_{number}"] = forms.IntegerField(
                label=f"Approvals, step {number + 1}: people",
                required=False,
                min_value=1,
                max_value=5,
                initial=step.approvals if step else None,
            )
        use_currency(self, currency)
        if held:
            _show_amounts(self, held, currency)

    def values(self) -> dict[str, Any]:
        """The columns of terms, in basis points and minor units."""
        return {name: _plain(name, self.cleaned_data[name]) for name in COPIED}

    def ladder(self) -> list[tuple[int, int]]:
        """The steps that were filled in."""
        typed = [(self.cleaned_data[f"from_{n}"], self.cleaned_data[f"people_{n}"]) for n in range(STEPS)]
        return [(low.minor, people) for low, people in typed if low and people]


def _field(name: str, held: LoanTerms | None) -> forms.Field:
    column: Any = LoanTerms._meta.get_field(name)  # noqa: SLF001  # Django's own way to a column's choices
    value = getattr(held, name) if held else (column.default if column.has_default() else None)
    label = offers.LABELS[name]
    if column.choices:
        return forms.ChoiceField(label=label, choices=column.choices, initial=value)
    if name.endswith("_bps"):
        shown = None if value is None else f"{value // 100}.{value % 100:02d}"
        return forms.DecimalField(
            label=f"{label}, per cent", max_digits=6, decimal_places=2, min_value=0, initial=shown
        )
    if name.endswith("_minor"):
        return AmountField(label=label, allow_zero=True, initial="0")
    return forms.IntegerField(label=label, min_value=0, max_value=1000, initial=value)


def _show_amounts(form: TermsForm, held: LoanTerms, currency: str) -> None:
    for name in COPIED:
        if name.endswith("_minor"):
            form.fields[name].initial = f"{Money(getattr(held, name), currency).to_decimal():f}"


def _plain(name: str, value: Any) -> Any:
    if name.endswith("_bps"):
        return int(value * 100)
    return value.minor if isinstance(value, Money) else value


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


class CompareForm(forms.Form):
    """Two versions of a product's terms."""

    before = forms.ChoiceField(label="From")
    after = forms.ChoiceField(label="To")

    def __init__(self, *args: Any, versions: list[LoanTerms], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {str(terms.pk): terms for terms in versions}
        for name in ("before", "after"):
            typed_field(self, name, forms.ChoiceField).choices = [
                (pk, f"{terms.effective_from:%d %B %Y}") for pk, terms in self.versions.items()
            ]


@requires(Capability.PRODUCT_VIEW)
@require_safe
def terms_compare(request: HttpRequest, loan_product_code: str) -> HttpResponse:
    """Two versions of a product's terms side by side: what differs. The last change unless others are chosen."""
    product = get_object_or_404(LoanProduct, code=loan_product_code)
    versions = list(product.terms.prefetch_related("ladder").select_related("product"))
    last = {"before": str(versions[min(1, len(versions) - 1)].pk), "after": str(versions[0].pk)} if versions else {}
    form = CompareForm(request.GET if "after" in request.GET else last, versions=versions)
    context: dict[str, Any] = {"product": product, "form": form}
    if form.is_valid():
        before, after = (form.versions[form.cleaned_data[name]] for name in ("before", "after"))
        context |= {"before": before, "after": after, "differences": offers.differences(before, after)}
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
    """Propose terms of a loan product from a day on; a second person sees the difference and decides."""
    product = get_object_or_404(LoanProduct, code=loan_product_code)
    # The first terms may hold at once; others begin after the open day.
    day = latest_business_date() + timedelta(days=1 if product.terms.exists() else 0)
    held = queries.terms_on(product, day)
    form = TermsForm(*sent(request), currency=product.currency, held=held, initial={"effective_from": day})

    def act() -> None:
        services.ask_for_terms(
            product=product,
            since=form.cleaned_data["effective_from"],
            values=form.values(),
            ladder=form.ladder(),
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=now(),
        )
        messages.success(request, "A colleague decides on these terms.")

    up = (product.name, reverse("loan_product_detail", args=[product.code]))
    return form_page(request, form, act, heading=f"Terms of {product.name}", up=up, submit="Propose them")


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

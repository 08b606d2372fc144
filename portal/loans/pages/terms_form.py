"""The form of a loan product's terms, and what proposed ones would mean before anybody is asked."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from portal.base.differences import differing
from portal.base.fields import AmountField, use_currency
from portal.base.money import Money
from portal.loans import offers
from portal.loans.models import LoanProduct, LoanTerms
from portal.loans.services.products import COPIED
from portal.loans.terms import fee_of, planned

STEPS = 3
"""How many steps of the ladder the form offers."""
GROUPS = (
    (
        "How much, over how long",
        ("amount_min_minor", "amount_max_minor", "instalments_min", "instalments", "instalments_max"),
    ),
    ("Interest", ("rate_min_bps", "rate_bps", "rate_max_bps", "method", "interest", "days_in_year", "days_in_month")),
    (
        "Instalments",
        (
            "frequency",
            "every",
            "weekend_shift",
            "grace_principal",
            "grace_interest",
            "down_payment_bps",
            "multiple_minor",
        ),
    ),
    ("Fees and penalties", ("fee_minor", "fee_bps", "penalty_bps", "penalty_grace_days")),
    ("Payments", ("allocation", "early")),
    ("What secures it", ("guarantors_min", "guarantee_bps", "collateral_bps", "affordable_bps")),
    ("The offer", ("offer_days",)),
    (
        "When it goes wrong",
        (
            "non_performing_days",
            "probation_instalments",
            "provision_current_bps",
            "provision_30_bps",
            "provision_60_bps",
            "provision_90_bps",
            "provision_180_bps",
            "provision_over_bps",
        ),
    ),
)
"""Every column of terms under its heading."""


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

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        found = [(title, [self[name] for name in names]) for title, names in GROUPS]
        steps = [self[f"{what}_{number}"] for number in range(STEPS) for what in ("from", "people")]
        return [*found, ("Who approves", steps)]

    @property
    def proposed(self) -> dict[str, Any]:
        """What is proposed, as the service takes it."""
        typed = self.cleaned_data
        given = {"values": self.values(), "ladder": self.ladder()}
        return given | {"since": typed["effective_from"], "reason": typed["reason"]}

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


def previewed(form: TermsForm, product: LoanProduct, held: LoanTerms | None) -> dict[str, Any]:
    """What would change, line by line, and what three loans would cost: the least, a middle and the largest."""
    given = form.proposed
    before = offers.told_terms(held) if held else {}
    after = offers.told(given["values"], given["ladder"], product.currency)
    proposed = LoanTerms(product=product, effective_from=given["since"], **given["values"])
    return {
        "is_preview": True,
        "changes": differing(before, after),
        "loans": [_sample(Money(minor, product.currency), proposed, held) for minor in _amounts(proposed)],
        "instalments": proposed.instalments,
    }


def _amounts(terms: LoanTerms) -> list[int]:
    least, most = terms.amount_min_minor, terms.amount_max_minor
    return sorted({least, (least + most) // 2, most})


def _sample(amount: Money, proposed: LoanTerms, held: LoanTerms | None) -> tuple[Money, list[tuple[str, Any]]]:
    """A loan of an amount over the proposed usual term: what it costs now and what it would."""
    now_cost = _cost(amount, held, proposed.instalments, proposed.effective_from) if held else (None, None, None)
    then_cost = _cost(amount, proposed, proposed.instalments, proposed.effective_from)
    names = ("Instalment", "Interest", "Fee")
    return amount, [
        (f"{name} {when}", cost[number])
        for number, name in enumerate(names)
        for when, cost in (("now", now_cost), ("then", then_cost))
    ]


def _cost(amount: Money, terms: LoanTerms, instalments: int, on: date) -> tuple[Money, Money, Money]:
    """The first instalment, all interest and the fee."""
    rows = planned(terms, amount, rate_bps=terms.rate_bps, instalments=instalments, on=on, branch=None)
    first = next((row for row in rows if row.number), rows[0])
    interest = sum(row.interest_minor for row in rows)
    return Money(first.total_minor, amount.currency), Money(interest, amount.currency), fee_of(terms, amount)

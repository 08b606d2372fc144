"""What is typed on the pages of products and charges."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.base.fields import AmountField, typed_field, use_currency
from portal.base.money import AmountError, Money, parse_amount
from portal.deposits.models import (
    CONFIGURED,
    ChargeKind,
    Compounding,
    DayCount,
    PostingFrequency,
    Product,
    Terms,
    TierMethod,
)
from portal.deposits.services.products import COPIED

MOST_STEPS = 5
_HUNDRED = Decimal(100)
Groups = tuple[tuple[str, tuple[str, ...]], ...]


class RateField(forms.DecimalField):
    """A rate in per cent with two decimals; cleans to basis points."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "amount"})
        super().__init__(min_value=0, max_value=100, max_digits=5, decimal_places=2, widget=widget, **kwargs)

    def clean(self, value: Any) -> int:
        found = super().clean(value)
        return int(found * _HUNDRED) if found is not None else 0

    def prepare_value(self, value: Any) -> Any:
        return f"{Decimal(value) / _HUNDRED:.2f}" if isinstance(value, int) else value


def _day(label: str, help_text: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, help_text=help_text)


def _reason() -> forms.CharField:
    return forms.CharField(
        label="Reason", max_length=140, help_text="Who decides reads it, and it stays with the change."
    )


class ProductForm(forms.Form):
    """A product that is not there yet."""

    name = forms.CharField(label="Name", max_length=60)
    code = forms.CharField(label="Code", max_length=2, help_text="Two digits that stand in its accounts' numbers.")
    kind = forms.ChoiceField(label="Kind", choices=Product.Kind.choices)


class ProductStateForm(forms.Form):
    """Offering, withdrawing or closing a product."""

    state = forms.ChoiceField(label="From now on")
    reason = forms.CharField(label="Reason", max_length=140)

    def __init__(self, *args: Any, states: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed_field(self, "state", forms.ChoiceField).choices = [(each, Product.State(each).label) for each in states]


class TermsForm(forms.Form):
    """Other terms from a day on; begins with those that hold."""

    effective_from = _day("From", "A day after the open business day: the past is never changed.")
    rate_bps = RateField(label="Interest a year, per cent")
    tiers = forms.CharField(
        label="Steps",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "class": "amount"}),
        help_text="One a line: from which balance on, and the rate in per cent. Say 1,000.00 = 5.5",
    )
    tier_method = forms.ChoiceField(label="A step applies to", choices=TierMethod.choices)
    day_count = forms.ChoiceField(label="Days are counted", choices=DayCount.choices)
    compounding = forms.ChoiceField(label="Interest earns interest", choices=Compounding.choices)
    posting_frequency = forms.ChoiceField(label="Interest is posted", choices=PostingFrequency.choices)
    interest_floor_minor = AmountField(label="Earns from a balance of", allow_zero=True)
    withholding_tax_bps = RateField(label="Withholding tax, per cent of the interest")
    opening_minimum_minor = AmountField(label="Smallest first deposit", allow_zero=True)
    minimum_balance_minor = AmountField(label="Minimum balance", allow_zero=True)
    withdrawal_fee_minor = AmountField(label="Withdrawal fee", allow_zero=True)
    overdraft_limit_minor = AmountField(label="Overdraft limit", allow_zero=True)
    overdraft_rate_bps = RateField(label="Overdraft interest a year, per cent")
    dormancy_days = forms.IntegerField(label="Dormant after days without movement", min_value=0, max_value=9999)
    early_closure_days = forms.IntegerField(label="Closing is early within days", min_value=0, max_value=9999)
    early_closure_fee_minor = AmountField(label="Fee for early closure", allow_zero=True)
    opening_needs_approval = forms.BooleanField(label="Opening an account needs a second person", required=False)
    reason = _reason()

    GROUPS: Groups = (
        (
            "Interest",
            (
                "rate_bps",
                "tiers",
                "tier_method",
                "day_count",
                "compounding",
                "posting_frequency",
                "interest_floor_minor",
                "withholding_tax_bps",
            ),
        ),
        ("Balance", ("opening_minimum_minor", "minimum_balance_minor", "overdraft_limit_minor", "overdraft_rate_bps")),
        (
            "Fees and states",
            (
                "withdrawal_fee_minor",
                "dormancy_days",
                "early_closure_days",
                "early_closure_fee_minor",
                "opening_needs_approval",
            ),
        ),
    )

    def __init__(self, *args: Any, product: Product, held: Terms | None, own: Mapping[str, Any], **kwargs: Any) -> None:
        kwargs["initial"] = self._initial(held, own, product)
        super().__init__(*args, **kwargs)
        self.product, self._held = product, held
        shown = {"effective_from", "reason", *(name for _, names in self.GROUPS for name in names)}
        for name in [name for name in self.fields if name not in shown]:
            del self.fields[name]
        use_currency(self, product.currency)

    def _initial(self, held: Terms | None, own: Mapping[str, Any], product: Product) -> dict[str, Any]:
        """What is typed already when the form opens: the terms that hold, and for first ones nothing that costs."""
        currency = product.currency
        kept = {name: getattr(held, name) for name in COPIED} if held else plain_terms()
        found = _typed(kept | dict(own), self.base_fields, currency)
        steps = held.tiers.all() if held else ()
        return found | {"tiers": "\n".join(_line(tier.from_minor, tier.rate_bps, currency) for tier in steps)}

    def clean_tiers(self) -> list[tuple[int, int]]:
        """Pairs of minor units and basis points, in the order typed."""
        lines = [line for line in self.cleaned_data["tiers"].splitlines() if line.strip()]
        if len(lines) > MOST_STEPS:
            raise ValidationError(f"At most {MOST_STEPS} steps.", code="steps")
        return [self._step(line) for line in lines]

    def _step(self, line: str) -> tuple[int, int]:
        amount, _, rate = line.partition("=")
        try:
            low = parse_amount(amount.strip(), self.product.currency).minor
            bps = RateField().clean(rate.strip().removesuffix("%").strip())
        except (AmountError, ValidationError) as error:
            raise ValidationError(f"“{line.strip()}” is no step. Write it like 1,000.00 = 5.5", code="step") from error
        return low, bps

    @property
    def proposed(self) -> dict[str, Any]:
        """What would be kept: the columns of terms, amounts in minor units. What this kind does not ask for stays."""
        kept = {name: getattr(self._held, name) for name in COPIED} if self._held else plain_terms()
        return kept | {name: _plain(self.cleaned_data[name]) for name in COPIED if name in self.fields}

    @property
    def steps(self) -> list[tuple[int, int]]:
        """The steps typed; none where the kind has none."""
        found: list[tuple[int, int]] = self.cleaned_data.get("tiers", [])
        return found

    @property
    def own(self) -> dict[str, Any]:
        """The columns of the kind's own terms; everyday products have none."""
        return {}

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [(title, [self[name] for name in names]) for title, names in self.GROUPS]


def plain_terms() -> dict[str, Any]:
    """The columns of terms that pay and cost nothing."""
    fresh = Terms(rate_bps=0)
    return {name: getattr(fresh, name) for name in COPIED}


def _plain(value: Any) -> Any:
    return value.minor if isinstance(value, Money) else value


def _typed(values: Mapping[str, Any], fields: Mapping[str, forms.Field], currency: str) -> dict[str, Any]:
    """Kept values as they would be typed: amounts with their decimals."""
    return {
        name: f"{Money(value, currency).to_decimal():f}" if isinstance(fields.get(name), AmountField) else value
        for name, value in values.items()
    }


def _line(low: int, bps: int, currency: str) -> str:
    return f"{Money(low, currency).to_decimal():f} = {Decimal(bps) / _HUNDRED:.2f}"


class ChargeForm(forms.Form):
    """What a service costs from a day on."""

    kind = forms.ChoiceField(label="For", choices=[(kind, ChargeKind(kind).label) for kind in CONFIGURED])
    product = forms.ModelChoiceField(
        label="Product", queryset=Product.objects.none(), required=False, empty_label="Every product without its own"
    )
    effective_from = _day("From", "A day after the open business day.")
    amount_minor = AmountField(label="Amount", allow_zero=True, initial="0.00")
    percent_bps = RateField(label="Share of what is moved, per cent", initial=0)
    least_minor = AmountField(label="At least", allow_zero=True, initial="0.00")
    most_minor = AmountField(label="At most", required=False, help_text="Empty for no bound.")
    free_a_month = forms.IntegerField(label="Free each month", min_value=0, max_value=999, initial=0)
    threshold_minor = AmountField(
        label="Below a balance of", allow_zero=True, initial="0.00", help_text="For the minimum-balance fee only."
    )
    reason = _reason()

    def __init__(self, *args: Any, currency: str, products: Any, after: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed_field(self, "product", forms.ModelChoiceField).queryset = products
        self._after = after
        use_currency(self, currency)

    def clean_effective_from(self) -> date:
        day: date = self.cleaned_data["effective_from"]
        if self._after and day <= self._after:
            raise ValidationError(f"A day after the open business day, {self._after:%d %B %Y}.", code="past")
        return day

    @property
    def values(self) -> Mapping[str, Any]:
        """The columns of a charge, amounts in minor units."""
        which = {"kind", "product", "effective_from"}
        plain = {name: value for name, value in self.cleaned_data.items() if name not in which}
        return {name: _plain(value) for name, value in plain.items()}

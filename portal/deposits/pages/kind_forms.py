"""What is typed about one kind of product only: cards, share prices, due days, rate charts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.base.fields import AmountField
from portal.base.money import AmountError, Money, parse_amount
from portal.deposits.kind_terms import COLUMNS
from portal.deposits.models import CardKind, Product
from portal.deposits.models.fixed import MOST_MONTHS
from portal.deposits.pages.product_forms import RateField, TermsForm

_CHART_HELP = "One a line: the amount and the months from which on, and the rate in per cent. Say 500.00, 6 = 11.5"


class KindForm(TermsForm):
    """Terms of a kind that says more than everyday products do; what does not concern it is not asked."""

    @property
    def own(self) -> dict[str, Any]:
        typed = self.cleaned_data
        names = [name for name in (*COLUMNS[self.product.kind], "nominal_minor", "chart") if name in self.fields]
        return {name: typed[name].minor if isinstance(typed[name], Money) else typed[name] for name in names}


class SusuTermsForm(KindForm):
    """A card, its commission, and the smallest stake. Cards that were begun keep what was agreed with them."""

    card = forms.ChoiceField(label="A card has", choices=CardKind.choices)
    commission_stakes = forms.IntegerField(
        label="Commission of a card, in stakes", min_value=0, max_value=5, help_text="For accounts opened from then on."
    )
    least_stake_minor = AmountField(label="Smallest daily stake")

    GROUPS = (("Cards", ("card", "commission_stakes", "least_stake_minor")),)


class ShareTermsForm(KindForm):
    """The price of a share, and how many a member holds. The nominal value is said once."""

    nominal_minor = AmountField(
        label="Nominal value of a share", help_text="What a share counts for in the books. It never changes."
    )
    price_minor = AmountField(label="Price of a share", help_text="What is above the nominal value is premium.")
    least_shares = forms.IntegerField(label="Fewest shares a member holds", min_value=1, max_value=1_000_000)
    most_shares = forms.IntegerField(label="Most shares a member holds", min_value=1, max_value=1_000_000)

    GROUPS = (("Shares", ("nominal_minor", "price_minor", "least_shares", "most_shares")),)

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, product=product, **kwargs)
        if hasattr(product, "share_class"):
            del self.fields["nominal_minor"]

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in self.GROUPS]


class ContributionTermsForm(KindForm):
    """When a month's contribution is due, when it is late, and what that costs; and what is saved earns interest."""

    due_day = forms.IntegerField(
        label="Due on this day of the month", min_value=1, max_value=31, help_text="Or on the last of a shorter month."
    )
    grace_days = forms.IntegerField(label="Late after so many days", min_value=0, max_value=31)
    late_fine_minor = AmountField(label="Fine for a late month", allow_zero=True)
    least_monthly_minor = AmountField(label="Smallest contribution")

    GROUPS = (
        ("Contributions", ("due_day", "grace_days", "late_fine_minor", "least_monthly_minor")),
        *(group for group in TermsForm.GROUPS if group[0] == "Interest"),
    )


class FixedTermsForm(KindForm):
    """The rate chart, and what is paid when a deposit is broken. Terms that run keep what was agreed with them."""

    chart = forms.CharField(
        label="Rate chart",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 6, "class": "amount"}),
        help_text=_CHART_HELP,
    )
    early_rate_bps = RateField(
        label="Rate when broken early, per cent", help_text="For the days it lay, never more than its own rate."
    )
    notice_days = forms.IntegerField(label="Notice so many days before maturity", min_value=0, max_value=90)

    GROUPS = (
        ("Deposits", ("chart", "early_rate_bps", "notice_days")),
        ("Interest", ("day_count", "withholding_tax_bps")),
    )

    def _initial(self, held: Any, own: Mapping[str, Any], product: Product) -> dict[str, Any]:
        lines = [_chart_line(line, product.currency) for line in own.get("chart", ())]
        return super()._initial(held, own, product) | {"chart": "\n".join(lines)}

    def clean_chart(self) -> list[list[int]]:
        """Lines of minor units, months and basis points, the smallest amount and term first."""
        lines = [line for line in self.cleaned_data["chart"].splitlines() if line.strip()]
        return sorted(self._chart_line(line) for line in lines)

    def _chart_line(self, line: str) -> list[int]:
        reached, _, rate = line.partition("=")
        amount, _, months = reached.rpartition(",")
        try:
            low = parse_amount(amount.strip(), self.product.currency).minor
            term = forms.IntegerField(min_value=1, max_value=MOST_MONTHS).clean(months.replace("months", "").strip())
            bps = RateField().clean(rate.strip().removesuffix("%").strip())
        except (AmountError, ValidationError) as error:
            message = f"“{line.strip()}” is no line of a chart. Write it like 500.00, 6 = 11.5"
            raise ValidationError(message, code="chart") from error
        return [low, term, bps]


def _chart_line(line: list[int], currency: str) -> str:
    low, months, bps = line
    return f"{Money(low, currency).to_decimal():f}, {months} = {Decimal(bps) / 100:.2f}"


_FORMS: dict[str, type[TermsForm]] = {
    Product.Kind.SUSU: SusuTermsForm,
    Product.Kind.SHARES: ShareTermsForm,
    Product.Kind.CONTRIBUTION: ContributionTermsForm,
    Product.Kind.FIXED: FixedTermsForm,
}


def terms_form_of(product: Product) -> type[TermsForm]:
    """The form that asks for what terms of this kind of product say."""
    return _FORMS.get(product.kind, TermsForm)

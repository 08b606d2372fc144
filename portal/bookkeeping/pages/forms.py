"""Entries by hand: what they are for, and their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.formsets import BaseFormSet

from portal.base.fields import AmountField, KeyField, typed_field
from portal.base.money import Money, plain_amount
from portal.bookkeeping import services
from portal.bookkeeping.models import EntryTemplate, TemplateLine
from portal.ledger.models import Account, EntryKind, Side

LINES, MORE_LINES, MOST_LINES = 4, 4, 40


def _words(label: str, length: int, help_text: str = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=length, help_text=help_text, widget=widget)


def _day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


class EntryForm(forms.Form):
    """What an entry is for."""

    kind = forms.ChoiceField(label="Kind", choices=[(kind.value, kind.label) for kind in services.KINDS])
    memo = _words("What it is for", 140)
    value_date = _day("Value date", required=False, help_text="Empty: the open business day")
    key = KeyField()

    def clean_kind(self) -> EntryKind:
        return EntryKind(self.cleaned_data["kind"])


class LineForm(forms.Form):
    """One line: an account, and an amount on one of its sides."""

    account = forms.ModelChoiceField(
        Account.objects.none(), required=False, to_field_name="code", empty_label="–", label="Account"
    )
    debit = AmountField(required=False, label="Debit")
    credit = AmountField(required=False, label="Credit")

    def __init__(self, *args: Any, accounts: QuerySet[Account], currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed_field(self, "account", forms.ModelChoiceField).queryset = accounts
        for name in ("debit", "credit"):
            typed_field(self, name, AmountField).currency = currency
        number = (self.prefix or "").rpartition("-")[2]
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}, line {int(number) + 1 if number.isdigit() else ''}"

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        sides = [typed.get("debit"), typed.get("credit")]
        if all(sides):
            raise ValidationError("A line has one side: debit or credit.", code="sides")
        if any(sides) and not typed.get("account") and "account" not in self.errors:
            self.add_error("account", ValidationError("Choose the account of this amount.", code="account"))
        return typed

    @property
    def side(self) -> Side:
        return Side.DEBIT if self.cleaned_data["debit"] else Side.CREDIT

    @property
    def amount(self) -> Money | None:
        found: Money | None = self.cleaned_data["debit"] or self.cleaned_data["credit"]
        return found


if TYPE_CHECKING:
    _LineForms = BaseFormSet[LineForm]
else:
    _LineForms = BaseFormSet


class LineFormSet(_LineForms):
    """The lines of an entry, of which some may be left empty."""

    @property
    def by_hand(self) -> list[services.ByHand]:
        """Those with an amount."""
        typed = [(line, line.amount) for line in self.forms if line.cleaned_data.get("account")]
        return [
            services.ByHand(line.cleaned_data["account"].code, line.side, amount)
            for line, amount in typed
            if amount is not None
        ]


Lines = forms.formset_factory(LineForm, formset=LineFormSet, extra=0, max_num=MOST_LINES, validate_max=True)


def lines_of(template: EntryTemplate | None, currency: str) -> list[dict[str, Any]]:
    """What stands in the lines at first: the template's, else empty ones."""
    if template is None:
        return [{}] * LINES
    return [_typed(line, currency) for line in template.lines.all()]


def _typed(line: TemplateLine, currency: str) -> dict[str, Any]:
    side = "debit" if line.side == Side.DEBIT else "credit"
    return {"account": line.code, side: plain_amount(Money(line.amount_minor, currency))}


class TemplateForm(forms.Form):
    """What a template is called, and what its entries say."""

    name = _words("Name of the template", 60)
    memo = _words("What its entries are for", 140)


class CloseForm(forms.Form):
    """Up to which day a branch's books take nothing more."""

    through = _day("Close through")


class ReopenForm(forms.Form):
    """Up to which earlier day they are to stay closed, and why."""

    through = _day("Stay closed only through", help_text="A day before the one they are closed through")
    reason = _words("Why", 200)

"""Choosing a statement."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.base.errors import Refused
from portal.base.fields import KeyField
from portal.deposits.models import DepositAccount
from portal.deposits.numbers import plain_number
from portal.statements.periods import Period, checked


class NumberForm(forms.Form):
    """Which account, for staff: by its number."""

    account = forms.CharField(
        label="Account number",
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "data-search": ""}),
    )

    def clean_account(self) -> str:
        return plain_number(self.cleaned_data["account"])


class OwnForm(forms.Form):
    """Which account, for a customer: one of one's own."""

    account = forms.ChoiceField(label="Account")

    def __init__(self, *args: Any, accounts: list[DepositAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(account.number, f"{account.name} …{account.last_four}") for account in accounts]
        self.fields["account"].choices = choices  # type: ignore[attr-defined]  # it is a ChoiceField


def _day_field(label: str) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class RangeForm(forms.Form):
    """Any days from one to another, both included; once valid, its `period`."""

    period: Period

    start = _day_field("From")
    end = _day_field("To")

    def __init__(self, *args: Any, account: DepositAccount, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "start" in cleaned and "end" in cleaned:
            try:
                self.period = checked(cleaned["start"], cleaned["end"], today=self.account.branch.business_date)
            except Refused as refusal:
                self.add_error(refusal.field, refusal.message)
        return cleaned


class PdfForm(forms.Form):
    """Asking for the PDF: the key makes a double click one job."""

    key = KeyField()

"""Choosing a statement."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms

from portal.base.errors import Refused
from portal.base.fields import KeyField, typed_field
from portal.deposits.charges import Cost
from portal.deposits.models import DepositAccount
from portal.deposits.numbers import plain_number
from portal.institution.models import Branch
from portal.statements.formats import FORMATS
from portal.statements.periods import Period, checked
from portal.statements.services import PACK_FORMATS, Choice, PackWanted

PACK_CHOICES = [(name, FORMATS[name].label if name in FORMATS else "PDF, signed") for name in PACK_FORMATS]


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
        typed_field(self, "account", forms.ChoiceField).choices = choices


def _day_field(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, required=required, widget=widget)


class RangeForm(forms.Form):
    """Any days from one to another, both included; an end left open reaches to the opening, or to today.

    Once valid, its `period`.
    """

    period: Period

    start = _day_field("From", "Empty: since the account was opened.", required=False)
    end = _day_field("To", "Empty: until today.", required=False)

    def __init__(self, *args: Any, account: DepositAccount, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "start" in cleaned and "end" in cleaned:
            today = self.account.branch.business_date
            try:
                self.period = checked(cleaned["start"] or self.account.opened_on, cleaned["end"] or today, today=today)
            except Refused as refusal:
                self.add_error(refusal.field, refusal.message)
        return cleaned


class PdfForm(forms.Form):
    """Asking for a paper: the key makes a double click one job. Staff say whether the member pays what it costs."""

    key = KeyField()
    pays = forms.BooleanField(required=False, initial=True)

    def __init__(self, *args: Any, cost: Cost | None, always_pays: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cost, self._always = cost, always_pays
        if cost is None or not cost.amount or always_pays:
            del self.fields["pays"]
        else:
            self.fields["pays"].label = f"The member pays {cost.amount}"

    @property
    def is_charged(self) -> bool:
        """Whether the account pays: always where the member asks, else as staff said. One that is free is counted."""
        return self.cost is not None and (self._always or bool(self.cleaned_data.get("pays", True)))


class CertificateForm(PdfForm):
    """The day at whose end the balance is certified."""

    field_order = ("key", "day", "pays")

    day = _day_field("Balance at the end of", "A day that is over at your branch.")


class MonthForm(forms.Form):
    """Which month's statements to issue."""

    key = KeyField()
    month = forms.ChoiceField(label="Month")

    def __init__(self, *args: Any, months: list[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(month.start.isoformat(), month.label) for month in months]
        typed_field(self, "month", forms.ChoiceField).choices = choices

    @property
    def chosen(self) -> date:
        return date.fromisoformat(self.cleaned_data["month"])


class PackForm(forms.Form):
    """Which accounts, which days, which files."""

    HOW = (
        ("all", "All accounts"),
        ("numbers", "Accounts by number"),
        ("sample", "A random sample"),
        ("largest", "The largest balances at the end of the period"),
    )

    key = KeyField()
    how = forms.ChoiceField(label="Which accounts", choices=HOW, widget=forms.RadioSelect, initial="all")
    branch = forms.ModelChoiceField(Branch.objects.all(), label="Branch", required=False, empty_label="All branches")
    numbers = forms.CharField(
        label="Account numbers",
        required=False,
        max_length=200_000,
        help_text="One a line, or separated by spaces or commas. For “Accounts by number”.",
        widget=forms.Textarea(attrs={"rows": 3, "inputmode": "numeric"}),
    )
    count = forms.IntegerField(
        label="How many",
        required=False,
        min_value=1,
        max_value=10_000,
        help_text="For a sample, or the largest balances.",
    )
    seed = forms.CharField(
        label="Seed",
        required=False,
        max_length=40,
        help_text="For a sample: the same seed draws the same accounts again. Empty: a new one.",
    )
    start = _day_field("From")
    end = _day_field("To")
    formats = forms.MultipleChoiceField(
        label="Files", choices=PACK_CHOICES, widget=forms.CheckboxSelectMultiple, initial=["pdf", "csv"]
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        how = cleaned.get("how")
        if how == "numbers" and not self._numbers():
            self.add_error("numbers", "Enter the numbers of the accounts.")
        if how in {"sample", "largest"} and "count" in cleaned and not cleaned["count"]:
            self.add_error("count", "Enter how many accounts.")
        if "start" in cleaned and "end" in cleaned:
            try:
                checked(cleaned["start"], cleaned["end"], today=self.today)
            except Refused as refusal:
                self.add_error(refusal.field, refusal.message)
        return cleaned

    @property
    def wanted(self) -> PackWanted:
        """What was asked for, once valid."""
        given = self.cleaned_data
        how, count = given["how"], given["count"] or 0
        choice = Choice(
            branch=given["branch"] if how != "numbers" else None,
            numbers=self._numbers() if how == "numbers" else (),
            sample=count if how == "sample" else 0,
            seed=(given["seed"] or given["key"][-12:]) if how == "sample" else "",
            largest=count if how == "largest" else 0,
        )
        return PackWanted(choice=choice, period=Period(given["start"], given["end"]), formats=given["formats"])

    def _numbers(self) -> list[str]:
        words = re.split(r"[\s,;]+", self.cleaned_data.get("numbers") or "")
        return [plain_number(word) for word in words if word]

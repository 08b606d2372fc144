"""What reports ask for: days and branches."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from portal.institution.models import Branch
from portal.ledger.models import Account
from portal.reports.formats import FORMATS

ALL = "All branches"
EARLIEST_YEAR = 1900
MONTH, YEAR, NOTHING = "month", "year", "nothing"
MONTHS_BEFORE = {MONTH: 1, YEAR: 12}
COMPARE = ((MONTH, "The month before"), (YEAR, "The year before"), (NOTHING, "Nothing"))


def _not_too_old(day: dt.date) -> None:
    """No institution of today keeps books from before 1900: such a year is a slip of the hand."""
    if day.year < EARLIEST_YEAR:
        raise ValidationError("Enter a year from 1900 on.", code="old")


def _day_field(label: str, *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, required=required, validators=[_not_too_old])


def _branch_field(branches: QuerySet[Branch], *, all_too: bool) -> forms.ModelChoiceField[Branch]:
    """A branch by its code. With `all_too` it may be left out, which means all of them."""
    empty = ALL if all_too else None
    return forms.ModelChoiceField(branches, required=not all_too, to_field_name="code", empty_label=empty)


def _compare_field() -> forms.ChoiceField:
    return forms.ChoiceField(label="Compare with", choices=COMPARE)


class ReportForm(forms.Form):
    """A report up to a day that has come, of one branch or all."""

    def __init__(self, *args: Any, branches: QuerySet[Branch], all_too: bool, latest: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.latest = latest
        self.fields["branch"] = _branch_field(branches, all_too=all_too)

    def _come(self, day: dt.date) -> dt.date:
        if day > self.latest:
            raise ValidationError("This day has not come yet.", code="future")
        return day


class DayForm(ReportForm):
    """A report at the end of a day."""

    date = _day_field("At the end of")

    def clean_date(self) -> dt.date:
        return self._come(self.cleaned_data["date"])


class BalanceSheetForm(DayForm):
    """The balance sheet of a day, beside an earlier one."""

    compare = _compare_field()


class SpanForm(ReportForm):
    """A report over a span of days."""

    since = _day_field("From")
    until = _day_field("To")

    def clean_until(self) -> dt.date:
        return self._come(self.cleaned_data["until"])

    def clean(self) -> dict[str, Any]:
        days = self.cleaned_data
        if "since" in days and "until" in days and days["since"] > days["until"]:
            self.add_error("until", ValidationError("The last day is before the first.", code="order"))
        return days


class IncomeForm(SpanForm):
    """The income statement of a span of days, beside an earlier one."""

    compare = _compare_field()


class ExportForm(forms.Form):
    """The journal for another program."""

    since = _day_field("From", required=False)
    until = _day_field("To")
    form = forms.ChoiceField(label="Format", choices=[(key, label) for key, (label, _, _) in FORMATS.items()])

    def __init__(self, *args: Any, branches: QuerySet[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].help_text = "Leave it empty to begin with the first entry."
        self.fields["branch"] = _branch_field(branches, all_too=True)


class RangeForm(forms.Form):
    """Days of an account's ledger; both may be left out."""

    since = _day_field("From", required=False)
    until = _day_field("To", required=False)


class AccountForm(forms.Form):
    """What may change of an account of the chart: its name, its place, posting by hand."""

    name = forms.CharField(label="Name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    parent = forms.ModelChoiceField(Account.objects.none(), label="Under", empty_label=None)
    allows_manual = forms.BooleanField(
        label="Entries by hand", required=False, help_text="People may post here themselves, not only the portal."
    )

    def __init__(self, *args: Any, headers: QuerySet[Account], account: Account | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent: Any = self.fields["parent"]
        parent.queryset = headers
        if account is not None and account.parent_id is None:
            self.fields.pop("parent")
        if account is not None and account.is_header:
            self.fields.pop("allows_manual")


class NewAccountForm(AccountForm):
    """A line to be added: what it is cannot be changed afterwards."""

    SORTS = (
        ("hot", "An account that takes many entries at once: income, costs, settlements"),
        ("tracked", "An account with a running balance on each line, never below zero: cash, stocks"),
        ("header", "A header: other accounts stand below it, no entries"),
    )

    code = forms.CharField(
        label="Code",
        max_length=12,
        help_text="Digits, letters, dots, dashes. It stays for ever.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    sort = forms.ChoiceField(label="What it is", choices=SORTS, initial="hot", widget=forms.RadioSelect)
    field_order = ("parent", "code", "name", "sort", "allows_manual")

"""What reports ask for: days and branches."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from portal.institution.models import Branch
from portal.reports.formats import FORMATS

ALL = "All branches"
EARLIEST_YEAR = 1900


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


class DayForm(forms.Form):
    """A report at the end of a day, of one branch or all."""

    date = _day_field("At the end of")

    def __init__(self, *args: Any, branches: QuerySet[Branch], all_too: bool, latest: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._latest = latest
        self.fields["branch"] = _branch_field(branches, all_too=all_too)

    def clean_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["date"]
        if day > self._latest:
            raise ValidationError("This day has not come yet.", code="future")
        return day


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

"""Searching the trail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.audit.queries import Wanted, branches, tables

EARLIEST_YEAR, LATEST_YEAR = 1900, 2999


def _day(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


def _words(label: str, **attrs: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=100, widget=forms.TextInput(attrs=attrs))


class TrailForm(forms.Form):
    """What to look for; empty fields do not narrow."""

    text = _words("Words or request", type="search")
    actor = _words("Who", autocomplete="off")
    table = forms.ChoiceField(label="What", required=False)
    branch = forms.TypedChoiceField(label="Branch of who", required=False, coerce=int, empty_value=None)
    row = _words("Row or subject", autocomplete="off")
    since = _day("From")
    until = _day("To")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["table"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "Everything"), *tables()]
        branch = self.fields["branch"]
        if isinstance(branch, forms.ChoiceField):
            branch.choices = [("", "Every one"), *branches()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", ValidationError("The last day is before the first.", code="order"))
        for name in ("since", "until"):
            if cleaned.get(name) and not EARLIEST_YEAR <= cleaned[name].year <= LATEST_YEAR:
                self.add_error(name, ValidationError("Enter a year of this age.", code="far"))
        return cleaned

    def wanted(self) -> Wanted:
        """What was asked for; only after `is_valid`."""
        return Wanted(**self.cleaned_data)

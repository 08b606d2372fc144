"""The forms of the roof."""

from __future__ import annotations

from django import forms


class SearchForm(forms.Form):
    """What somebody says at the counter: a name, a member or account number, a phone number."""

    text = forms.CharField(
        label="Name, member number, account number or phone",
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "data-search": ""}),
    )

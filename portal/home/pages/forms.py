"""The forms of the roof."""

from __future__ import annotations

from django import forms


class WordsField(forms.CharField):
    """Words to search for. None at all are an answer too: everybody."""

    def validate(self, value: str) -> None:
        """Nothing is missing when nothing was typed."""


class SearchForm(forms.Form):
    """What somebody says at the counter: a name, a member or account number, a phone number."""

    use_required_attribute = False

    text = WordsField(
        label="Name, phone, member or account number",
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "data-search": ""}),
    )

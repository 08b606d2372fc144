"""The forms of the roof."""

from __future__ import annotations

from typing import Any

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


class FindForm(forms.Form):
    """What somebody looks for anywhere: a page, a person, an account, a reference."""

    use_required_attribute = False

    text = WordsField(
        label="Find a page, a person, an account or a reference",
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "autofocus": ""}),
    )


class LookForm(forms.Form):
    """Why somebody opens a record that is not of their branch."""

    WHY = (
        ("At the counter", "The customer is at my counter"),
        ("On the telephone", "The customer called"),
        ("Request or complaint", "A request or complaint of theirs"),
        ("Check or audit", "A check or an audit"),
        ("Other", "Something else"),
    )

    why = forms.ChoiceField(label="Why do you open this record?", choices=WHY, widget=forms.RadioSelect)
    more = forms.CharField(
        label="In your own words",
        max_length=80,
        required=False,
        help_text="Needed for something else",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("why") == "Other" and not said.get("more"):
            self.add_error("more", "Say what it is.")
        return said

    @property
    def said(self) -> str:
        """The reason as it is written down."""
        why, more = self.cleaned_data["why"], self.cleaned_data["more"]
        return f"{why}: {more}" if more else str(why)


class ClosureForm(forms.Form):
    """Why a customer leaves."""

    reason = forms.CharField(label="Reason", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class ForgetForm(forms.Form):
    """Whom to make anonymous, and on whose wish."""

    number = forms.CharField(widget=forms.HiddenInput(), max_length=12)
    reason = forms.CharField(label="Reason", max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"}))

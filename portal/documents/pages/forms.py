"""The form of the public check."""

from __future__ import annotations

from django import forms


class CodeForm(forms.Form):
    """The code from a paper, as somebody types it."""

    code = forms.CharField(
        max_length=64,
        label="Code",
        help_text="Twelve letters and digits at the foot of the document.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

"""What people type on the pages of factors."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.signin import queries
from portal.signin.services.factors import NAME_LENGTH
from portal.signin.services.pins import LONGEST, SHORTEST

_CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "pattern": "[0-9 ]*"}


class AskForm(forms.Form):
    """One way of proving who one is: a code, a password, both, or what a passkey answered."""

    by = forms.CharField(widget=forms.HiddenInput())
    password = forms.CharField(
        label="Password",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(label="Code", max_length=24, widget=forms.TextInput(attrs=_CODE))
    answer = forms.CharField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, kind: str, with_password: bool, **kwargs: Any) -> None:
        kwargs["initial"] = {"by": kind}
        super().__init__(*args, **kwargs)
        kept = {"by", "answer"} if kind == queries.PASSKEY else {"by", "code"}
        if kind == PASSWORD:
            kept = {"by", "password"}
        elif with_password:
            kept |= {"password"}
        for name in set(self.fields) - kept:
            del self.fields[name]
        if kind == queries.RECOVERY:
            self.fields["code"].label = "Recovery code"
            self.fields["code"].help_text = "Ten letters and digits, one of those you wrote down."
            self.fields["code"].widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"})


PASSWORD = "password"  # noqa: S105  # the name of a way


class NewAppForm(forms.Form):
    """The first code of an authenticator app."""

    code = forms.CharField(
        label="Code of the app",
        max_length=12,
        help_text="Six digits, new every half minute.",
        widget=forms.TextInput(attrs=_CODE),
    )
    name = forms.CharField(
        label="Name",
        required=False,
        max_length=NAME_LENGTH,
        help_text="So that you recognise it, for instance the phone's.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class NewPasskeyForm(forms.Form):
    """What the browser answered when it made a passkey."""

    name = forms.CharField(
        label="Name",
        required=False,
        max_length=NAME_LENGTH,
        help_text="So that you recognise it, for instance “My laptop”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    answer = forms.CharField(
        widget=forms.HiddenInput(), error_messages={"required": "The browser has made no passkey yet."}
    )


class PhoneForm(forms.Form):
    """Where codes are to be sent by text message."""

    phone = forms.CharField(
        label="Phone number",
        max_length=24,
        help_text="It takes text messages. Begin with + and the country.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )


class NoForm(forms.Form):
    """Nothing to type: the code goes to the address one signs in with."""


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(label="Code", max_length=12, widget=forms.TextInput(attrs=_CODE))


class NameForm(forms.Form):
    """Another name for a factor."""

    name = forms.CharField(label="Name", max_length=NAME_LENGTH, widget=forms.TextInput(attrs={"autocomplete": "off"}))


def _pin(label: str, help_text: str = "") -> forms.CharField:
    attributes = {"inputmode": "numeric", "autocomplete": "off", "maxlength": LONGEST}
    return forms.CharField(label=label, help_text=help_text, widget=forms.PasswordInput(attrs=attributes))


class PinForm(forms.Form):
    """A new transaction PIN, twice."""

    pin = _pin("New PIN", f"{SHORTEST} to {LONGEST} digits. No birthday, no year, no row like 1234.")
    again = _pin("The same again")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "pin" in cleaned and "again" in cleaned and cleaned["pin"] != cleaned["again"]:
            self.add_error("again", "This is another PIN than the one above.")
        return cleaned

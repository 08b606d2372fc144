"""The forms that let people in, change a password, and search among the tries."""

from __future__ import annotations

from datetime import date
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from portal.access.roles import Role
from portal.base.clock import now
from portal.institution.queries import branches
from portal.people.models import User
from portal.signin import visit as visits
from portal.signin.models import SignInAttempt, SignInSession
from portal.signin.passwords import advice_for
from portal.signin.queries import EVERYBODY, STILL_OPEN, Wanted, WantedSession
from portal.signin.services import Locked, begin_try, fail_try, give_back, refuse_try

EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth ships no types
    """allauth's, in the words of the house: labels instead of placeholders, and one way to a forgotten password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "E-mail address"
        self.fields["password"].help_text = ""
        _plain(self)


class PasswordChangeForm(ChangePasswordForm):  # type: ignore[misc]  # allauth ships no types
    """The present password, then another twice. A wrong present one counts like a wrong sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = "Present password"
        self.fields["oldpassword"].help_text = ""
        _new_password(self, self.user)

    def clean_oldpassword(self) -> str:
        typed: str = self.cleaned_data["oldpassword"]
        visit, at = visits.current(), now()
        try:
            tried = begin_try(who=self.user.email, visit=visit, at=at)
        except Locked as locked:
            refuse_try(who=self.user.email, visit=visit, at=at)
            raise ValidationError(locked.message, code=locked.code) from locked
        if not self.user.check_password(typed):
            fail_try(tried=tried, outcome=SignInAttempt.Outcome.PASSWORD, at=at)
            raise ValidationError("This is not your present password.", code="old_password")
        give_back(tried=tried, at=at)
        return typed

    def clean_password1(self) -> str:
        new: str = self.cleaned_data["password1"]
        if new == self.data.get(self.add_prefix("oldpassword")):
            raise ValidationError("Choose another password than the present one.", code="same_password")
        return new


class PasswordForgottenForm(ResetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    """Where the link to another password goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "E-mail address"
        self.fields["email"].widget.attrs.pop("placeholder", None)


class PasswordResetForm(ResetPasswordKeyForm):  # type: ignore[misc]  # allauth ships no types
    """Another password, twice, after a link from the mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _new_password(self, self.user)


class SignUpForm(forms.Form):
    """Who wants to become a member, and at which branch."""

    full_name = forms.CharField(
        label="Full name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    branch = forms.ModelChoiceField(label="Branch", queryset=branches(), empty_label="Choose a branch")
    password = forms.CharField(
        label="Password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = advice_for(None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        somebody = User(email=cleaned.get("email", ""), full_name=cleaned.get("full_name", ""))
        somebody.branch = cleaned.get("branch")
        try:
            validate_password(cleaned.get("password", ""), somebody)
        except ValidationError as error:
            if cleaned.get("password"):
                self.add_error("password", error)
        return cleaned


class SignUpCodeForm(forms.Form):
    """The code from the mail."""

    code = forms.CharField(
        label="Code",
        max_length=20,
        help_text="Eight digits; spaces do not matter.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class DaysForm(forms.Form):
    """From one day to another; either may be left out."""

    since = forms.DateField(label="From day", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="To day", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        for name, day in (("since", since), ("until", until)):
            if day and not EARLIEST <= day <= LATEST:
                self.add_error(name, ValidationError("Enter a year of this age.", code="far"))
        if since and until and until < since:
            self.add_error("until", ValidationError("The last day is before the first.", code="order"))
        return cleaned


class AttemptsForm(DaysForm):
    """What to look for among tries; empty fields do not narrow."""

    person = forms.CharField(
        label="Person or address", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    outcome = forms.ChoiceField(label="Outcome", required=False, choices=[("", "Any"), *SignInAttempt.Outcome.choices])
    source = forms.CharField(label="From address", required=False, max_length=45)

    field_order = ("person", "outcome", "source", "since", "until")

    def wanted(self) -> Wanted:
        """What was asked for; only after `is_valid`."""
        return Wanted(**self.cleaned_data)


class LogForm(DaysForm):
    """What to look for in the log of sessions. Without a choice it is the staff's."""

    person = forms.CharField(
        label="Person", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    who = forms.ChoiceField(
        label="Whose",
        required=False,
        choices=[("", "Staff"), *((role.value, role.label) for role in Role), (EVERYBODY, "Everybody")],
    )
    ended = forms.ChoiceField(
        label="How it ended",
        required=False,
        choices=[("", "Any"), (STILL_OPEN, "Not yet"), *SignInSession.Ended.choices],
    )

    field_order = ("person", "who", "ended", "since", "until")

    def wanted(self) -> WantedSession:
        """What was asked for; only after `is_valid`."""
        return WantedSession(**self.cleaned_data)


class UnlockForm(forms.Form):
    """Why somebody is let in again."""

    reason = forms.CharField(
        label="Why",
        max_length=200,
        help_text="For instance: came to the counter with an identity card.",
        error_messages={"required": "Say why you let this person in again."},
    )


def _new_password(form: forms.Form, user: Any) -> None:
    form.fields["password1"].label = "New password"
    form.fields["password1"].help_text = advice_for(user)
    form.fields["password2"].label = "New password again"
    _plain(form)


def _plain(form: forms.Form) -> None:
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)

"""The forms of the counter: one leg of a member's visit, what a manager is asked, a reversal, the count of a drawer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.base.fields import AmountField, KeyField, typed_field
from portal.base.money import Money
from portal.counter.models import CounterReversal
from portal.counter.services.legs import Leg
from portal.counter.services.orders import Order
from portal.counter.services.subjects import Subject
from portal.deposits.models import DepositAccount
from portal.deposits.queries import account_by_number
from portal.drawers.pieces import CashForm


class LegForm(CashForm):
    """One leg, for any account or loan of the member that it can be done with. Notes only where cash changes hands.

    `account` is the number of what it is about.
    """

    account = forms.ChoiceField(widget=forms.RadioSelect, label="Account")
    to = forms.CharField(max_length=20, label="To account", widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    amount = AmountField(label="Amount")
    memo = forms.CharField(max_length=140, required=False, label="Note", help_text="Stands on the statement.")
    identity = forms.BooleanField(
        label="I looked at who this is",
        error_messages={"required": "Look at who this is first. Nothing was posted."},
    )

    def __init__(self, *args: Any, leg: Leg, subjects: Sequence[Subject], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.leg, self.subjects = leg, subjects
        choices = [(subject.number, f"{subject.name} …{subject.last_four}") for subject in subjects]
        typed_field(self, "account", forms.ChoiceField).choices = choices
        typed_field(self, "amount", AmountField).currency = subjects[0].currency
        self.fields["account"].label = leg.about.word
        if not leg.needs_target:
            del self.fields["to"]
        if not leg.needs_identity:
            del self.fields["identity"]
        if not leg.has_memo:
            del self.fields["memo"]

    def clean_to(self) -> DepositAccount:
        """The account that receives, whoever's it is; its holder's name is shown before anything is posted."""
        found = account_by_number("".join(self.cleaned_data["to"].split()))
        if found is None:
            raise ValidationError("There is no account with this number.", code="account")
        return found

    @property
    def order(self) -> Order:
        """What a valid form orders."""
        typed = self.cleaned_data
        return Order(
            subject=next(subject for subject in self.subjects if subject.number == typed["account"]),
            amount=typed["amount"],
            notes=self.counts,
            memo=typed.get("memo", ""),
            identity_seen=bool(typed.get("identity")),
            target=typed.get("to"),
        )

    @property
    def draft(self) -> dict[str, Any]:
        """What was typed so far, valid or not, as a visit keeps it."""
        names = [name for name in self.fields if name not in {"key", "identity"}]
        typed = {name: str(self.data.get(name, ""))[:140] for name in names}
        return {"leg": self.leg.name, **{name: text for name, text in typed.items() if text}}


class AskForm(forms.Form):
    """Why the manager should allow it."""

    reason = forms.CharField(max_length=200, label="Reason for the manager")


class SpotForm(AskForm):
    """The same, with the proof of who allows it at this screen: what a passkey answered, else address, password and code."""

    email = forms.EmailField(
        label="Manager's e-mail", required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    password = forms.CharField(
        label="Manager's password",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    code = forms.CharField(
        label="Manager's code",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    answer = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput())

    def clean(self) -> dict[str, Any]:
        """One proof or the other is whole."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("answer") and not all(cleaned.get(name) for name in ("email", "password", "code")):
            raise forms.ValidationError("The manager's e-mail, password and code are all needed.", code="proof")
        return cleaned

    @property
    def proof(self) -> dict[str, str]:
        """What `approver_at` is called with; only after `is_valid`."""
        return {name: self.cleaned_data[name] for name in ("email", "password", "code", "answer")}


class ReversalForm(forms.Form):
    """Why a movement is taken back."""

    key = KeyField()
    reason = forms.ChoiceField(
        choices=CounterReversal.Reason.choices,
        widget=forms.RadioSelect,
        label="Why",
        initial=CounterReversal.Reason.AMOUNT,
    )
    note = forms.CharField(
        max_length=140, required=False, label="In a few words", help_text="Needed for something else."
    )


class UnlockForm(forms.Form):
    """The PIN of whoever has one, else the password."""

    secret = forms.CharField(
        max_length=128, strip=False, label="PIN or password", widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )


class ReasonForm(forms.Form):
    """Why an open drawer is to be counted."""

    reason = forms.CharField(
        max_length=140, label="Why", error_messages={"required": "Say why: the cashier will read it."}
    )


class TakeOverForm(CashForm):
    """What lies in the drawer of somebody who is absent, and why it is counted by another."""

    reason = forms.CharField(
        max_length=140,
        label="Why it is taken over",
        error_messages={"required": "Say why the drawer is taken over."},
    )


class CloseForm(CashForm):
    """What lies in the drawer at the end; at the second count a note must say what may have happened."""

    note = forms.CharField(max_length=140, required=False, label="What may have happened")

    def __init__(self, *args: Any, recount: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = recount
        self.fields["note"].error_messages["required"] = "Say in a few words what may have happened."


def signed(amount: Money, way: str) -> Money:
    """Cash as the drawer sees it: what is paid out is below zero."""
    return -amount if way == "out" else amount

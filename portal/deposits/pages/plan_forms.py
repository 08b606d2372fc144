"""What people type to start a plan, to pay into it, and to take out of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from portal.base.fields import AmountField, KeyField
from portal.deposits.models import DepositAccount, Instruction
from portal.deposits.models.fixed import MOST_MONTHS
from portal.deposits.queries import funds_as_loaded


class AccountField(forms.ChoiceField):
    """One of the accounts given, by its number; cleans to the account."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.accounts: dict[str, DepositAccount] = {}

    def offer(self, accounts: Sequence[DepositAccount]) -> None:
        """Say between which accounts one may choose."""
        self.accounts = {account.number: account for account in accounts}
        self.choices = [(number, _told(account)) for number, account in self.accounts.items()]

    def clean(self, value: Any) -> DepositAccount | None:
        number = super().clean(value)
        return self.accounts.get(number)


def _told(account: DepositAccount) -> str:
    return f"{account.name} …{account.last_four}: {funds_as_loaded(account).available} available"


class PlanForm(forms.Form):
    """Fields that know the plan's currency and the everyday accounts of its owner. `verb` names the button."""

    verb = "Save"
    key = KeyField()

    def __init__(self, *args: Any, currency: str, accounts: Sequence[DepositAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, AmountField):
                field.currency = currency
            elif isinstance(field, AccountField):
                field.offer(accounts)

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, without the key."""
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}


class SusuStart(PlanForm):
    """The stake of each day."""

    verb = "Start the card"
    stake = AmountField(label="Daily stake", help_text="The same every day. It cannot be changed later.")


class ContributionStart(PlanForm):
    """How much a month, towards how much."""

    verb = "Start the plan"
    monthly = AmountField(label="Each month")
    target = AmountField(label="Target", help_text="What it should become in all.")


class SharesPay(PlanForm):
    """How many shares to buy, and from which account."""

    verb = "Buy"
    shares = forms.IntegerField(label="Shares", min_value=1, max_value=1_000_000)
    source = AccountField(label="From")


class FixedStart(PlanForm):
    """How much for how long, and what becomes of it."""

    verb = "Place the deposit"
    amount = AmountField(label="Amount")
    months = forms.IntegerField(label="Months", min_value=1, max_value=MOST_MONTHS)
    source = AccountField(label="From")
    instruction = forms.ChoiceField(label="When it matures", choices=Instruction, widget=forms.RadioSelect)
    pay_to = AccountField(label="Pay out to")


class MoneyIn(PlanForm):
    """An amount from an everyday account."""

    verb = "Pay"
    amount = AmountField(label="Amount")
    source = AccountField(label="From")


class SusuSettle(PlanForm):
    """Where the money goes, and whether the running card ends too."""

    verb = "Pay out"
    target = AccountField(label="Pay out to")
    running_too = forms.BooleanField(
        label="End the running card too", required=False, help_text="Its commission is taken as for a full card."
    )


class SharesRedeem(PlanForm):
    """How many shares to give back, and where the money goes."""

    verb = "Give back"
    shares = forms.IntegerField(label="Shares", min_value=1, max_value=1_000_000)
    target = AccountField(label="Pay out to")


class FixedEnd(PlanForm):
    """Where the money goes."""

    verb = "End the deposit"
    target = AccountField(label="Pay out to")


class FixedInstruct(PlanForm):
    """What becomes of a deposit when it matures."""

    verb = "Save"
    instruction = forms.ChoiceField(label="When it matures", choices=Instruction, widget=forms.RadioSelect)
    pay_to = AccountField(label="Pay out to")


class PauseForm(forms.Form):
    """Why a card rests."""

    reason = forms.CharField(label="Why", max_length=140, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class KeyOnly(forms.Form):
    """A button."""

    key = KeyField()

"""The forms of the counter: cash in and out of a member's account, and the count of a drawer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from portal.base.fields import AmountField
from portal.deposits.models import DepositAccount
from portal.drawers.pieces import CashForm


class DepositForm(CashForm):
    """Cash into one of a member's accounts."""

    account = forms.ChoiceField(widget=forms.RadioSelect, label="Account")
    amount = AmountField(label="Amount")
    memo = forms.CharField(max_length=140, required=False, label="Note", help_text="Stands on the statement.")

    def __init__(self, *args: Any, accounts: Sequence[DepositAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared so above
        field.choices = [(account.number, f"{account.name} …{account.last_four}") for account in accounts]
        amount = self.fields["amount"]
        assert isinstance(amount, AmountField)  # noqa: S101  # declared so above
        amount.currency = accounts[0].currency


class WithdrawalForm(DepositForm):
    """Cash out of one of a member's accounts."""

    identity = forms.BooleanField(
        label="I looked at who this is",
        error_messages={"required": "Look at who this is first. Nothing was posted."},
    )


class CloseForm(CashForm):
    """What lies in the drawer at the end; at the second count a note must say what may have happened."""

    note = forms.CharField(
        max_length=140, required=False, label="What may have happened", help_text="Needed with the second count."
    )

"""The forms of the counter: cash in and out of a member's account, and the count of a drawer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms

from portal.base.fields import AmountField, KeyField
from portal.base.money import Money, exponent
from portal.deposits.models import DepositAccount
from portal.drawers.models import Drawer
from portal.drawers.services import MOST_PIECES
from portal.institution.models import Denomination

MOST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """One note or coin in a count: the field's name, what one is worth, what was typed, what that comes to."""

    name: str
    worth: Money
    typed: str
    line: Money
    errors: list[str]


class PiecesField(forms.IntegerField):
    """How many there are of one note or coin; empty is none. `value` is what one is worth."""

    def __init__(self, denomination: Denomination) -> None:
        self.value = Money(denomination.value_minor, denomination.currency)
        super().__init__(min_value=0, max_value=MOST_PIECES, required=False, label="Notes and coins")
        self.error_messages["invalid"] = "Enter how many there are, in digits."

    def to_python(self, value: Any) -> int | None:
        """Plain digits only: other alphabets' digits are as likely a slip as a number."""
        text = str(value or "").strip()
        if text and not (text.isascii() and text.isdigit()):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(text)


class CashForm(forms.Form):
    """Anything that is counted by note and coin."""

    key = KeyField()

    def __init__(self, *args: Any, denominations: Iterable[Denomination], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in denominations:
            self.fields[_name(each.value_minor)] = PiecesField(each)

    @property
    def digits(self) -> int:
        """How many digits the currency has behind the point, for the page's own adding up."""
        return next((exponent(each.worth.currency) for each in self.pieces), 2)

    @cached_property
    def pieces(self) -> list[Piece]:
        """The rows of the count, largest first. Drawn by the page itself: a dozen widgets would take longer than all else."""
        rows = []
        for name, field in self.fields.items():
            if isinstance(field, PiecesField):
                typed = str(self.data.get(name, "") if self.is_bound else "")
                number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS else 0
                line = Money(field.value.minor * number, field.value.currency)
                rows.append(Piece(name, field.value, typed, line, [str(error) for error in self.errors.get(name, ())]))
        return rows

    @property
    def total(self) -> Money | None:
        """What everything typed comes to."""
        lines = [each.line for each in self.pieces]
        return sum(lines[1:], lines[0]) if lines else None

    @property
    def counts(self) -> dict[int, int]:
        """Minor units to pieces, of a valid form."""
        return {
            field.value.minor: self.cleaned_data[name] or 0
            for name, field in self.fields.items()
            if isinstance(field, PiecesField)
        }


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


class OpenForm(CashForm):
    """Which drawer, and what lies in it."""

    drawer = forms.ChoiceField(label="Drawer")

    def __init__(self, *args: Any, drawers: Sequence[Drawer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["drawer"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared so above
        field.choices = [(str(drawer.pk), drawer.name) for drawer in drawers]


class CloseForm(CashForm):
    """What lies in the drawer at the end; at the second count a note must say what may have happened."""

    note = forms.CharField(max_length=140, required=False, label="What may have happened")


def _name(value_minor: int) -> str:
    return f"note_{value_minor}"

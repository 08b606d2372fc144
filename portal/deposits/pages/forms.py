"""What people type on the pages of accounts and transfers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.base.fields import AmountField, KeyField, typed_field, use_currency
from portal.deposits import movements, queries
from portal.deposits.models import DepositAccount, Payee
from portal.deposits.numbers import is_account_number, plain_number
from portal.deposits.services import BY_OWN_RULES

OTHER = "other"
MEMO_LENGTH = 100


def _day_field(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


class NumberSearch(forms.Form):
    """Finding an account by its number, whole or its beginning."""

    number = forms.CharField(
        label="Account number",
        required=False,
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "data-search": ""}),
    )

    def clean_number(self) -> str:
        return plain_number(self.cleaned_data["number"])


class MovementFilter(forms.Form):
    """Which movements to show, and where the page before ended."""

    text = forms.CharField(
        label="Words, amount or reference",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "data-search": "", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "All"), *movements.KINDS])
    since = _day_field("From")
    until = _day_field("To")
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput())

    def wanted(self) -> dict[str, Any]:
        """What `movements` is asked for; a field that cannot be understood narrows nothing."""
        self.is_valid()
        words = {name: self.cleaned_data.get(name) or "" for name in ("text", "kind")}
        return words | {name: self.cleaned_data.get(name) for name in ("since", "until")}

    @property
    def is_dated(self) -> bool:
        """Whether more than words narrows the list, so that the page shows by what."""
        return any(value for name, value in self.wanted().items() if name != "text")

    @property
    def before_seq(self) -> int | None:
        self.is_valid()
        return self.cleaned_data.get("before")


class NicknameForm(forms.Form):
    """What its owner calls an account."""

    nickname = forms.CharField(
        label="Name",
        required=False,
        max_length=40,
        help_text="Only you see it. Leave it empty for the product's name.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PayeeForm(forms.Form):
    """From which account, and to whom: another of one's own, or somebody else's by its number.

    Once valid, `source` and `target` are the accounts.
    """

    source_account: DepositAccount
    target_account: DepositAccount

    source = forms.ChoiceField(label="From")
    to = forms.ChoiceField(label="To", widget=forms.RadioSelect)
    number = forms.CharField(
        label="Account number of somebody else",
        required=False,
        max_length=24,
        help_text="12 digits. You see the holder's name before anything is sent.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(
        self, *args: Any, accounts: Sequence[DepositAccount], payees: Sequence[Payee] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = {account.number: account for account in accounts}
        self.payees = {payee.account.number: payee for payee in payees}
        own = [(account.number, f"My {account.name} …{account.last_four}") for account in accounts]
        self._choose("source", [(number, self._with_funds(number, label)) for number, label in own])
        saved = [(number, f"{payee.name} …{payee.account.last_four}") for number, payee in self.payees.items()]
        self._choose("to", [*(own if len(own) > 1 else []), *saved, (OTHER, "Somebody else")])
        if len(own) <= 1 and not saved:
            self.fields["to"].widget = forms.HiddenInput()
            self.fields["to"].initial = OTHER
            self.fields["number"].required = True

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        typed_field(self, name, forms.ChoiceField).choices = choices

    def _with_funds(self, number: str, label: str) -> str:
        return f"{label}: {queries.funds_as_loaded(self.accounts[number]).available} available"

    def clean_number(self) -> str:
        return plain_number(self.cleaned_data["number"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "source" not in cleaned or "to" not in cleaned or "number" not in cleaned:
            return cleaned
        self.source_account = self.accounts[cleaned["source"]]
        field = "number" if cleaned["to"] == OTHER else "to"
        target = self._somebody(cleaned["number"]) if cleaned["to"] == OTHER else self._known(cleaned["to"])
        if target is not None:
            self._fits(target, field)
            self.target_account = target
        return cleaned

    def _known(self, number: str) -> DepositAccount:
        """One of one's own accounts, or a saved payee's."""
        return self.accounts[number] if number in self.accounts else self.payees[number].account

    def _somebody(self, number: str) -> DepositAccount | None:
        """The account with this number; an error on the field where there is none."""
        problem = None
        found = None
        if not number:
            problem = "Enter the account number of the person you pay."
        elif not is_account_number(number):
            problem = "This is not an account number: a digit is missing, wrong or in the wrong place."
        else:
            found = queries.account_by_number(number)
            problem = None if found else "No account has this number. Ask the person you pay for it again."
        if problem:
            self.add_error("number", ValidationError(problem, code="payee"))
        return found

    def _fits(self, target: DepositAccount, field: str) -> None:
        if target.pk == self.source_account.pk:
            self.add_error(field, ValidationError("Choose two different accounts.", code="same_account"))
        elif target.currency != self.source_account.currency:
            message = f"This account is kept in {target.currency}, yours in {self.source_account.currency}."
            self.add_error(field, ValidationError(message, code="currency"))
        elif target.product.kind in BY_OWN_RULES:
            self.add_error(field, ValidationError("This account takes no transfers.", code="own_rules"))
        elif target.state in {DepositAccount.State.CLOSED, DepositAccount.State.FROZEN}:
            self.add_error(field, ValidationError("This account takes no money at present.", code="not_moving"))


class AmountForm(forms.Form):
    """How much, and what for."""

    amount = AmountField(label="Amount")
    memo = forms.CharField(
        label="What for",
        required=False,
        max_length=MEMO_LENGTH,
        help_text="Both of you read it.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, source: DepositAccount, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source = source
        use_currency(self, source.currency)

    def clean(self) -> dict[str, Any]:
        """Say early what the ledger would refuse; it decides when the money moves."""
        cleaned: dict[str, Any] = super().clean() or {}
        available = queries.funds_as_loaded(self.source).available
        if cleaned.get("amount") and cleaned["amount"] > available:
            self.add_error("amount", ValidationError(f"At most {available} is available.", code="funds"))
        return cleaned


class SendForm(forms.Form):
    """The last step: the key, and the transaction PIN of whoever has set one."""

    key = KeyField()
    pin = forms.CharField(
        label="Your transaction PIN",
        max_length=6,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, with_pin: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_pin:
            del self.fields["pin"]


class MonthForm(forms.Form):
    """Ask for a month's interest."""

    key = KeyField()
    month = forms.DateField(widget=forms.HiddenInput())

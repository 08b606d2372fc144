"""What is typed about loans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest

from portal.base.fields import AmountField, KeyField, typed_field, use_currency
from portal.deposits.models import DepositAccount
from portal.loans.models import Early, Loan, LoanProduct, LoanTerms, Paper
from portal.loans.offers import per_cent

Offered = Sequence[tuple[LoanProduct, LoanTerms]]
_DIGITS = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
_LONG = forms.Textarea(attrs={"rows": 3})
SETTLES_AHEAD_DAYS = 366
"""How far ahead a settlement figure is worked out."""


class AmountsForm(forms.Form):
    """A form whose amounts are in one currency."""

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        use_currency(self, currency)


def accounts_to_choose(accounts: Sequence[DepositAccount]) -> list[tuple[str, str]]:
    return [(account.number, f"{account.name} …{account.last_four}") for account in accounts]


class CalculatorForm(AmountsForm):
    """How much, over how long, of which product."""

    product = forms.ChoiceField(label="Loan")
    amount = AmountField(label="Amount")
    instalments = forms.IntegerField(label="Instalments", min_value=1, max_value=480)

    def __init__(self, *args: Any, offered: Offered, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {product.code: (product, terms) for product, terms in offered}
        typed_field(self, "product", forms.ChoiceField).choices = [
            (product.code, f"{product.name}, {per_cent(terms.rate_bps)} a year") for product, terms in offered
        ]


class ApplyForm(CalculatorForm):
    """The beginning of an application; staff say whose it is."""

    member = forms.CharField(label="Member number", max_length=12, widget=_DIGITS)
    tops_up = forms.ChoiceField(label="Replaces a running loan", required=False)

    field_order = ("member", "product", "amount", "instalments", "tops_up")

    def __init__(self, *args: Any, is_own: bool, running: Sequence[Loan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "No")] + [(loan.number, f"{loan.product.name} …{loan.last_four}") for loan in running]
        typed_field(self, "tops_up", forms.ChoiceField).choices = choices
        if is_own:
            del self.fields["member"]
        if not running:
            del self.fields["tops_up"]


class LoanForm(AmountsForm):
    """A form about one loan."""

    def __init__(self, *args: Any, loan: Loan, **kwargs: Any) -> None:
        super().__init__(*args, currency=loan.currency, **kwargs)
        self.loan = loan


class AskedForm(LoanForm):
    amount = AmountField(label="Amount")
    instalments = forms.IntegerField(label="Instalments", min_value=1, max_value=480)


class PurposeForm(LoanForm):
    purpose = forms.CharField(label="What the loan is for", max_length=200, widget=_LONG)


class IncomeForm(LoanForm):
    income = AmountField(label="Income a month", allow_zero=True, help_text="What you earn, after tax.")
    outgoings = AmountField(
        label="Outgoings a month", allow_zero=True, help_text="Rent, school, food, instalments elsewhere."
    )


class AccountForm(LoanForm):
    """Which of the member's accounts."""

    account = forms.ChoiceField(label="Account")

    def __init__(self, *args: Any, accounts: Sequence[DepositAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = {account.number: account for account in accounts}
        typed_field(self, "account", forms.ChoiceField).choices = accounts_to_choose(accounts)

    @property
    def chosen(self) -> DepositAccount:
        """The account that was chosen."""
        return self.accounts[self.cleaned_data["account"]]


class GuarantorForm(LoanForm):
    number = forms.CharField(label="Member number", max_length=12, widget=_DIGITS)
    last_name = forms.CharField(label="Last name", max_length=60, help_text="As the guarantor is known here.")
    amount = AmountField(label="Stands for")


class CollateralForm(LoanForm):
    description = forms.CharField(label="What it is", max_length=140)
    value = AmountField(label="What it is worth")


class PaperForm(LoanForm):
    kind = forms.ChoiceField(label="What it shows", choices=Paper.Kind.choices)
    file = forms.FileField(
        label="Photograph or PDF",
        widget=forms.ClearableFileInput(attrs={"accept": "image/*,application/pdf", "capture": "environment"}),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Reason", max_length=140)


class KeyOnly(forms.Form):
    """A button."""

    key = KeyField()


class SettlementForm(forms.Form):
    """The day on which a loan would be settled: the branch's open one or one of the year after it."""

    on = forms.DateField(label="Paid on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, loan: Loan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = loan.branch.business_date

    def clean_on(self) -> date | None:
        day: date | None = self.cleaned_data["on"]
        if day is None:
            return None
        last = self.today + timedelta(days=SETTLES_AHEAD_DAYS)
        if not self.today <= day <= last:
            raise forms.ValidationError(f"A day from {self.today:%d %B %Y} to {last:%d %B %Y}.", code="day")
        return day


class PaperAskedForm(SettlementForm):
    """A button that asks for a paper; a settlement letter may be for a later day."""

    key = KeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].required = False

    @property
    def day(self) -> str:
        """The day it is for, as a job keeps it; nothing for the open one."""
        chosen: date | None = self.cleaned_data["on"]
        return chosen.isoformat() if chosen else ""


class EmptyForm(forms.Form):
    """A step that needs no word."""


class AcceptForm(forms.Form):
    """A member's word that the letter was read."""

    read = forms.BooleanField(
        label="I have read the offer letter and accept the loan on these terms",
        error_messages={"required": "Say that you have read the letter and accept its terms."},
    )


class SignedForm(forms.Form):
    """The day on which a member signed the letter."""

    signed_on = forms.DateField(
        label="Signed on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="The day beside the member's signature.",
    )


class GrantForm(LoanForm):
    """What is proposed for an application."""

    amount = AmountField(label="Amount")
    instalments = forms.IntegerField(label="Instalments", min_value=1, max_value=480)
    rate = forms.DecimalField(label="Rate a year, per cent", max_digits=6, decimal_places=2, min_value=0)
    conditions = forms.CharField(
        label="Conditions before it is paid out", required=False, widget=_LONG, help_text="One a line."
    )
    reason = forms.CharField(label="Why", max_length=140)


class NoteForm(forms.Form):
    note = forms.CharField(label="How it was seen", max_length=200)


class RepayForm(AccountForm):
    """Money from an account of one's own."""

    amount = AmountField(label="Amount")
    early = forms.ChoiceField(label="Money beyond what is due", choices=Early.choices)
    key = KeyField()

    field_order = ("amount", "account", "early")


class CollectForm(AccountForm):
    """From which account instalments are taken."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = typed_field(self, "account", forms.ChoiceField)
        field.required = False
        field.label = "Take instalments from"
        field.choices = [("", "I pay them myself"), *accounts_to_choose(list(self.accounts.values()))]


class ChargeForm(LoanForm):
    amount = AmountField(label="Amount")
    reason = forms.CharField(label="Reason", max_length=140)
    key = KeyField()


class WaiveForm(ChargeForm):
    kind = forms.ChoiceField(label="What is let go", choices=[("penalty", "Penalties"), ("fee", "Fees")])

    field_order = ("kind", "amount", "reason")


class RefundForm(AccountForm):
    amount = AmountField(label="Amount")
    key = KeyField()


class RescheduleForm(LoanForm):
    instalments = forms.IntegerField(label="Instalments from today", min_value=1, max_value=480)
    rate = forms.DecimalField(label="Rate a year, per cent", max_digits=6, decimal_places=2, min_value=0)
    grace = forms.IntegerField(label="Of these, without principal", min_value=0, max_value=24, initial=0)
    reason = forms.CharField(label="Why", max_length=140)


class RecoverForm(LoanForm):
    """Of which savings: the member's own, or what is held of a guarantor's."""

    number = forms.ChoiceField(label="Taken from")
    amount = AmountField(label="Amount")
    reason = forms.CharField(label="Why", max_length=140)
    key = KeyField()

    def __init__(self, *args: Any, savings: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed_field(self, "number", forms.ChoiceField).choices = savings


class ReturnForm(forms.Form):
    """What an application lacks: ticked, and in one's own words, one a line."""

    LACKS = (
        "Proof of income",
        "Proof of identity",
        "Offer or invoice for what is bought",
        "Another guarantor",
        "Collateral",
        "Income and outgoings as they are",
    )

    ticked = forms.MultipleChoiceField(
        label="Tick what is missing",
        choices=[(text, text) for text in LACKS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    more = forms.CharField(
        label="In your own words",
        required=False,
        max_length=300,
        widget=_LONG,
        help_text="One a line. The member reads it.",
    )

    @property
    def lacks(self) -> list[str]:
        """The whole list, what was ticked first."""
        return [*self.cleaned_data["ticked"], *self.cleaned_data["more"].splitlines()]


class CompareForm(forms.Form):
    """Two versions of something, the newest first."""

    before = forms.ChoiceField(label="From")
    after = forms.ChoiceField(label="To")

    def __init__(self, *args: Any, versions: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = versions
        for name in ("before", "after"):
            typed_field(self, name, forms.ChoiceField).choices = list(versions.items())

    @classmethod
    def of(cls, request: HttpRequest, versions: Mapping[str, str]) -> CompareForm:
        """The two that were asked for; the last change unless others were."""
        keys = list(versions)
        last = {"before": keys[min(1, len(keys) - 1)], "after": keys[0]} if keys else {}
        return cls(request.GET if "after" in request.GET else last, versions=versions)

    @property
    def chosen(self) -> tuple[str, str]:
        """The keys of the earlier and the later one."""
        return self.cleaned_data["before"], self.cleaned_data["after"]

    @property
    def names(self) -> dict[str, str]:
        """What heads the two columns."""
        return {f"{name}_name": self.versions[self.cleaned_data[name]] for name in ("before", "after")}


class LoanFilter(forms.Form):
    """What narrows the list of loans."""

    state = forms.ChoiceField(label="State", choices=[("", "All"), *Loan.State.choices], required=False)
    text = forms.CharField(label="Number or name", max_length=60, required=False)


class InboxFilter(AmountsForm):
    """What narrows the inbox: a product, an amount from which on, how long it has waited."""

    AGES = (("", "Any time"), ("3", "3 days and more"), ("7", "A week and more"), ("14", "Two weeks and more"))

    product = forms.ModelChoiceField(LoanProduct.objects.all(), label="Loan", required=False, empty_label="All")
    least = AmountField(label="Amount from", required=False)
    age = forms.ChoiceField(label="Waiting for", choices=AGES, required=False)

    def wanted(self) -> dict[str, Any]:
        """What the list is narrowed by; a field that cannot be understood narrows nothing."""
        self.is_valid()
        typed = self.cleaned_data
        return {"product": typed.get("product"), "least": typed.get("least"), "age_days": int(typed.get("age") or 0)}

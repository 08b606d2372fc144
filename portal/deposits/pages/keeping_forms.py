"""What is typed to open, change and close accounts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.base.fields import AmountField, KeyField, typed_field, use_currency
from portal.deposits.models import DepositAccount, Product
from portal.people.models import Customer


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label="Reason", max_length=140)


class StateForm(forms.Form):
    """Where an account goes from here."""

    state = forms.ChoiceField(label="From now on the account is")
    reason = forms.CharField(label="Reason", max_length=140)
    identity_seen = forms.CharField(
        label="Known by", max_length=140, required=False, help_text="To wake a dormant account: which document you saw."
    )

    def __init__(self, *args: Any, states: list[str], is_dormant: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each, DepositAccount.State(each).label) for each in states]
        typed_field(self, "state", forms.ChoiceField).choices = choices
        if not is_dormant:
            del self.fields["identity_seen"]


class EditForm(forms.Form):
    """Who may move an account, and how far it may be overdrawn."""

    mandate = forms.ChoiceField(label="Who may move it", choices=DepositAccount.Mandate.choices)
    overdraft_limit = AmountField(label="Overdraft limit", allow_zero=True)
    reason = forms.CharField(label="Reason", max_length=140)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        use_currency(self, currency)


class MemberField(forms.CharField):
    """A member number; cleans to the customer among those within reach."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(max_length=12, widget=widget, **kwargs)
        self.reach = Customer.objects.none()

    def clean(self, value: Any) -> Customer | None:
        number = super().clean(value).replace(" ", "")
        if not number:
            return None
        found = self.reach.filter(number=number).first()
        if found is None:
            raise ValidationError("There is no member with this number.", code="nobody")
        return found


class HolderForm(forms.Form):
    """Somebody who becomes a holder too."""

    customer = MemberField(label="Member number")
    reason = forms.CharField(label="Reason", max_length=140)


class InterestForm(forms.Form):
    """One account's interest, up to a day that is over."""

    through = _day("Up to and including")
    reason = forms.CharField(label="Reason", max_length=140)


class CloseForm(forms.Form):
    """Closing an account: why, and where the rest goes."""

    target = forms.ChoiceField(label="What remains goes to", required=False)
    reason = forms.CharField(label="Reason", max_length=140)
    key = KeyField()

    def __init__(self, *args: Any, targets: list[DepositAccount], remains: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.number, f"{each.name} …{each.last_four}") for each in targets]
        nowhere = "Choose an account" if remains else "Nothing remains"
        typed_field(self, "target", forms.ChoiceField).choices = [("", nowhere), *choices]


class ApplyForm(forms.Form):
    """An account that somebody would like."""

    product = forms.ModelChoiceField(label="Product", queryset=Product.objects.none(), empty_label=None)
    purpose = forms.CharField(label="What it is for", max_length=140)

    def __init__(self, *args: Any, products: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed_field(self, "product", forms.ModelChoiceField).queryset = products


class OpenForm(ApplyForm):
    """The same by staff, for a member, with a further holder where wanted."""

    customer = MemberField(label="Member number")
    other = MemberField(label="Further holder", required=False, help_text="Member number, for an account held by two.")
    mandate = forms.ChoiceField(label="Who may move it", choices=DepositAccount.Mandate.choices)

    field_order = ("customer", "product", "purpose", "other", "mandate")


class DecisionForm(forms.Form):
    """Yes or no to an account that was asked for."""

    accept = forms.TypedChoiceField(
        label="Decision",
        choices=[("yes", "Approve"), ("no", "Decline")],
        coerce=lambda text: text == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="Reason", max_length=140, required=False, help_text="Needed for a no.")

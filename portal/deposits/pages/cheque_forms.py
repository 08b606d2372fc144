"""What people type about cheques: what stands on one, its pictures, why it came back, the rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any

from django import forms
from django.core.exceptions import ValidationError

from portal.base.fields import AmountField, KeyField, typed_field, use_currency
from portal.deposits.cheques import BACK, FRONT, Read
from portal.deposits.models import ChequeRules, DepositAccount
from portal.deposits.pages.plan_forms import AccountField
from portal.documents.inspection import ACCEPT_PICTURES

WEEKDAYS = (
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
)
OTHER = "other"
WHY_RETURNED = (
    "Not enough money in the account it is drawn on",
    "The signature differs",
    "Stopped by whoever wrote it",
    "The account it is drawn on is closed",
    "Words and figures differ",
    "Presented before",
)


def _picture(label: str, *, required: bool, help_text: str = "") -> forms.FileField:
    widget = forms.FileInput(attrs={"accept": ACCEPT_PICTURES, "capture": "environment", "data-sharp": "1000"})
    return forms.FileField(
        label=label, required=required, widget=widget, help_text=help_text, allow_empty_file=True, max_length=255
    )


def _day(label: str, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, help_text=help_text)


def _typed(label: str, most: int, **attrs: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}))


class PhotographForm(forms.Form):
    """A member's cheque: two photographs and the amount."""

    key = KeyField()
    account = AccountField(label="Into")
    amount = AmountField(label="Amount", help_text="As the figures on the cheque say.")
    front = _picture("Photo of the front", required=True, help_text="All four corners, in good light, not blurred.")
    back = _picture("Photo of the back", required=True, help_text="Sign the back first.")

    def __init__(self, *args: Any, accounts: Sequence[DepositAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed_field(self, "account", AccountField).offer(accounts)
        use_currency(self, accounts[0].currency if accounts else "")

    def pictures(self) -> dict[str, IO[bytes]]:
        """Both sides by purpose; only after `is_valid`."""
        return {FRONT: self.cleaned_data["front"], BACK: self.cleaned_data["back"]}


class ReadForm(forms.Form):
    """What stands on a cheque, typed from the paper or its pictures."""

    number = _typed("Cheque number", 16, inputmode="numeric")
    sort_code = _typed("Sort code", 12, inputmode="numeric")
    drawn_account = _typed("Account it is drawn on", 30, inputmode="numeric")
    issued_on = _day("Date on the cheque")
    drawer_name = _typed("Who wrote it", 120)
    amount = AmountField(label="Amount")
    signature_seen = forms.BooleanField(
        label="I compared the signature with the specimen", required=False, help_text="Needed for cheques on us."
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        use_currency(self, currency)

    def read(self) -> Read:
        """What was typed; only after `is_valid`."""
        return Read(**{name: self.cleaned_data[name] for name in Read.__dataclass_fields__})


class TakeForm(ReadForm):
    """A cheque over the counter; pictures where there is a scanner."""

    key = KeyField()
    front = _picture("Picture of the front", required=False)
    back = _picture("Picture of the back", required=False)

    def pictures(self) -> dict[str, IO[bytes]]:
        """The sides that were brought, by purpose; only after `is_valid`."""
        sides = {FRONT: self.cleaned_data["front"], BACK: self.cleaned_data["back"]}
        return {purpose: file for purpose, file in sides.items() if file}


class WhyForm(forms.Form):
    """Why a cheque is not taken, came back, or is taken back."""

    reason = forms.CharField(label="Why", max_length=120, required=False, widget=forms.TextInput(attrs={"list": "why"}))


class NotTakenForm(forms.Form):
    """Why a cheque is not taken: always needed."""

    reason = _typed("Why", 120)


class RulesForm(forms.Form):
    """Other rules, from a day on."""

    effective_from = _day("Hold from")
    hold_days = forms.IntegerField(label="Working days until a cheque clears", min_value=0, max_value=60)
    stale_months = forms.IntegerField(label="Months until a cheque is stale", min_value=1, max_value=60)
    working_days = forms.MultipleChoiceField(
        label="Banks clear on", choices=(*WEEKDAYS, ("7", "Sunday")), widget=forms.CheckboxSelectMultiple
    )
    own_prefix = forms.RegexField(
        r"^[0-9]{0,6}$", label="Our own sort codes begin with", required=False, help_text="Empty: no cheques are on us."
    )
    counter_limit = AmountField(
        label="One cashier alone up to", required=False, allow_zero=True, help_text="Empty: any amount."
    )
    phone_limit = AmountField(label="By photograph up to", required=False, help_text="Empty: any amount.")
    blocks_day_end = forms.BooleanField(label="The day ends only when its cheques are decided", required=False)
    reason = _typed("Why", 140)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        use_currency(self, currency)

    def values(self) -> dict[str, Any]:
        """The columns of `ChequeRules`; only after `is_valid`."""
        typed = self.cleaned_data
        plain = {name: typed[name] for name in ("hold_days", "stale_months", "own_prefix", "blocks_day_end")}
        limits = {
            f"{name}_minor": None if typed[name] is None else typed[name].minor
            for name in ("counter_limit", "phone_limit")
        }
        return plain | limits | {"working_days": "".join(sorted(typed["working_days"]))}

    @staticmethod
    def initial_of(rules: ChequeRules) -> dict[str, Any]:
        """The form as the rules of today would fill it in."""
        names = ("hold_days", "stale_months", "own_prefix", "blocks_day_end")
        limits = {"counter_limit": rules.counter_limit, "phone_limit": rules.phone_limit}
        shown = {name: limit.to_decimal() for name, limit in limits.items() if limit is not None}
        return {name: getattr(rules, name) for name in names} | shown | {"working_days": list(rules.working_days)}


class ChosenForm(forms.Form):
    """The cheques that are cleared together."""

    cheque = forms.TypedMultipleChoiceField(required=False)

    def __init__(self, *args: Any, ids: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed_field(self, "cheque", forms.ChoiceField).choices = [(each, each) for each in ids]

    def clean_cheque(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["cheque"]
        if not chosen:
            raise ValidationError("Choose the cheques that have cleared.", code="none")
        return chosen

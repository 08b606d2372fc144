"""What people and operations managers fill in about notices."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.access.roles import Role
from portal.base.fields import AmountField, KeyField, typed_field, use_currency
from portal.institution.queries import institution
from portal.notifications import queries
from portal.notifications.kinds import Channel, kinds_for
from portal.notifications.models import amount_of
from portal.notifications.services.choosing import Choice, wanted_now

CLOCK = {"type": "time"}


class ChoiceForm(forms.Form):
    """The matrix of kinds and channels comes as ticked `wanted` boxes, `kind:channel` each."""

    wanted = forms.MultipleChoiceField(required=False)
    begins = forms.TimeField(
        label="No mail or text message from", required=False, widget=forms.TimeInput(attrs=CLOCK, format="%H:%M")
    )
    ends = forms.TimeField(
        label="until",
        required=False,
        widget=forms.TimeInput(attrs=CLOCK, format="%H:%M"),
        help_text="What comes meanwhile is sent then. Security notices come at any hour.",
    )
    large = AmountField(label="A movement is large from", required=False, help_text="Empty: you are told of none.")
    low = AmountField(label="A balance is low below", required=False, help_text="Empty: you are not told.")

    def __init__(self, data: Any = None, *, user: Any) -> None:
        super().__init__(data, initial=self._present(user))
        self.user = user
        customer = user.role == Role.CUSTOMER
        kinds = kinds_for(customer=customer)
        choices = [(f"{kind.code}:{way.value}", kind.title) for kind in kinds for way in Channel]
        typed_field(self, "wanted", forms.ChoiceField).choices = choices
        if customer:
            use_currency(self, _currency())
        else:
            del self.fields["large"], self.fields["low"]

    @property
    def ticked(self) -> set[str]:
        """The boxes as they stand on the page: as sent, else as chosen."""
        if self.is_bound:
            return set(self.data.getlist("wanted"))  # type: ignore[attr-defined]  # a request's data
        return {f"{kind}:{way}" for kind, way in wanted_now(self.user)}

    @property
    def choice(self) -> Choice:
        given = self.cleaned_data
        pairs = [tuple(value.rsplit(":", 1)) for value in given["wanted"]]
        large, low = given.get("large"), given.get("low")
        return Choice(
            wanted={(kind, way) for kind, way in pairs},
            begins=given["begins"],
            ends=given["ends"],
            large_minor=large.minor if large else None,
            low_minor=low.minor if low else None,
        )

    @staticmethod
    def _present(user: Any) -> dict[str, Any]:
        quiet = queries.quiet_of(user)
        if quiet is None:
            return {}
        amounts = {"large": amount_of(quiet.large_minor, _currency()), "low": amount_of(quiet.low_minor, _currency())}
        plain = {name: f"{amount.to_decimal()}" for name, amount in amounts.items() if amount}
        return {"begins": quiet.begins, "ends": quiet.ends, **plain}


def _currency() -> str:
    ours = institution()
    return ours.currency if ours else "GHS"


class WordingForm(forms.Form):
    """Subject and text of one kind on one channel; `after` is the version they are written over."""

    after = forms.IntegerField(widget=forms.HiddenInput)
    subject = forms.CharField(label="Subject", max_length=160, required=False)
    text = forms.CharField(label="Text", max_length=4000, strip=False, widget=forms.Textarea(attrs={"rows": 10}))

    def __init__(self, *args: Any, channel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if channel == Channel.SMS:
            del self.fields["subject"]

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        return text.replace("\r\n", "\n").strip()


class SentForm(forms.Form):
    """Which deliveries to show."""

    STATES = (("", "All"), ("failed", "Failed"), ("waiting", "Waiting"), ("done", "Sent"))

    q = forms.CharField(label="To or about", required=False, max_length=80)
    channel = forms.ChoiceField(
        label="By", required=False, choices=[("", "All"), (Channel.EMAIL, "E-mail"), (Channel.SMS, "Text message")]
    )
    state = forms.ChoiceField(label="State", required=False, choices=STATES)


class TestForm(forms.Form):
    """Where a test goes."""

    key = KeyField()
    channel = forms.ChoiceField(
        label="By",
        choices=[(Channel.EMAIL, "E-mail"), (Channel.SMS, "Text message")],
        widget=forms.RadioSelect,
        initial=Channel.EMAIL,
    )
    address = forms.CharField(
        label="Address or number", max_length=254, help_text="A number with its country, such as +233241234567."
    )

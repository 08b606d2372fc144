"""Form fields that know money and keys."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from portal.base.keys import new_key
from portal.base.money import AmountError, Money, parse_amount


class AmountField(forms.CharField):
    """An amount of money above zero in one currency; cleans to `Money`.

    The currency is given with the field or set on it before the form is bound (`form.fields["amount"].currency`).
    """

    def __init__(self, *, currency: str = "", allow_zero: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 24)
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "amount"})
        kwargs.setdefault("widget", widget)
        super().__init__(**kwargs)
        self.currency = currency
        self.allow_zero = allow_zero

    def clean(self, value: Any) -> Money | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = parse_amount(text, self.currency)
        except AmountError as error:
            raise ValidationError(error.message, code=error.code) from error
        if not amount and not self.allow_zero:
            raise ValidationError("The amount must be more than 0.", code="zero")
        return amount


class KeyField(forms.CharField):
    """The hidden key of a form that moves money: made when the form is rendered, sent back unchanged.

    Missing or no UUID: the request is refused, since nobody could tell whether it had been made before.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.HiddenInput())
        kwargs.setdefault("initial", new_key)
        kwargs.setdefault("max_length", 36)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return str(UUID(text))
        except ValueError as error:
            raise ValidationError("This form was not complete. Open the page again.", code="key") from error


FieldT = TypeVar("FieldT", bound=forms.Field)


def typed_field(form: forms.BaseForm, name: str, kind: type[FieldT]) -> FieldT:
    """A form's field as what it is, to give it its choices or its currency. One of another kind is a programming error."""
    found = form.fields[name]
    if not isinstance(found, kind):
        raise TypeError(f"{name} is a {type(found).__name__}, not a {kind.__name__}")
    return found


def use_currency(form: forms.BaseForm, currency: str) -> None:
    """Let every amount of a form be in one currency."""
    for field in form.fields.values():
        if isinstance(field, AmountField):
            field.currency = currency

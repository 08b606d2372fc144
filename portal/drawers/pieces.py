"""The form of everything that is counted by note and coin, as `templates/drawers/_pieces.html` draws it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms

from portal.base.fields import KeyField, typed_field
from portal.base.money import Money, exponent
from portal.drawers.models import Drawer
from portal.drawers.services.notes import MOST_PIECES
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
        self.error_messages["max_value"] = f"At most {MOST_PIECES:,} pieces."

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
                typed = str(self.data.get(self.add_prefix(name), "") if self.is_bound else "")
                number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS else 0
                line = Money(field.value.minor * number, field.value.currency)
                rows.append(
                    Piece(
                        self.add_prefix(name),
                        field.value,
                        typed,
                        line,
                        [str(error) for error in self.errors.get(name, ())],
                    )
                )
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


class DrawerCashForm(CashForm):
    """Which drawer, and what lies in it."""

    drawer = forms.ChoiceField(label="Drawer")

    def __init__(self, *args: Any, drawers: Sequence[Drawer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(str(drawer.pk), drawer.name) for drawer in drawers]
        typed_field(self, "drawer", forms.ChoiceField).choices = offered


def _name(value_minor: int) -> str:
    return f"note_{value_minor}"

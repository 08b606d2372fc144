"""Forms of the vault: cash handed over, counted, refused."""

from __future__ import annotations

from django import forms

from portal.drawers.models import VaultTransfer
from portal.drawers.pieces import CashForm


class AskForm(CashForm):
    """What a cashier asks of the vault, or gives to it."""

    way = forms.ChoiceField(
        label="What do you need?",
        widget=forms.RadioSelect,
        choices=[
            (VaultTransfer.Way.TO_DRAWER, "Cash from the vault"),
            (VaultTransfer.Way.TO_VAULT, "Take cash to the vault"),
        ],
        error_messages={"required": "Say whether cash comes from the vault or goes to it."},
    )


class VaultCountForm(CashForm):
    """What lies in the vault; a difference needs a note."""

    note = forms.CharField(
        max_length=140, required=False, label="Note", help_text="Needed when the count and the books differ."
    )


class RefusalForm(forms.Form):
    """Why cash is not taken or given."""

    reason = forms.CharField(
        max_length=140, label="Why not?", error_messages={"required": "Say why not: the other side will read it."}
    )

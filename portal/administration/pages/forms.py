"""What an administrator types: invitations, reasons, another role, and what to look for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from portal.access import policy
from portal.access.capabilities import DESCRIPTIONS, Capability
from portal.access.roles import STAFF, Role
from portal.administration import queries
from portal.base.clock import now
from portal.base.fields import AmountField
from portal.institution.models import Branch
from portal.people.models import User

ROLES = [(role.value, role.label) for role in Role if role in STAFF]
STATES = [("", "All"), ("active", "Active"), ("suspended", "Suspended"), ("dormant", "Dormant, 90 days")]


def text_field(label: str, *, most: int, required: bool = True, **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=required, widget=forms.TextInput(attrs={"autocomplete": "off", **attrs})
    )


class FilterForm(forms.Form):
    """Who to look for; empty fields do not narrow."""

    text = text_field("Name or e-mail", most=80, required=False, type="search")
    role = forms.ChoiceField(label="Role", required=False, choices=[("", "All"), *ROLES])
    branch = forms.ModelChoiceField(Branch.objects.none(), label="Branch", required=False, empty_label="All")
    state = forms.ChoiceField(label="State", required=False, choices=STATES)

    def __init__(self, *args: Any, branches: QuerySet[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["branch"]
        field.queryset = branches

    def narrowed(self, staff: QuerySet[User]) -> QuerySet[User]:
        """Those who fit; only after `is_valid`."""
        wanted = self.cleaned_data
        if wanted["text"]:
            staff = staff.filter(Q(full_name__icontains=wanted["text"]) | Q(email__icontains=wanted["text"]))
        staff = staff.filter(**{name: wanted[name] for name in ("role", "branch") if wanted[name]})
        if wanted["state"] == "dormant":
            return queries.dormant(staff, at=now())
        return staff.filter(is_active=wanted["state"] == "active") if wanted["state"] else staff


class PlaceForm(forms.Form):
    """A role of staff and, where the role works in one, a branch."""

    role = forms.ChoiceField(label="Role", choices=ROLES)
    branch = forms.ModelChoiceField(
        Branch.objects.none(),
        label="Branch",
        required=False,
        empty_label="None",
        help_text="Cashiers, mobile bankers and managers work in a branch; the others in none.",
    )

    def __init__(self, *args: Any, branches: QuerySet[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["branch"]
        field.queryset = branches


class InviteForm(PlaceForm):
    """Somebody who shall work here."""

    full_name = text_field("Name", most=120)
    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    field_order = ("full_name", "email", "role", "branch")


class ReasonForm(forms.Form):
    """Why. It is kept with what is done."""

    reason = text_field("Why", most=300)


class RoleForm(PlaceForm):
    """Another role or branch, and why."""

    reason = text_field("Why", most=300)


class LimitForm(forms.Form):
    """A daily limit of one person; empty lifts it."""

    capability = forms.ChoiceField(label="What")
    amount = AmountField(label="At most", required=False, allow_zero=True, help_text="Leave it empty for no limit.")
    reason = text_field("Why", most=300)

    def __init__(self, *args: Any, capabilities: Sequence[Capability], currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        amount, capability = self.fields["amount"], self.fields["capability"]
        if isinstance(amount, AmountField) and isinstance(capability, forms.ChoiceField):
            amount.currency = currency
            capability.choices = [(each.value, DESCRIPTIONS[each]) for each in capabilities]


class CeilingForm(LimitForm):
    """The ceiling of a role for one act; empty lifts it."""

    role = forms.ChoiceField(label="Role", choices=ROLES)
    field_order = ("role", "capability", "amount", "reason")


class PasswordForm(forms.Form):
    """The password somebody chooses who was invited."""

    password = forms.CharField(
        label="Password",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        least = policy.current().password_alone
        self.fields[
            "password"
        ].help_text = f"At least {least} characters: a few words that only you put together. You may paste it."

"""The forms of a registration, of its verification, and of a customer's standing."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.base.fields import AmountField, typed_field
from portal.institution.models import Branch
from portal.people.models import HIGHEST_SCORE, LOWEST_SCORE, Address, Customer, IdentityKind, RiskProfile
from portal.people.pages.fields import DayField, PhoneField, ScanField

NOT_SAID = [("", "Not said")]


def _text(label: str, length: int, *, required: bool = True, autocomplete: str = "off", help_text: str = "") -> Any:
    widget = forms.TextInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=length, required=required, widget=widget, help_text=help_text)


class AboutForm(forms.Form):
    """Names as on the identity document, birth date, sex."""

    given_name = _text("Given names", 80, autocomplete="given-name", help_text="As on the identity document")
    family_name = _text("Family name", 80, autocomplete="family-name")
    birth_date = DayField(label="Date of birth")
    sex = forms.ChoiceField(label="Sex", choices=[*NOT_SAID, *Customer.Sex.choices], required=False)


class ContactForm(forms.Form):
    """How somebody is reached."""

    phone = PhoneField(label="Mobile number", help_text="For instance 024 123 4567")
    second_phone = PhoneField(label="Another number", required=False)
    email = forms.EmailField(label="E-mail address", required=False)


class AddressForm(forms.Form):
    """The home address."""

    line1 = _text("House and street", 80, autocomplete="address-line1")
    line2 = _text("Area", 80, required=False, autocomplete="address-line2")
    town = _text("Town", 60, autocomplete="address-level2")
    district = _text("District", 60, required=False)
    digital = _text("Digital address", 20, required=False, help_text="For instance AK-485-9323")


class WorkForm(forms.Form):
    """What somebody lives on."""

    occupation = _text("Occupation", 80, autocomplete="organization-title")
    employer = _text("Employer", 120, required=False, autocomplete="organization")
    income = AmountField(label="Income", required=False, allow_zero=True)
    income_period = forms.ChoiceField(
        label="How often", choices=Customer.IncomePeriod.choices, initial="month", required=False
    )


class IdentityForm(forms.Form):
    """An identity document with its scans."""

    kind = forms.ModelChoiceField(
        label="Kind of document", queryset=IdentityKind.objects.filter(is_taken=True), empty_label=None
    )
    number = _text("Number", 30, help_text="As printed on it")
    issued_on = DayField(label="Issued on", required=False)
    expires_on = DayField(label="Expires on", required=False, help_text="Leave empty only where none is printed")
    front = ScanField(label="Photo of the front", required=False, help_text="JPEG, PNG, WebP or PDF, up to 9 MB")
    back = ScanField(label="Photo of the back", required=False)


class PhotoForm(forms.Form):
    """The face, and the signature on white paper."""

    photograph = ScanField(
        label="Photograph", camera="user", pictures_only=True, required=False, help_text="Face from the front, no hat"
    )
    signature = ScanField(
        label="Signature", pictures_only=True, required=False, help_text="On white paper, photographed from above"
    )


class KinForm(forms.Form):
    """Up to two next of kin; the second may stay empty."""

    full_name = _text("Full name", 120)
    relation = _text("Relation", 40, help_text="For instance sister")
    phone = PhoneField(label="Telephone", required=False)
    share_percent = forms.IntegerField(label="Share, per cent", min_value=1, max_value=100, initial=100)


class SecondKinForm(KinForm):
    """The other next of kin, if there is one."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["empty_permitted"] = True
        super().__init__(*args, **kwargs)
        self.fields["share_percent"].initial = None


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label="Reason", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class BranchForm(forms.Form):
    """Which branch."""

    branch = forms.ModelChoiceField(label="Branch", queryset=Branch.objects.all(), empty_label=None)


class NotTheSameForm(forms.Form):
    """The clerk compared the people who look alike and is sure."""

    is_somebody_else = forms.BooleanField(
        label="I compared them: this is somebody else",
        error_messages={"required": "Compare them with the person before you, then tick this."},
    )


class DecisionForm(forms.Form):
    """Verified, or given back with what is wrong."""

    outcome = forms.ChoiceField(
        label="Decision", choices=[("verified", "Verify"), ("rejected", "Give back")], widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label="What is wrong",
        max_length=300,
        required=False,
        help_text="When it is given back; the customer reads this",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RiskForm(forms.Form):
    """A judgement of risk."""

    score = forms.IntegerField(
        label="Credit score",
        min_value=LOWEST_SCORE,
        max_value=HIGHEST_SCORE,
        help_text=f"{LOWEST_SCORE} to {HIGHEST_SCORE}, higher is safer",
    )
    category = forms.ChoiceField(label="Category", choices=RiskProfile.Category.choices)
    reason = forms.CharField(label="What it rests on", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    review_on = DayField(label="Look at it again on")


class TransferForm(BranchForm, ReasonForm):
    """Another home branch than `branch`, and why."""

    field_order = ("branch", "reason")

    def __init__(self, *args: Any, branch: Branch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = typed_field(self, "branch", forms.ModelChoiceField)
        # No branch stands there by itself: whoever overlooks the field would send the customer away.
        field.empty_label = "Choose a branch"
        field.queryset = Branch.objects.exclude(pk=branch.pk)


class MandateForm(forms.Form):
    """Somebody who may act for the customer."""

    full_name = _text("Full name", 120)
    relation = _text("Relation to the customer", 40)
    phone = PhoneField(label="Telephone", required=False)
    valid_until = DayField(label="Until", required=False, help_text="Empty: until it is ended")
    photograph = ScanField(label="Photograph", pictures_only=True)
    signature = ScanField(label="Signature", pictures_only=True, required=False)


class MandateRuleForm(forms.Form):
    """Any one, or all together."""

    rule = forms.ChoiceField(label="Who must act", choices=Customer.MandateRule.choices)


class ViewsForm(forms.Form):
    """Filters of the list of looks."""

    number = forms.CharField(label="Member number", max_length=12, required=False)
    who = forms.CharField(label="Looked at by", max_length=80, required=False)
    day = DayField(label="On", required=False)


ADDRESS_KIND = Address.Kind.HOME

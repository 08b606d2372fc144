"""What is asked at the first run of an institution."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.validators import RegexValidator
from django.forms import BoundField

from portal.administration.pages.forms import PasswordForm, text_field
from portal.administration.services.setting_up import FirstAdministrator, FirstBranch, FirstInstitution
from portal.institution.currencies import CURRENCIES

LOCALES = [
    ("en", "English: 1,234.50"),
    ("en_GB", "English (United Kingdom): 1,234.50"),
    ("de", "German: 1.234,50"),
    ("fr", "French: 1 234,50"),
    ("pt_PT", "Portuguese: 1 234,50"),
]
REGIONS = frozenset(("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"))
SECTIONS = {
    "Institution": ("name", "short_name", "currency", "time_zone", "locale"),
    "First branch": ("code", "branch_name", "address", "phone", "opening_hours", "business_date"),
    "First administrator": ("full_name", "email", "password"),
}


@cache
def time_zones() -> list[tuple[str, str]]:
    """Every place with a time of its own, UTC first."""
    places = sorted(name for name in available_timezones() if name.partition("/")[0] in REGIONS)
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in places)]


class SetupForm(PasswordForm):
    """Institution, first branch and first administrator. What was typed comes back, but for the password."""

    name = text_field("Name", most=120)
    short_name = text_field("Short name", most=30)
    currency = forms.ChoiceField(
        label="Currency",
        choices=[("", "Choose one"), *((code, f"{code} – {cash.name}") for code, cash in CURRENCIES.items())],
        help_text="The books are kept in it. It cannot be changed later.",
    )
    time_zone = forms.ChoiceField(label="Time zone", choices=time_zones, help_text="It decides when a day is over.")
    locale = forms.ChoiceField(label="How amounts are written", choices=LOCALES)
    code = forms.CharField(
        label="Code",
        max_length=2,
        initial="01",
        validators=[RegexValidator(r"^[0-9]{2}$", "Enter two digits, like 01.")],
        help_text="Two digits. It cannot be changed later.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    branch_name = text_field("Name of the branch", most=80)
    address = text_field("Address", most=200, required=False)
    phone = text_field("Telephone", most=40, required=False, inputmode="tel")
    opening_hours = text_field("Opening hours", most=120, required=False)
    business_date = forms.DateField(
        label="First business day",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="The day the books open on: today, or an earlier day whose business is still to be entered.",
    )
    full_name = text_field("Your name", most=120)
    email = forms.EmailField(
        label="E-mail address",
        help_text="You sign in with it.",
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    field_order = tuple(name for names in SECTIONS.values() for name in names)

    def sections(self) -> list[tuple[str, list[BoundField]]]:
        """The fields by the thing they are about."""
        return [(title, [self[name] for name in names]) for title, names in SECTIONS.items()]

    def parts(self) -> dict[str, Any]:
        """The three things to be made; only after `is_valid`."""
        given = self.cleaned_data
        branch = {name: given[name] for name in ("code", "address", "phone", "opening_hours", "business_date")}
        return {
            "institution": FirstInstitution(**{name: given[name] for name in SECTIONS["Institution"]}),
            "branch": FirstBranch(name=given["branch_name"], **branch),
            "administrator": FirstAdministrator(**{name: given[name] for name in SECTIONS["First administrator"]}),
        }

"""Form fields that know telephone numbers and what a phone's camera takes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.base.errors import Refused
from portal.documents.inspection import ACCEPT, ACCEPT_PICTURES
from portal.people.phones import tidy_phone


class PhoneField(forms.CharField):
    """A telephone number however it is typed; cleans to +233241234567."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        try:
            return tidy_phone(super().clean(value))
        except Refused as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal


class DayField(forms.DateField):
    """A day, picked or typed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> date | None:
        found: date | None = super().clean(value)
        return found


class ScanField(forms.FileField):
    """A file of the person's, or a photo taken now: a phone opens its camera. What it holds is looked at by the service."""

    def __init__(self, *, camera: str = "environment", pictures_only: bool = False, **kwargs: Any) -> None:
        accept = ACCEPT_PICTURES if pictures_only else ACCEPT
        attrs = {"accept": accept, "capture": camera}
        super().__init__(widget=forms.FileInput(attrs=attrs), allow_empty_file=True, max_length=255, **kwargs)

"""Telephone numbers as people say them, and as they are kept."""

from __future__ import annotations

import phonenumbers
from django.conf import settings

from portal.base.errors import Refused


def tidy_phone(text: str, *, field: str = "phone") -> str:
    """+233241234567 of 024 123 4567 and the like; empty for nothing. Refuses what can be nobody's number.

    A number without its country is read as one of `settings.PHONE_REGION`.
    """
    if not text.strip():
        return ""
    try:
        number = phonenumbers.parse(text, settings.PHONE_REGION)
    except phonenumbers.NumberParseException as error:
        raise Refused("Enter a telephone number, like 024 123 4567.", code="phone", field=field) from error
    if not phonenumbers.is_possible_number(number):
        raise Refused("This telephone number has too few or too many digits.", code="phone", field=field)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))

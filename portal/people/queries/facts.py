"""What is known of a customer, line by line: what it is, what it says, and the part of the registration it belongs to."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html

from portal.base.templatetags.portal import ABSENT, day, money
from portal.people.models import Customer


def facts_of(customer: Customer) -> list[tuple[str, Any, str]]:
    """Who somebody is, how they are reached, what they live on, what proves it, who follows them."""
    return [
        ("Name", customer.full_name, "about"),
        ("Date of birth", day(customer.birth_date), "about"),
        ("Sex", customer.get_sex_display() or ABSENT, "about"),
        ("Telephone", ", ".join(filter(None, (customer.phone, customer.second_phone))) or ABSENT, "contact"),
        ("E-mail address", customer.email or ABSENT, "contact"),
        *_addresses(customer),
        ("Occupation", ", ".join(filter(None, (customer.occupation, customer.employer))) or ABSENT, "work"),
        ("Income", _income(customer), "work"),
        ("Identity document", _identity(customer), "identity"),
        ("Next of kin", _kin(customer), "kin"),
        ("Photograph and signature", _pictures(customer), "photo"),
    ]


def _addresses(customer: Customer) -> list[tuple[str, Any, str]]:
    found = [
        (
            f"{address.get_kind_display()} address",
            ", ".join(filter(None, (str(address), address.district, address.digital))),
            "address",
        )
        for address in customer.addresses.all()
    ]
    return list(found) or [("Address", customer.address or ABSENT, "address")]


def _income(customer: Customer) -> Any:
    if customer.income is None:
        return ABSENT
    return format_html("{} {}", money(customer.income, currency=True), customer.get_income_period_display())


def _identity(customer: Customer) -> Any:
    found = customer.identity_documents.filter(is_current=True).select_related("kind").first()
    if found is None:
        return ABSENT
    return format_html("{} …{}, valid until {}", found.kind, found.number_end, day(found.expires_on))


def _kin(customer: Customer) -> str:
    return "; ".join(f"{one}, {one.share_percent}\N{NO-BREAK SPACE}%" for one in customer.next_of_kin.all()) or ABSENT


def _pictures(customer: Customer) -> str:
    taken = [name for name in ("photograph", "signature") if getattr(customer, f"{name}_id") is not None]
    return " and ".join(taken).capitalize() or ABSENT

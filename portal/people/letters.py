"""Letters to customers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.documents.plan import DocumentPlan
from portal.people.queries import customers_visible_to


def welcome_letter(*, by: Any, at: datetime, number: str) -> DocumentPlan:
    """The letter that greets a new member. Raises `DoesNotExist` for a customer whom `by` may not see."""
    customer = customers_visible_to(by).get(number=number)
    return DocumentPlan(
        kind="letter",
        title="Welcome",
        filename=f"welcome-{customer.number}.pdf",
        template="people/welcome_letter_pdf.html",
        context={"customer": customer, "day": at.date()},
        subject=customer.number,
    )

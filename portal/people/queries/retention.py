"""How long what is known of people is kept, and whose time has come."""

from __future__ import annotations

import calendar
from datetime import datetime

from django.db.models import QuerySet

from portal.people.models import Customer, RetentionRule


def subject_of(customer: Customer) -> str:
    """The name under which a customer's files are kept."""
    return f"customer:{customer.pk}"


def forgettable_from(customer: Customer, data_class: str) -> datetime | None:
    """From when on the institution's rule lets this customer be forgotten; None while they have not left."""
    closure = getattr(customer, "closure", None)
    rule = RetentionRule.objects.filter(data_class=data_class).first()
    if closure is None or rule is None:
        return None
    return months_after(closure.at, rule.months)


def former_customers() -> QuerySet[Customer]:
    """Customers who left and are not anonymous yet, those who left first at the top; forgotten drafts are none of them."""
    gone = Customer.objects.filter(state=Customer.State.CLOSED, closure__by__isnull=False, anonymisation=None)
    return gone.select_related("branch", "closure").order_by("closure__at")


def abandoned_drafts(at: datetime) -> QuerySet[Customer]:
    """Registrations never handed in whose time is over."""
    rule = RetentionRule.objects.filter(data_class=RetentionRule.DataClass.DRAFT).first()
    drafts = Customer.objects.filter(state=Customer.State.DRAFT, anonymisation=None)
    return drafts.filter(joined_on__lt=months_after(at, -rule.months).date()) if rule else drafts.none()


def months_after(moment: datetime, months: int) -> datetime:
    """The same day so many months later, or that month's last."""
    month = moment.year * 12 + moment.month - 1 + months
    year, number = divmod(month, 12)
    last = calendar.monthrange(year, number + 1)[1]
    return moment.replace(year=year, month=number + 1, day=min(moment.day, last))

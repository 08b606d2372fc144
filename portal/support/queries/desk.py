"""How the desk is set up, and the complaints' deadlines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.deposits.charges import prices_told
from portal.deposits.models import ChargeKind
from portal.institution.models import Branch
from portal.institution.queries import days_off
from portal.notifications.queries import zone
from portal.support.hours import USUAL, Calendar
from portal.support.models import Category, Complaint, Macro, OpenHours

CHARGED = {"cheque-book": ChargeKind.CHEQUE_BOOK}
"""Which charge is taken when something of a category is asked for, by the category's code."""


def calendar_of(branch: Branch) -> Calendar:
    """When a branch works. Two queries."""
    rows = OpenHours.objects.filter(branch=branch)
    week = {row.weekday: (row.opens, row.closes) for row in rows}
    return Calendar(week or USUAL, days_off(branch), zone())


def desk_is_open(branch: Branch, *, at: datetime) -> bool:
    """Whether somebody of a branch answers chats now; in the demonstration always."""
    return settings.DEMONSTRATION or calendar_of(branch).is_open(at)


def categories_offered(kind: str = "") -> QuerySet[Category]:
    """What people may write about."""
    found = Category.objects.filter(is_offered=True)
    return found.filter(kind=kind) if kind else found


def costs_of(categories: Iterable[Category], day: date | None) -> list[tuple[str, str]]:
    """What asking for something of these categories costs on a day: the category's name and the price in words."""
    charged = [(category.name, CHARGED[category.code]) for category in categories if category.code in CHARGED]
    return [(name, price) for name, kind in charged for price in prices_told(kind, day)]


def macros() -> QuerySet[Macro]:
    """The canned replies in use."""
    return Macro.objects.filter(is_retired=False)


def complaints_for_export(user: Any, start: date, end: date) -> QuerySet[Complaint]:
    """The complaints that came in between two days, for the regulator; all of them or none."""
    found = Complaint.objects.select_related("ticket__category", "ticket__branch", "ticket__customer")
    if scope_of(user, Capability.COMPLAINT_EXPORT) is not Scope.ALL:
        return found.none()
    return found.filter(ticket__raised_at__date__range=(start, end)).order_by("ticket__serial")


def complaints_near_deadline(until: date) -> QuerySet[Complaint]:
    """Those not yet answered for good, or not yet acknowledged, whose day comes by `until`."""
    open_ones = Complaint.objects.select_related("ticket__branch", "ticket__assignee").filter(settled_at=None)
    due = Q(final_by__lte=until) | Q(acknowledged_at=None, acknowledge_by__lte=until)
    return open_ones.filter(due).exclude(ticket__state="merged")

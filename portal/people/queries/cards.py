"""A customer at a glance, for whoever serves them: the faces, the flags, who else may act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.base.prepared import prepared_query
from portal.people.models import Customer, CustomerView, IdentityDocument, Mandate, RiskProfile

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Flag:
    """Something to know before serving: a tone of the badges, and the words."""

    tone: str
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """What the counter shows of a customer. Pictures are ids for the address `customer_file`."""

    photograph: UUID | None
    signature: UUID | None
    identity: IdentityDocument | None
    mandates: list[Mandate]
    mandate_rule: str
    risk: RiskProfile | None
    flags: list[Flag]


def card_of(customer: Customer, *, today: date) -> Card:
    """The card of a customer on a day. Three queries."""
    identity = next(iter(_identity(customer.pk)), None)
    risk = next(iter(_risk(customer.pk)), None)
    return Card(
        photograph=customer.photograph_id,
        signature=customer.signature_id,
        identity=identity,
        mandates=_mandates(customer.pk, today),
        mandate_rule=customer.get_mandate_rule_display(),
        risk=risk,
        flags=_flags(customer, identity, risk, today),
    )


def mandates_of(customer: Customer, *, today: date) -> QuerySet[Mandate]:
    """Who may act for a customer on a day."""
    return _lasting(customer.pk, today)


def _lasting(customer: int, today: date) -> QuerySet[Mandate]:
    valid = Q(valid_until=None) | Q(valid_until__gte=today)
    return Mandate.objects.filter(valid, customer=customer, ended_at=None)


_mandates = prepared_query(_lasting)


@prepared_query
def _identity(customer: int) -> QuerySet[IdentityDocument]:
    return IdentityDocument.objects.filter(customer=customer, is_current=True).select_related("kind")


@prepared_query
def _risk(customer: int) -> QuerySet[RiskProfile]:
    return RiskProfile.objects.filter(customer=customer)[:1]


def views_visible_to(user: Any) -> QuerySet[CustomerView]:
    """Who looked at whom: at customers of the user's branch, at everybody's, or at one's own record."""
    scope = scope_of(user, Capability.CUSTOMER_LOOKS_VIEW)
    views = CustomerView.objects.select_related("customer__branch", "viewer").order_by("-at", "-pk")
    if scope is Scope.ALL:
        return views
    if scope is Scope.BRANCH:
        return views.filter(customer__branch_id=user.branch_id)
    return views.none()


def views_that_fit(
    views: QuerySet[CustomerView], *, number: str = "", who: str = "", day: date | None = None
) -> QuerySet[CustomerView]:
    """Those of a member's record, by somebody whose name contains `who`, on a day."""
    if number:
        views = views.filter(customer__number=number)
    if who:
        views = views.filter(viewer__full_name__icontains=who)
    return views.filter(at__date=day) if day else views


def _flags(customer: Customer, identity: IdentityDocument | None, risk: RiskProfile | None, today: date) -> list[Flag]:
    flags = []
    if customer.state != Customer.State.VERIFIED:
        flags.append(Flag("warn", f"Not verified: {customer.get_state_display().lower()}"))
    if identity is not None and identity.expires_on is not None and today < identity.expires_on <= today + SOON:
        flags.append(Flag("late", f"{identity.kind} expires on {identity.expires_on:%d %b %Y}"))
    if customer.photograph_id is None:
        flags.append(Flag("mute", "No photograph"))
    if risk is not None and risk.category == RiskProfile.Category.HIGH:
        flags.append(Flag("bad", "High risk"))
    if risk is not None and risk.review_on <= today:
        flags.append(Flag("late", "Risk review is due"))
    return flags

"""Reading standing orders: when each is due, what came of it, which wait for a branch's day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.deposits.calendar import add_months
from portal.deposits.models import DepositAccount, Rhythm, StandingAttempt, StandingOrder

_DAYS = {Rhythm.DAILY: 1, Rhythm.WEEKLY: 7, Rhythm.FORTNIGHTLY: 14}
_MONTHS = {Rhythm.MONTHLY: 1, Rhythm.QUARTERLY: 3, Rhythm.HALF_YEARLY: 6, Rhythm.YEARLY: 12}


def due_on(rhythm: str, first_on: date, number: int) -> date | None:
    """The day an order is due for the time after `number` times; None when there is no such time.

    Months are counted from the first day, so that the 31st comes back after a shorter month, and 29 February after
    three years of the 28th.
    """
    kind = Rhythm(rhythm)
    if kind is Rhythm.ONCE:
        return first_on if number == 0 else None
    if kind in _DAYS:
        return first_on + timedelta(days=_DAYS[kind] * number)
    return add_months(first_on, _MONTHS[kind] * number)


def next_due(order: StandingOrder, done: int) -> date | None:
    """The day for the time after `done` times; None once the order is over."""
    if order.times is not None and done >= order.times:
        return None
    day = due_on(order.rhythm, order.first_on, done)
    return None if day is None or (order.last_on is not None and day > order.last_on) else day


def first_from(order: StandingOrder, day: date) -> tuple[int, date | None]:
    """How many times lie behind a day, and the first that does not."""
    done = order.done
    due = next_due(order, done)
    while due is not None and due < day:
        done += 1
        due = next_due(order, done)
    return done, due


def coming(order: StandingOrder, *, most: int = 3) -> list[date]:
    """The next days of an order, for showing."""
    days = (next_due(order, order.done + number) for number in range(most))
    return [day for day in days if day is not None] if order.next_due else []


def orders_visible_to(user: Any) -> QuerySet[StandingOrder]:
    """A customer's own orders; for staff those of the accounts within their reach."""
    orders = StandingOrder.objects.select_related(
        "source__product", "source__branch", "target__customer", "target__product", "ordered_by"
    )
    scope = scope_of(user, Capability.STANDING_VIEW)
    if scope is Scope.ALL:
        return orders
    if scope is Scope.BRANCH and user.branch_id is not None:
        return orders.filter(source__branch=user.branch_id)
    if scope is Scope.OWN and user.customer_id is not None:
        return orders.filter(source__customer=user.customer_id)
    return orders.none()


def with_last(orders: QuerySet[StandingOrder]) -> QuerySet[StandingOrder]:
    """Each order with what came of its last attempt as `last_outcome` and why as `last_reason`; None before the first."""
    last = StandingAttempt.objects.filter(order=OuterRef("pk")).order_by("-tried_on", "-due_on")
    return orders.annotate(
        last_outcome=Subquery(last.values("outcome")[:1]), last_reason=Subquery(last.values("reason")[:1])
    )


def order_for(user: Any, order_id: UUID, *, to_change: bool = False) -> StandingOrder:
    """One order within the user's reach; `to_change` only whoever may give orders. 404 for every other."""
    orders = orders_visible_to(user)
    if to_change and scope_of(user, Capability.STANDING_MANAGE) is not Scope.OWN:
        orders = orders.none()
    return get_object_or_404(orders, pk=order_id)


def attempts_of(order: StandingOrder, *, most: int = 60) -> QuerySet[StandingAttempt]:
    """What came of the last attempts, newest first."""
    return StandingAttempt.objects.filter(order=order).select_related("entry").order_by("-due_on", "-tried_on")[:most]


def due_in(branch_id: int, day: date) -> Sequence[UUID]:
    """The orders of a branch that are due by a day, oldest first."""
    orders = StandingOrder.objects.filter(source__branch=branch_id, state=StandingOrder.State.ACTIVE, next_due__lte=day)
    return list(orders.order_by("next_due", "pk").values_list("pk", flat=True))


def orders_of(account: DepositAccount) -> QuerySet[StandingOrder]:
    """The orders that pay from an account and are not over."""
    found = StandingOrder.objects.filter(source=account).exclude(state=StandingOrder.State.ENDED)
    return found.select_related("source__product", "target__customer").order_by("next_due")

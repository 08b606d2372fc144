"""Former customers with the day from which they may be forgotten; what a customer has packed to take home."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from portal.approvals.models import Request
from portal.outbox.models import Job
from portal.people.models import RetentionRule
from portal.people.queries import former_customers
from portal.people.queries.retention import months_after

MOST = 500


@dataclass(frozen=True, slots=True)
class Former:
    """A former customer: when they left, and from when on they may be forgotten."""

    number: str
    full_name: str
    branch: str
    closed_at: datetime
    forgettable_on: date
    is_ripe: bool


def retention_lines(at: datetime) -> list[Former]:
    """Who left and is not anonymous, in the order of leaving, five hundred at most. Two queries."""
    rule = RetentionRule.objects.filter(data_class=RetentionRule.DataClass.CUSTOMER).first()
    if rule is None:
        return []
    lines = []
    for customer in former_customers()[:MOST]:
        ripe = months_after(customer.closure.at, rule.months)
        lines.append(
            Former(
                number=customer.number,
                full_name=customer.full_name,
                branch=customer.branch.name,
                closed_at=customer.closure.at,
                forgettable_on=ripe.date(),
                is_ripe=at >= ripe,
            )
        )
    return lines


def asked_for(numbers: Iterable[str]) -> set[str]:
    """Of these numbers, those for whom anonymity has been asked and not decided."""
    waiting = Request.objects.filter(act="anonymisation", state=Request.State.WAITING, subject__in=list(numbers))
    return set(waiting.values_list("subject", flat=True))


def packed_by(user: Any, *, since: datetime) -> QuerySet[Job]:
    """The archives and documents of their own data that a customer asked for, newest first."""
    printed = Q(kind="document.render", payload__builder="home.personal_data_pdf")
    jobs = Job.objects.filter(Q(kind="personal_data.export") | printed, created_by=user, created_at__gte=since)
    return jobs.order_by("-created_at", "kind")
